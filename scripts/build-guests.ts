/**
 * Builds the guest programs under programs/ and writes <name>.elf, <name>.elf.sha256 and programs/toolchain.json.
 *
 *   node scripts/build-guests.ts [name...]            build and write
 *   node scripts/build-guests.ts --check [name...]    build and compare with the committed files
 *
 * The output depends on compiler, linker and sources only: flags are fixed here, paths are remapped, and lock files are
 * committed. `--check` insists on the recorded toolchain, since another one gives other bytes.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { NO_STD_TARGET, STD_TARGET, findToolchain, type Toolchain } from './build-guests-toolchain.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PROGRAMS = join(ROOT, 'programs');
const TOOLCHAIN_FILE = join(PROGRAMS, 'toolchain.json');

export type BuildOptions = {
  /** Folder with the guest's Cargo.toml. */
  readonly crate: string;
  /** Folder of the guest crate `zkvm`, with link.ld. */
  readonly sdk: string;
  readonly targetFolder: string;
  readonly toolchain: Toolchain;
  /** False builds for the bare target, for `#![no_std]` guests. */
  readonly std?: boolean;
};

/** Builds one guest in release mode and returns the ELF's bytes. Cargo's messages go to stderr. */
export function buildGuest(options: BuildOptions): Uint8Array {
  const { crate, toolchain, targetFolder } = options;
  const target = options.std === false ? NO_STD_TARGET : STD_TARGET;
  const crates = options.std === false ? 'core,alloc,compiler_builtins' : 'std,panic_abort';
  const args = ['build', '--release', '--target', target, `-Zbuild-std=${crates}`];
  args.push('-Zbuild-std-features=compiler-builtins-mem');
  if (existsSync(join(crate, 'Cargo.lock'))) args.push('--locked');
  execFileSync(toolchain.cargo, args, {
    cwd: crate,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      RUSTC: toolchain.rustc,
      // -Z flags on a stable compiler: building the standard library needs them.
      RUSTC_BOOTSTRAP: '1',
      CARGO_TARGET_DIR: targetFolder,
      CARGO_ENCODED_RUSTFLAGS: rustFlags(options).join('\x1f'),
      CARGO_PROFILE_RELEASE_OPT_LEVEL: '3',
      CARGO_PROFILE_RELEASE_LTO: 'fat',
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '1',
      CARGO_PROFILE_RELEASE_PANIC: 'abort',
      CARGO_PROFILE_RELEASE_INCREMENTAL: 'false',
      CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS: 'false',
    },
  });
  return readFileSync(join(targetFolder, target, 'release', binaryName(crate)));
}

function rustFlags({ crate, sdk, toolchain }: BuildOptions): string[] {
  const cargoHome = process.env['CARGO_HOME'] ?? join(homedir(), '.cargo');
  const remaps: readonly (readonly [string, string])[] = [
    [dirname(crate), '/programs'],
    [dirname(sdk), '/programs'],
    [toolchain.source, '/rust'],
    [realpathSync(toolchain.source), '/rust'],
    [cargoHome, '/cargo'],
  ];
  return [
    // One thread and no interrupts: atomic operations become plain ones.
    '-Cpasses=lower-atomic',
    `-Clinker=${toolchain.linker}`,
    '-Clinker-flavor=ld.lld',
    `-Clink-arg=-T${join(sdk, 'link.ld')}`,
    // No page alignment of segments in the file.
    '-Clink-arg=-n',
    '-Cforce-unwind-tables=no',
    '-Cstrip=symbols',
    ...remaps.map(([from, to]) => `--remap-path-prefix=${from}=${to}`),
  ];
}

function binaryName(crate: string): string {
  const name = /^name = "([^"]+)"/m.exec(readFileSync(join(crate, 'Cargo.toml'), 'utf8'))?.[1];
  return name ?? basename(crate);
}

/** Names of the guests under programs/. */
export function listGuests(): string[] {
  return readdirSync(PROGRAMS)
    .filter((name) => name !== 'sdk' && existsSync(join(PROGRAMS, name, 'Cargo.toml')))
    .sort();
}

function main(args: readonly string[]): void {
  const isCheck = args.includes('--check');
  const names = args.filter((arg) => !arg.startsWith('--'));
  const toolchain = findToolchain();
  const stamp = `${JSON.stringify({ rustc: toolchain.version, linker: toolchain.linkerVersion }, undefined, 2)}\n`;
  if (isCheck && readFileSync(TOOLCHAIN_FILE, 'utf8') !== stamp) {
    throw new Error(`the committed guests were built with another toolchain than this one: ${stamp}`);
  }
  for (const name of names.length > 0 ? names : listGuests()) {
    const crate = join(PROGRAMS, name);
    const std = !/^#!\[no_std\]/m.test(readFileSync(join(crate, 'src/main.rs'), 'utf8'));
    const targetFolder = join(ROOT, 'node_modules/.cache/hardhat-zkvm/guests');
    const elf = buildGuest({ crate, sdk: join(PROGRAMS, 'sdk'), targetFolder, toolchain, std });
    const hash = createHash('sha256').update(elf).digest('hex');
    const file = join(crate, `${name}.elf`);
    if (isCheck) {
      const committed = createHash('sha256').update(readFileSync(file)).digest('hex');
      if (committed !== hash) throw new Error(`${name}: built ${hash}, committed ${committed}`);
    } else {
      writeFileSync(file, elf);
      writeFileSync(`${file}.sha256`, `${hash}  ${name}.elf\n`);
    }
    console.log(`${name}: ${elf.length} bytes, sha256 ${hash}${isCheck ? ', as committed' : ''}`);
  }
  if (!isCheck) writeFileSync(TOOLCHAIN_FILE, stamp);
}

if (process.argv[1] === import.meta.filename) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
