/** Builds a guest that belongs to the tests, as `zkvm build` builds programs, with the lock file as it is. */
import path from 'node:path';
import { Builder } from '../../plugin/internal/toolchain/build.ts';
import { guestBuildFolder } from '../../plugin/internal/toolchain/build-folder.ts';
import { loadProgram } from '../../prover/index.ts';
import type { Program } from '../../prover/index.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A program, and its ELF file without symbols. */
export type BuiltGuest = { readonly elf: Uint8Array; readonly program: Program };

/** Builds the crate in a folder, named from the root of the repository. Errors: a ToolchainError of one sentence. */
export async function buildGuest(folder: string): Promise<BuiltGuest> {
  const builder = new Builder({ buildFolder: guestBuildFolder, locked: true });
  const { elf } = await builder.build(path.join(ROOT, folder));
  return { elf, program: loadProgram(elf) };
}
