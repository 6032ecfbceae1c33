/** Compiles a guest crate with the user's Rust and puts the ELF beside its sources. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../errors.ts';

/** What was built. */
export type BuiltProgram = { readonly file: string; readonly bytes: number; readonly sha256: string };

/** The folder of this package, from sources and from dist/ alike. */
function packageFolder(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'hardhat-zkvm')
      return folder;
    if (folder === path.dirname(folder)) throw new Error('hardhat-zkvm: package.json was not found');
  }
}

/**
 * Builds one crate. `cacheFolder` keeps cargo's intermediate files.
 *
 * Errors: a plugin error when there is no Cargo.toml, no usable Rust, or when cargo fails (its messages are on stderr).
 */
export async function buildProgram(crate: string, cacheFolder: string, signal?: AbortSignal): Promise<BuiltProgram> {
  if (!existsSync(path.join(crate, 'Cargo.toml'))) throw pluginError(`There is no Cargo.toml in ${crate}.`);
  const { buildGuest } = await import('../../scripts/build-guests.ts');
  const { findToolchain } = await import('../../scripts/build-guests-toolchain.ts');
  const std = !/^#!\[no_std\]/m.test(await readFile(path.join(crate, 'src/main.rs'), 'utf8'));
  let elf: Uint8Array;
  try {
    const sdk = path.join(packageFolder(), 'programs/sdk');
    elf = buildGuest({ crate, sdk, targetFolder: path.join(cacheFolder, 'guests'), toolchain: findToolchain(), std });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    throw pluginError(`Building ${path.basename(crate)} failed: ${reason}.`, error);
  }
  const name = path.basename(crate);
  const sha256 = createHash('sha256').update(elf).digest('hex');
  const file = path.join(crate, `${name}.elf`);
  await writeFile(`${file}.tmp`, elf);
  await rename(`${file}.tmp`, file);
  await writeFile(`${file}.sha256`, `${sha256}  ${name}.elf\n`);
  return { file, bytes: elf.length, sha256 };
}
