/** From the source of a program, in Rust or C, to its ELF file and the names of its functions. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildCProgram } from './c.ts';
import { findCCompiler } from './c-compiler.ts';
import type { CCompiler } from './c-compiler.ts';
import { buildWithCargo } from './cargo.ts';
import { readCrate } from './crate.ts';
import { ToolchainError } from './errors.ts';
import { packageFolder } from './package-folder.ts';
import { languageOf } from './program-folders.ts';
import { BARE_TARGET, STD_TARGET, findRust } from './rust.ts';
import type { RustToolchain } from './rust.ts';
import { stripElf } from './strip.ts';

/** The tools that made a program: other ones give other bytes. */
export type Tools = { readonly compiler: string; readonly linker: string };

export type Built = {
  /** The folder's name, after which the files are named. */
  readonly name: string;
  /** Without symbols and sections. */
  readonly elf: Uint8Array;
  /** Text of the symbols file. */
  readonly symbols: string;
  readonly tools: Tools;
};

export type BuilderOptions = {
  /** Folder for intermediate files. */
  readonly buildFolder: string;
  /** Lock files must be there and must not change. */
  readonly locked: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Receives one line about each toolchain when it is first used, and about a build that takes longer than others. */
  readonly onToolchain?: ((line: string) => void) | undefined;
};

/** Builds programs one after the other, each toolchain looked for once and only when needed. */
export class Builder {
  readonly #options: BuilderOptions;
  #rust: RustToolchain | undefined;
  #c: CCompiler | undefined;

  constructor(options: BuilderOptions) {
    this.#options = options;
  }

  /**
   * Builds the program in a folder; writes nothing there but Cargo.lock. Compilers' messages go to stderr.
   *
   * Errors: a ToolchainError of one sentence; the signal's reason after an abort.
   */
  async build(folder: string): Promise<Built> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    const language = languageOf(folder);
    if (language === undefined) throw new ToolchainError(nothingToBuild(folder));
    const { elf, tools } = language === 'rust' ? await this.#buildRust(folder) : this.#buildC(folder);
    const { formatSymbols, loadProgram, symbolsOfElf } = await import('../../../prover/index.ts');
    const stripped = stripElf(elf);
    try {
      loadProgram(stripped);
    } catch (error) {
      throw new ToolchainError(`the program does not fit this machine: ${(error as Error).message}`, error);
    }
    return { name: path.basename(folder), elf: stripped, symbols: formatSymbols(symbolsOfElf(elf)), tools };
  }

  async #buildRust(folder: string): Promise<{ elf: Uint8Array; tools: Tools }> {
    if (this.#rust === undefined) {
      this.#rust = findRust();
      const { version, sysroot, linkerVersion, source } = this.#rust;
      this.#options.onToolchain?.(`${version} in ${sysroot}, library source in ${source}, linker ${linkerVersion}`);
    }
    const rust = this.#rust;
    const { buildFolder, locked, signal } = this.#options;
    const crate = readCrate(folder, rust);
    if (!existsSync(path.join(buildFolder, crate.std ? STD_TARGET : BARE_TARGET))) {
      this.#options.onToolchain?.('The first build also compiles the standard library, which takes about a minute.');
    }
    const sdk = path.join(packageFolder(), 'programs/sdk');
    const onNote = this.#options.onToolchain;
    const elf = await buildWithCargo(crate, { rust, sdk, buildFolder, locked, signal, onNote });
    return { elf, tools: { compiler: rust.version, linker: rust.linkerVersion } };
  }

  #buildC(folder: string): { elf: Uint8Array; tools: Tools } {
    const programs = path.join(packageFolder(), 'programs');
    if (this.#c === undefined) {
      this.#c = findCCompiler();
      this.#options.onToolchain?.(`${this.#c.version}, linker ${this.#c.linkerVersion}`);
    }
    const compiler = this.#c;
    const elf = buildCProgram({
      folder,
      sdkFolder: path.join(programs, 'sdk'),
      cHeaderFolder: path.join(programs, 'sdk-c'),
      compiler,
    });
    return { elf, tools: { compiler: compiler.version, linker: compiler.linkerVersion } };
  }
}

function nothingToBuild(folder: string): string {
  if (existsSync(path.join(folder, 'Cargo.toml'))) {
    return `${folder} is a library without a program: add src/main.rs`;
  }
  return `there is nothing to build in ${folder}: a program has a Cargo.toml, or C files in src/`;
}
