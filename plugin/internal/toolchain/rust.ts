/** Finds a Rust that can build guests: cargo, rustc with the standard library's source, and an LLD linker. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ToolchainError } from './errors.ts';
import { howToInstallLinker, howToInstallRust } from './install-help.ts';
import { ask } from './run.ts';

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
};

/**
 * Looks at `RUSTC` and `CARGO`, then at the PATH (rustup's or any other), then at /usr/bin, where a distribution's Rust may
 * be hidden behind rustup. The first with the standard library's source and of sufficient age is taken.
 *
 * Errors: a ToolchainError that says what was found, what is missing, and what to type.
 */
export function findRust(): RustToolchain {
  const candidates = [
    { rustc: process.env['RUSTC'] ?? 'rustc', cargo: process.env['CARGO'] ?? 'cargo' },
    { rustc: '/usr/bin/rustc', cargo: '/usr/bin/cargo' },
  ];
  const refused: string[] = [];
  for (const { rustc, cargo } of candidates) {
    const version = ask(rustc, ['--version'])?.split('\n')[0];
    const sysroot = ask(rustc, ['--print', 'sysroot']);
    if (version === undefined || sysroot === undefined) continue;
    const source = path.join(sysroot, 'lib/rustlib/src/rust');
    const problem = problemOf(version, cargo, source);
    if (problem !== undefined) {
      if (!refused.includes(problem)) refused.push(problem);
      continue;
    }
    const linker = findLinker(rustc, sysroot);
    if (linker === undefined) throw new ToolchainError(`no LLD linker was found: ${howToInstallLinker()}`);
    return { cargo, rustc, version, sysroot, source, ...linker };
  }
  const found = refused.length === 0 ? 'no Rust compiler was found' : refused.join(', and ');
  throw new ToolchainError(`${found}: ${howToInstallRust(ask('rustup', ['--version']) !== undefined)}`);
}

/** Why a compiler does not do, or undefined. */
export function problemOf(version: string, cargo: string, source: string): string | undefined {
  const [, major, minor] = /^rustc (\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) === 1 && Number(minor) < OLDEST_MINOR) {
    return `${version} is too old, the oldest that can build guests is 1.${OLDEST_MINOR}`;
  }
  if (ask(cargo, ['--version']) === undefined) return `${version} was found without cargo`;
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
