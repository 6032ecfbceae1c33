/** Keeps a program's ELF file from being used when its source has changed since it was built. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pluginError } from '../errors.ts';
import type { ProgramOptions, RunOptions, ZkvmConfig } from '../../types.ts';
import { buildPrograms, isContinuousIntegration } from './build-program.ts';
import { Builder } from '../toolchain/build.ts';
import { guestBuildFolder } from '../toolchain/build-folder.ts';
import { languageOf } from '../toolchain/program-folders.ts';
import { recordedTools } from '../toolchain/record.ts';
import { changedSources } from '../toolchain/sources.ts';

/** Builds that are running, by folder: several calls at once wait for one. */
const running = new Map<string, Promise<void>>();

/** Folders about which was said that nothing is recorded. */
const told = new Set<string>();

/**
 * Builds the program in a folder again when a file that it was built from changed; nothing happens where there is no ELF file
 * or no source. With `build: false`, or the variable ZKVM_NO_BUILD, it only warns. Lines go to stderr.
 *
 * Takes a few milliseconds when nothing changed. Errors: a plugin error that names the changed files when there is no
 * compiler, or when the build fails.
 */
export async function ensureFresh(
  folder: string,
  config: ZkvmConfig,
  root: string,
  options: ProgramOptions & RunOptions,
): Promise<void> {
  const earlier = running.get(folder);
  if (earlier !== undefined) return earlier;
  const work = refresh(folder, config, root, options);
  running.set(folder, work);
  try {
    await work;
  } finally {
    running.delete(folder);
  }
}

async function refresh(
  folder: string,
  config: ZkvmConfig,
  root: string,
  { build, signal }: ProgramOptions & RunOptions,
): Promise<void> {
  const name = path.basename(folder);
  const elf = `${name}.elf`;
  if (!existsSync(path.join(folder, elf)) || languageOf(folder) === undefined) return;
  const sources = recordedSources(folder, name);
  if (sources === undefined) {
    if (told.has(folder)) return;
    told.add(folder);
    const record = path.join(path.dirname(folder), 'toolchain.json');
    const command = `npx hardhat zkvm build ${name}`;
    console.error(`${record} does not say from which source ${elf} was built; \`${command}\` builds and records it.`);
    return;
  }
  const changed = changedSources(folder, sources, false);
  if (changed.length === 0) return;
  const what = `${listed(changed)} changed since ${elf} was built`;
  if (build === false || isSet('ZKVM_NO_BUILD')) {
    console.error(`WARNING: ${what}; the old ${elf} is used, as --no-build or ZKVM_NO_BUILD says.`);
    return;
  }
  try {
    new Builder({ buildFolder: () => guestBuildFolder(config.cacheDir), locked: true }).tools(folder);
  } catch (error) {
    throw pluginError(
      `${what}, and it cannot be built here: ${(error as Error).message}. Or pass --no-build (in tests: ZKVM_NO_BUILD=1) to use the old one.`,
      error,
    );
  }
  console.error(`${name}: ${what}; building it again (--no-build uses the old one).`);
  const onLine = (line: string): void => console.error(line);
  const settings = { check: false, locked: isContinuousIntegration(), onLine, root };
  await buildPrograms([folder], config, settings, signal === undefined ? {} : { signal });
}

function recordedSources(folder: string, name: string) {
  try {
    return recordedTools(path.dirname(folder), name)?.sources;
  } catch (error) {
    throw pluginError(`${(error as Error).message}.`, error);
  }
}

function listed(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

function isSet(variable: string): boolean {
  const value = process.env[variable] ?? '';
  return value !== '' && value !== '0' && value !== 'false';
}
