/** From the source of a program, in Rust or C, to its ELF file and the names of its functions. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildCProgram } from './c.ts';
import { findCCompiler } from './c-compiler.ts';
import type { CCompiler } from './c-compiler.ts';
import { cVersion, linksC } from './c-crates.ts';
import { buildWithCargo } from './cargo.ts';
import type { CargoBuilt } from './cargo.ts';
import { readCrate } from './crate.ts';
import { ToolchainError } from './errors.ts';
import { checkEntry, checkMemoryRoom } from './memory-room.ts';
import { packageFolder } from './package-folder.ts';
import { languageOf } from './program-folders.ts';
import { loadProverModule } from '../prover-module.ts';
import type { ProverModule } from '../prover-module.ts';
import { findRust } from './rust.ts';
import type { RustToolchain } from './rust.ts';
import { toolchainFile } from './rustup.ts';
import { sourcesOf } from './sources.ts';
import type { Sources } from './sources.ts';

/** The tools that made a program: other ones give other bytes. */
export type Tools = { readonly compiler: string; readonly linker: string };

/** What of a crate is built, as cargo's options of these names say. All absent: what its manifest says. */
export type BuildChoice = {
  readonly features?: readonly string[];
  readonly noDefaultFeatures?: boolean;
  /** One of several programs of the crate. The files are still named after the folder. */
  readonly bin?: string;
};

export type Built = {
  /** The folder's name, after which the files are named. */
  readonly name: string;
  /** Without symbols and sections. */
  readonly elf: Uint8Array;
  /** Text of the symbols file. */
  readonly symbols: string;
  readonly tools: Tools;
  /** What was asked for; absent when it was nothing. */
  readonly choice?: BuildChoice;
  readonly sources: Sources;
};

export type BuilderOptions = {
  /** Gives the folder for intermediate files, asked when something is compiled. */
  readonly buildFolder: () => Promise<string>;
  /** Lock files must be there and must not change. */
  readonly locked: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Receives one line about each toolchain when it is first used, and about a build that takes longer than others. */
  readonly onToolchain?: ((line: string) => void) | undefined;
};

/** Between the Rust compiler and the C compiler of a crate with C parts. */
const WITH = ', with ';

/** What a compiler made, in a file with symbols. */
type Made = CargoBuilt & { readonly tools: Tools };

/** Builds programs one after the other, each toolchain looked for once and only when needed. */
export class Builder {
  readonly #options: BuilderOptions;
  readonly #rust = new Map<string, RustToolchain>();
  #c: CCompiler | undefined;

  constructor(options: BuilderOptions) {
    this.#options = options;
  }

  /**
   * The tools that would build the program in a folder, where `compiler` is recorded as the one that built it: that of a crate
   * with C parts names two. Errors: a ToolchainError when there are none.
   */
  tools(folder: string, compiler = ''): Tools {
    if (languageOf(folder) === 'c') return toolsOf(this.#cCompiler());
    const { version, linkerVersion } = this.#rustFor(folder);
    const c = compiler.includes(WITH) ? `${WITH}${cVersion()}` : '';
    return { compiler: `${version}${c}`, linker: linkerVersion };
  }

  /**
   * Builds the program in a folder; writes nothing there but Cargo.lock. Compilers' messages go to stderr.
   *
   * Errors: a ToolchainError of one sentence; the signal's reason after an abort.
   */
  async build(folder: string, choice: BuildChoice = {}): Promise<Built> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    const language = languageOf(folder);
    if (language === undefined) throw new ToolchainError(nothingToBuild(folder));
    if (language === 'c' && Object.keys(choice).length > 0) {
      throw new ToolchainError('features and the choice of a program are for Rust, this program is in C');
    }
    const { elf, inputs, tools } =
      language === 'rust' ? await this.#buildRust(folder, choice) : await this.#buildC(folder);
    const prover = await loadProverModule();
    const { formatSymbols, symbolsOfElf } = prover;
    const stripped = checkedProgram(elf, prover);
    return {
      name: path.basename(folder),
      elf: stripped,
      symbols: formatSymbols(symbolsOfElf(elf)),
      tools,
      ...(Object.keys(choice).length === 0 ? {} : { choice }),
      sources: sourcesOf(folder, inputs),
    };
  }

  async #buildRust(folder: string, choice: BuildChoice): Promise<Made> {
    const rust = this.#rustFor(folder);
    const { locked, signal } = this.#options;
    const buildFolder = await this.#options.buildFolder();
    const crate = readCrate(folder, rust, choice);
    const { readSymbolTable } = await loadProverModule();
    const sdk = path.join(packageFolder(), 'programs/sdk');
    const onNote = this.#options.onToolchain;
    const built = await buildWithCargo(crate, { rust, sdk, buildFolder, locked, signal, readSymbolTable, onNote });
    const { version, linkerVersion } = rust;
    const compiler = linksC(built.elf, readSymbolTable) ? `${version}${WITH}${cVersion()}` : version;
    return { ...built, tools: { compiler, linker: linkerVersion } };
  }

  /** Folders that no file of rustup tells apart have the same Rust. */
  #rustFor(folder: string): RustToolchain {
    const pin = toolchainFile(folder) ?? '';
    const known = this.#rust.get(pin);
    if (known !== undefined) return known;
    const rust = findRust(folder);
    this.#rust.set(pin, rust);
    const { version, sysroot, linkerVersion, reason } = rust;
    this.#options.onToolchain?.(`${version} in ${sysroot}, because ${reason}; linker ${linkerVersion}`);
    return rust;
  }

  #cCompiler(): CCompiler {
    if (this.#c === undefined) {
      this.#c = findCCompiler();
      this.#options.onToolchain?.(`${this.#c.version}, linker ${this.#c.linkerVersion}`);
    }
    return this.#c;
  }

  async #buildC(folder: string): Promise<Made> {
    const compiler = this.#cCompiler();
    const programs = path.join(packageFolder(), 'programs');
    const { readSymbolTable } = await loadProverModule();
    const elf = buildCProgram({
      folder,
      sdkFolder: path.join(programs, 'sdk'),
      cHeaderFolder: path.join(programs, 'sdk-c'),
      compiler,
      buildFolder: await this.#options.buildFolder(),
      readSymbolTable,
    });
    return { elf, inputs: [], tools: toolsOf(compiler) };
  }
}

/** The program without symbols and sections. Errors: a ToolchainError when the machine cannot run it. */
function checkedProgram(elf: Uint8Array, { loadProgram, readExecutable, stripElf }: ProverModule): Uint8Array {
  try {
    const stripped = stripElf(elf);
    const executable = readExecutable(stripped);
    checkEntry(executable);
    checkMemoryRoom(executable);
    loadProgram(stripped);
    return stripped;
  } catch (error) {
    if (error instanceof ToolchainError) throw error;
    throw new ToolchainError(`the program does not fit this machine: ${(error as Error).message}`, error);
  }
}

const toolsOf = ({ version, linkerVersion }: CCompiler): Tools => ({ compiler: version, linker: linkerVersion });

function nothingToBuild(folder: string): string {
  if (existsSync(path.join(folder, 'Cargo.toml'))) {
    return `${folder} is a library without a program: add src/main.rs`;
  }
  return `there is nothing to build in ${folder}: a program has a Cargo.toml, or C files in src/`;
}
