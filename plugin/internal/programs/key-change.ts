/** What breaks when a build gives a program another verifying key. */
import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Hex, KeyChange, ZkvmConfig } from '../../types.ts';
import { loadProverModule } from '../prover-module.ts';

/** Folders that hold nothing committed, or nothing of the project's own. */
const SKIPPED = new Set([
  'node_modules',
  '.git',
  'target',
  'artifacts',
  'cache',
  'dist',
  'typechain-types',
  'coverage',
]);

/** Files in which people write a key. */
const SEARCHED = /\.(?:json|sol|[cm]?[jt]sx?|toml|ya?ml|md|env|rs|py|sh)$|^\.env/;

/** Proof files of mode core are the largest, a few MiB. */
const LARGEST_FILE = 32 * 2 ** 20;

/**
 * Compares the verifying keys of two ELF files of a program; takes a second. Undefined when they are equal, or when the old
 * file is no program.
 */
export async function keyChange(
  before: Uint8Array,
  after: Uint8Array,
  config: ZkvmConfig,
  root: string,
): Promise<KeyChange | undefined> {
  const { createProver, loadProgram } = await loadProverModule();
  let loaded;
  try {
    loaded = loadProgram(before);
  } catch {
    return undefined;
  }
  const prover = await createProver({
    ...(config.threads === undefined ? {} : { threads: config.threads }),
    ...(config.cacheDir === undefined ? {} : { cacheDir: config.cacheDir }),
  });
  try {
    const old = (await prover.programKey(loaded)).vkey;
    const changed = (await prover.programKey(loadProgram(after))).vkey;
    return old === changed ? undefined : { old, new: changed, ...(await filesAbout(old, config, root)) };
  } finally {
    await prover.close();
  }
}

/** Files of a project in which a key stands, in hexadecimal. */
export async function filesAbout(
  key: Hex,
  config: ZkvmConfig,
  root: string,
): Promise<Pick<KeyChange, 'proofs' | 'deployments' | 'others'>> {
  const digits = key.slice(2).toLowerCase();
  const [proofs, deployments, others]: [string[], string[], string[]] = [[], [], []];
  for (const file of await searchedFiles(root)) {
    if (!(await readFile(file, 'latin1')).toLowerCase().includes(digits)) continue;
    const name = path.relative(root, file);
    if (name.endsWith('.proof.json')) proofs.push(name);
    else if (!path.relative(config.deployments, file).startsWith('..')) deployments.push(name);
    else others.push(name);
  }
  return { proofs, deployments, others };
}

async function searchedFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) files.push(...(await searchedFiles(at)));
    else if (entry.isFile() && SEARCHED.test(entry.name) && (await stat(at)).size <= LARGEST_FILE) files.push(at);
  }
  return files;
}

/** The same for people: what changes, by which compilers, and what is to be made again. `by` are old and new compiler. */
export function keyChangeLines(name: string, change: KeyChange, by: readonly [string | undefined, string]): string[] {
  const [before, after] = by;
  const compiler = before === after ? 'the same compiler' : (before ?? 'a compiler that is not recorded');
  const list = (files: readonly string[]): string =>
    files.length > 10 ? `${files.slice(0, 10).join(', ')} and ${files.length - 10} more` : files.join(', ');
  const affected = [
    ...(change.proofs.length > 0
      ? [`  proofs that contracts will refuse under the new key: ${list(change.proofs)}`]
      : []),
    ...(change.deployments.length > 0 ? [`  deployments with the old key: ${list(change.deployments)}`] : []),
    ...(change.others.length > 0 ? [`  files that name the old key: ${list(change.others)}`] : []),
  ];
  return [
    `The verifying key of ${name} changes; contracts that store the old one refuse the new program's proofs.`,
    `  old: ${change.old} (${compiler})`,
    `  new: ${change.new} (${after})`,
    ...(affected.length > 0 ? affected : ['  no file of this project names the old key']),
  ];
}
