import path from 'node:path';
import type { ConfigHooks, HardhatUserConfigValidationError } from 'hardhat/types/hooks';
import type { ZkvmConfig } from '../../types.ts';

const FOLDERS = ['programs', 'deployments', 'cacheDir'] as const;
const KNOWN: readonly string[] = [...FOLDERS, 'threads'];

/** Problems of the `zkvm` block, all of them at once. */
export function validate(zkvm: unknown): HardhatUserConfigValidationError[] {
  if (zkvm === undefined) return [];
  if (typeof zkvm !== 'object' || zkvm === null || Array.isArray(zkvm))
    return [{ path: ['zkvm'], message: 'Expected an object such as { programs: "programs" }.' }];
  const errors: HardhatUserConfigValidationError[] = [];
  const record = zkvm as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(record))
    if (!KNOWN.includes(name))
      errors.push({ path: ['zkvm', name], message: `Unknown setting; known are ${KNOWN.join(', ')}.` });
  for (const name of FOLDERS) {
    const value = record[name];
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      errors.push({ path: ['zkvm', name], message: 'Expected a path, relative to the project or absolute.' });
  }
  const threads = record['threads'];
  if (threads !== undefined && !(Number.isInteger(threads) && Number(threads) >= 1 && Number(threads) <= 256))
    errors.push({ path: ['zkvm', 'threads'], message: 'Expected a whole number from 1 to 256.' });
  return errors;
}

export default async (): Promise<Partial<ConfigHooks>> => ({
  // Errors are returned, not thrown: Hardhat prints all of them together.
  validateUserConfig: async (config) => validate(config.zkvm),

  resolveUserConfig: async (userConfig, resolveVariable, next) => {
    const resolved = await next(userConfig, resolveVariable);
    const user = userConfig.zkvm ?? {};
    const at = (folder: string): string => path.resolve(resolved.paths.root, folder);
    const zkvm: ZkvmConfig = {
      programs: at(user.programs ?? 'programs'),
      deployments: at(user.deployments ?? 'deployments'),
      ...(user.cacheDir === undefined ? {} : { cacheDir: at(user.cacheDir) }),
      ...(user.threads === undefined ? {} : { threads: user.threads }),
    };
    return { ...resolved, zkvm };
  },
});
