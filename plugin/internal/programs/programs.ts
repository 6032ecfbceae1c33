/** Finds the ELF that a user means by a program's name, crate folder or file. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../errors.ts';
import { ifThere } from '../files/read.ts';
import type { ProgramFile, ProgramOptions, RunOptions, ZkvmConfig } from '../../types.ts';
import { ensureFresh } from './freshness.ts';
import { listProgramFolders } from '../toolchain/program-folders.ts';

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Names under the programs folder that have a program's source, sorted. */
export function buildableNames(config: ZkvmConfig): string[] {
  return listProgramFolders(config.programs);
}

/** Names under the programs folder that have a program, be it source or ELF, sorted. */
export async function programNames(config: ZkvmConfig): Promise<string[]> {
  const entries = await readdir(config.programs, { withFileTypes: true }).catch(() => []);
  const names = new Set(buildableNames(config));
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const files = await readdir(path.join(config.programs, entry.name)).catch((): string[] => []);
    if (files.includes(`${entry.name}.elf`)) names.add(entry.name);
  }
  return [...names].toSorted();
}

/** The crate folder of a program, when it is given by name or folder. */
export async function crateFolder(config: ZkvmConfig, program: string): Promise<string | undefined> {
  for (const folder of [path.join(config.programs, program), path.resolve(program)])
    if (await isFolder(folder)) return folder;
  return undefined;
}

/** The crate folder of a program. Errors: a plugin error that names the programs there are. */
export async function crateFolderOrFail(config: ZkvmConfig, program: string): Promise<string> {
  const folder = await crateFolder(config, program);
  if (folder !== undefined) return folder;
  const known = buildableNames(config).join(', ');
  throw pluginError(
    `There is no program "${program}" under ${config.programs} (there: ${known === '' ? 'none' : known}), and no such folder.`,
  );
}

/**
 * Reads the ELF of a program: an .elf file, or `<name>/<name>.elf` under the programs folder or a crate folder. The latter is
 * built again when its source changed. `root` is the project's folder.
 */
export async function findProgram(
  config: ZkvmConfig,
  program: string,
  root: string,
  options: ProgramOptions & RunOptions = {},
): Promise<ProgramFile> {
  if (program.endsWith('.elf')) {
    const file = path.resolve(program);
    return { name: path.basename(file, '.elf'), path: file, elf: await readFile(file) };
  }
  const folder = await crateFolder(config, program);
  if (folder === undefined) {
    const known = (await programNames(config)).join(', ');
    throw pluginError(
      `There is no program "${program}": it is neither a name under ${config.programs} (there: ${known === '' ? 'none' : known}), nor a crate folder, nor an .elf file.`,
    );
  }
  const name = path.basename(folder);
  const file = path.join(folder, `${name}.elf`);
  await ensureFresh(folder, config, root, options);
  const elf = await ifThere(readFile(file));
  if (elf === undefined)
    throw pluginError(`The program "${name}" was not built yet: run \`npx hardhat zkvm build ${program}\`.`);
  return { name, path: file, elf };
}
