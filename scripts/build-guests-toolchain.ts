/** Finds a Rust toolchain that can build guests: cargo, rustc with the standard library's source, and an LLD linker. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The two targets of guests: with the whole standard library, and bare. */
export const STD_TARGET = 'riscv32im-risc0-zkvm-elf';
export const NO_STD_TARGET = 'riscv32im-unknown-none-elf';

export type Toolchain = {
  readonly cargo: string;
  readonly rustc: string;
  /** First line of `rustc --version`. */
  readonly version: string;
  /** Folder of the standard library's source, without symbolic links resolved. */
  readonly source: string;
  readonly linker: string;
  readonly linkerVersion: string;
};

/**
 * Looks at `RUSTC` and `CARGO`, then at the PATH, then at /usr/bin (where a distribution's Rust may be hidden behind
 * rustup). Throws an Error that says what to install when none has the standard library's source.
 */
export function findToolchain(): Toolchain {
  const candidates = [
    { rustc: process.env['RUSTC'] ?? 'rustc', cargo: process.env['CARGO'] ?? 'cargo' },
    { rustc: '/usr/bin/rustc', cargo: '/usr/bin/cargo' },
  ];
  const seen: string[] = [];
  for (const { rustc, cargo } of candidates) {
    const version = run(rustc, ['--version']);
    const sysroot = run(rustc, ['--print', 'sysroot']);
    if (version === undefined || sysroot === undefined || run(cargo, ['--version']) === undefined) continue;
    seen.push(version);
    const source = join(sysroot, 'lib/rustlib/src/rust');
    if (!existsSync(join(source, 'library/std/Cargo.toml'))) continue;
    const linker = findLinker(rustc, sysroot);
    if (linker === undefined) {
      throw new Error(
        'no LLD linker: install the package lld (Debian) or use a rustup toolchain, which brings rust-lld',
      );
    }
    // rust-lld needs to be told which linker it is; ld.lld accepts no such option.
    const flavor = linker.endsWith('rust-lld') ? ['-flavor', 'gnu'] : [];
    const linkerVersion = run(linker, [...flavor, '--version']) ?? 'unknown';
    return { cargo, rustc, version, source, linker, linkerVersion };
  }
  const found = seen.length === 0 ? 'no Rust compiler was found' : `${seen.join(' and ')} has no library source`;
  throw new Error(
    `${found}: run "rustup component add rust-src", or on Debian "apt-get install rustc-web cargo-web rust-web-src lld"`,
  );
}

function findLinker(rustc: string, sysroot: string): string | undefined {
  const host = /host: (\S+)/.exec(run(rustc, ['-vV'], true) ?? '')?.[1] ?? '';
  const bundled = join(sysroot, 'lib/rustlib', host, 'bin/rust-lld');
  if (existsSync(bundled)) return bundled;
  return run('ld.lld', ['--version']) === undefined ? undefined : 'ld.lld';
}

/** First line of a command's output (or all of it), or undefined when it cannot be run. */
function run(command: string, args: readonly string[], whole = false): string | undefined {
  try {
    const output = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return whole ? output : output.split('\n')[0];
  } catch {
    return undefined;
  }
}
