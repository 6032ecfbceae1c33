/** Finds a Rust that can build guests: cargo, rustc with the standard library's source, and an LLD linker. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ToolchainError } from './errors.ts';
import { howToInstallLinker, howToInstallRust } from './install-help.ts';
import { ask } from './run.ts';
import { rustupChoice, toolchainFile } from './rustup.ts';

/** The two targets of guests: with the whole standard library, and bare. */
export const STD_TARGET = 'riscv32im-risc0-zkvm-elf';
export const BARE_TARGET = 'riscv32im-unknown-none-elf';

/** Edition 2024, and a standard library for the first target that builds as it comes. */
const OLDEST_MINOR = 88;

/** On the PATH, then where distributions and Homebrew put it. */
const LINKERS = ['ld.lld', '/usr/bin/ld.lld', '/opt/homebrew/bin/ld.lld', '/usr/local/bin/ld.lld'];

export type RustToolchain = {
  readonly cargo: string;
  readonly rustc: string;
  /** First line of `rustc --version`. */
  readonly version: string;
  /** Folder of the compiler's installation. */
  readonly sysroot: string;
  /** Folder of the standard library's source, without symbolic links resolved. */
  readonly source: string;
  /** Command or path of an LLD. */
  readonly linker: string;
  /** First line of the linker's `--version`. */
  readonly linkerVersion: string;
  /** Why this one was taken, and which others could not be: one clause each. */
  readonly reason: string;
};

type Candidate = {
  readonly rustc: string;
  readonly cargo: string;
  readonly reason: string;
  /** How to get the source of the standard library for this one. */
  readonly addSource?: string;
  /** Somebody asked for this one: it is this one or an error. */
  readonly isPinned: boolean;
};

/**
 * The Rust for a crate's folder, by one rule: the variables `RUSTC` and `CARGO`; else what rustup takes in that folder
 * (`RUSTUP_TOOLCHAIN`, `rust-toolchain.toml`, an override, its default); else the PATH; else /usr/bin, where a
 * distribution's Rust may be hidden behind rustup. What the variables or the project ask for is taken or refused; among the
 * others the first with the standard library's source and of sufficient age is taken.
 *
 * Errors: a ToolchainError that says what was found, what is missing, and what to type.
 */
export function findRust(folder: string = process.cwd()): RustToolchain {
  const refused: string[] = [];
  for (const candidate of candidatesFor(folder)) {
    const { rustc, cargo, reason, addSource, isPinned } = candidate;
    const version = ask(rustc, ['--version'], folder)?.split('\n')[0];
    const sysroot = ask(rustc, ['--print', 'sysroot'], folder);
    if (version === undefined || sysroot === undefined) {
      if (!isPinned) continue;
      throw new ToolchainError(
        `${rustc}, taken since ${reason}, cannot be run in ${folder}: correct or remove that setting`,
      );
    }
    const source = path.join(sysroot, 'lib/rustlib/src/rust');
    const problem = problemOf(version, cargo, source, folder);
    if (problem !== undefined) {
      const mend = existsSync(path.join(source, 'library/std/Cargo.toml')) ? undefined : addSource;
      const sentence = mend === undefined ? problem : `${problem} (add it by "${mend}")`;
      if (isPinned) {
        throw new ToolchainError(
          `${sentence}, and is the one to take since ${reason}: mend it, or remove that setting`,
        );
      }
      if (!refused.includes(sentence)) refused.push(sentence);
      continue;
    }
    const linker = findLinker(rustc, sysroot);
    if (linker === undefined) throw new ToolchainError(`no LLD linker was found: ${howToInstallLinker()}`);
    const passedOver = refused.map((sentence) => `, and ${sentence}`).join('');
    return { cargo, rustc, version, sysroot, source, ...linker, reason: `${reason}${passedOver}` };
  }
  const found = refused.length === 0 ? 'no Rust compiler was found' : refused.join(', and ');
  throw new ToolchainError(`${found}: ${howToInstallRust(hasRustup())}`);
}

const hasRustup = (): boolean => ask('rustup', ['--version']) !== undefined;

function* candidatesFor(folder: string): Generator<Candidate> {
  const { RUSTC: rustc = '', CARGO: cargo = '' } = process.env;
  const file = toolchainFile(folder);
  const ignored = file === undefined ? '' : ` (${file} is not followed)`;
  if (rustc !== '' || cargo !== '') {
    const names = [...(rustc === '' ? [] : ['RUSTC']), ...(cargo === '' ? [] : ['CARGO'])].join(' and ');
    const reason = `the environment sets ${names}${ignored}`;
    yield {
      rustc: rustc === '' ? 'rustc' : rustc,
      cargo: cargo === '' ? cargoBeside(rustc) : cargo,
      reason,
      isPinned: true,
    };
    return;
  }
  const ofRustup = rustupChoice(folder);
  if (ofRustup !== undefined) {
    const { toolchain } = ofRustup;
    const reason = ofRustup.isPinned ? `rustup says "${ofRustup.reason}"` : `it is rustup's default, ${toolchain}`;
    // Toolchains of other makers, such as SP1's, have no components.
    const addSource = `rustup component add rust-src --toolchain ${toolchain}`;
    const { rustc: compiler, cargo: manager, isPinned } = ofRustup;
    const isOfficial = /^(?:stable|beta|nightly|\d)/.test(toolchain);
    yield { rustc: compiler, cargo: manager, isPinned, reason, ...(isOfficial ? { addSource } : {}) };
  } else {
    yield { rustc: 'rustc', cargo: 'cargo', isPinned: false, reason: `it is first on the PATH${ignored}` };
  }
  yield { rustc: '/usr/bin/rustc', cargo: '/usr/bin/cargo', isPinned: false, reason: 'it is in /usr/bin' };
}

/** The cargo in the folder of a compiler: that on the PATH may be rustup's, which follows files that the compiler does not. */
function cargoBeside(rustc: string): string {
  const beside = path.join(path.dirname(rustc), process.platform === 'win32' ? 'cargo.exe' : 'cargo');
  return path.isAbsolute(rustc) && existsSync(beside) ? beside : 'cargo';
}

/** Why a compiler does not do, or undefined. */
export function problemOf(version: string, cargo: string, source: string, folder?: string): string | undefined {
  const [, major, minor] = /^rustc (\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) === 1 && Number(minor) < OLDEST_MINOR) {
    return `${version} is too old, the oldest that can build guests is 1.${OLDEST_MINOR}`;
  }
  if (ask(cargo, ['--version'], folder) === undefined) return `${version} was found without cargo`;
  if (!existsSync(path.join(source, 'library/std/Cargo.toml'))) {
    return `${version} has no source of the standard library`;
  }
  return undefined;
}

function findLinker(rustc: string, sysroot: string): { linker: string; linkerVersion: string } | undefined {
  const host = /host: (\S+)/.exec(ask(rustc, ['-vV']) ?? '')?.[1] ?? '';
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const bundled = path.join(sysroot, 'lib/rustlib', host, 'bin', `rust-lld${suffix}`);
  if (existsSync(bundled)) {
    const linkerVersion = ask(bundled, ['-flavor', 'gnu', '--version'])?.split('\n')[0];
    if (linkerVersion !== undefined) return { linker: bundled, linkerVersion };
  }
  for (const linker of LINKERS) {
    const linkerVersion = ask(linker, ['--version'])?.split('\n')[0];
    if (linkerVersion !== undefined) return { linker, linkerVersion };
  }
  return undefined;
}
