/** Calls cargo for guests: flags and environment, fixed here so that nothing of the machine gets into a program. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { adviceOnLock } from './c-crate-advice.ts';
import { cEnvironment, cFailure } from './c-crates.ts';
import type { Crate } from './crate.ts';
import { ToolchainError } from './errors.ts';
import { runVisibly } from './run.ts';
import { BARE_TARGET, STD_TARGET } from './rust.ts';
import type { RustToolchain } from './rust.ts';
import { rustcWrapper } from './rustc-wrapper.ts';

export type CargoOptions = {
  readonly rust: RustToolchain;
  /** Folder of the guest crate `zkvm`, with link.ld. */
  readonly sdk: string;
  /** Folder for intermediate files. May be shared by all projects of a user: cargo keeps them apart, and locks it. */
  readonly buildFolder: string;
  /** The lock file must be there and must not change. */
  readonly locked: boolean;
  readonly signal?: AbortSignal | undefined;
};

/** Settings of the release profile that guests are built with. */
const PROFILE = {
  LTO: 'fat',
  CODEGEN_UNITS: '1',
  PANIC: 'abort',
  INCREMENTAL: 'false',
  DEBUG: '0',
  STRIP: 'debuginfo',
};
/** Further ones, which a crate may set otherwise. */
const PROFILE_DEFAULTS = { OPT_LEVEL: '3', OVERFLOW_CHECKS: 'false' };

/** Variables that would change what is built, or where. */
const IGNORED_VARIABLES =
  /^(?:RUSTFLAGS|CARGO_ENCODED_RUSTFLAGS|RUSTC_WRAPPER|RUSTC_WORKSPACE_WRAPPER|CARGO_INCREMENTAL|CARGO_(?:BUILD_(?!JOBS$)|PROFILE_|UNSTABLE_|TARGET_).*)$/;

/**
 * Builds a crate's program in release mode; returns the ELF file with its symbols. Cargo's messages go to stderr.
 *
 * The bytes depend on the sources, the lock file, the compiler and the linker, not on folders, user or machine.
 * Errors: a ToolchainError of one sentence.
 */
export async function buildWithCargo(crate: Crate, options: CargoOptions): Promise<Uint8Array> {
  const { rust, buildFolder, locked, signal } = options;
  mkdirSync(buildFolder, { recursive: true });
  // A folder of its own, since another project may have a program of the same name.
  const output = path.join(buildFolder, `out-${randomBytes(4).toString('hex')}`);
  const args = ['build', '--release', '--bin', crate.binary, '--target', crate.std ? STD_TARGET : BARE_TARGET];
  args.push(`-Zbuild-std=${crate.std ? 'std,panic_abort' : 'core,alloc,compiler_builtins'}`);
  args.push('-Zbuild-std-features=compiler-builtins-mem', '-Zunstable-options', '--artifact-dir', output);
  if (locked) args.push('--locked');
  const cReport = `${output}.c-report`;
  try {
    const environment = { ...cargoEnvironment(crate, options), ...cEnvironment(crate, rust, buildFolder, cReport) };
    const status = await runVisibly(rust.cargo, args, { folder: crate.folder, environment, signal });
    if (status !== 0) throw new ToolchainError(cFailure(crate, cReport) ?? failure(crate, locked));
    return new Uint8Array(readFileSync(path.join(output, crate.binary)));
  } finally {
    rmSync(output, { recursive: true, force: true });
    rmSync(cReport, { force: true });
  }
}

function failure(crate: Crate, locked: boolean): string {
  if (locked && !existsSync(path.join(crate.workspace, 'Cargo.lock'))) {
    return `${crate.packageName} has no Cargo.lock, which a locked build needs: build once without --locked and commit it`;
  }
  if (!crate.usesGuestCrate) {
    return `cargo could not build ${crate.packageName}: see its messages above; its Cargo.toml does not name the crate zkvm, which brings the entry point`;
  }
  const lock = path.join(crate.workspace, 'Cargo.lock');
  const advice = existsSync(lock) ? adviceOnLock(readFileSync(lock, 'utf8')) : '';
  return `cargo could not build ${crate.packageName}: see its messages above${advice}`;
}

function cargoEnvironment(crate: Crate, options: CargoOptions): NodeJS.ProcessEnv {
  const { rust, sdk, buildFolder } = options;
  const kept = Object.entries(process.env).filter(([name]) => !IGNORED_VARIABLES.test(name));
  const profile = [
    ...Object.entries(PROFILE),
    ...Object.entries(PROFILE_DEFAULTS).filter(([key]) => !sets(crate, key)),
  ];
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(profile.map(([key, value]) => [`CARGO_PROFILE_RELEASE_${key}`, value])),
    RUSTC: rust.rustc,
    RUSTC_WRAPPER: rustcWrapper(rust, buildFolder),
    // Building the standard library is an unstable option; this allows it on a stable compiler.
    RUSTC_BOOTSTRAP: '1',
    CARGO_TARGET_DIR: buildFolder,
    CARGO_ENCODED_RUSTFLAGS: rustFlags(rust, linkerScript(sdk, buildFolder)).join('\x1f'),
  };
}

/** Whether the manifest of the crate's workspace, in which profiles are, sets a key of the release profile. */
function sets(crate: Crate, key: string): boolean {
  const manifest = readFileSync(path.join(crate.workspace, 'Cargo.toml'), 'utf8');
  const section = /^\[profile\.release\]\s*$([^]*?)(?=^\[|$(?![^]))/m.exec(manifest)?.[1] ?? '';
  return new RegExp(`^\\s*${key.toLowerCase().replace('_', '-')}\\s*=`, 'm').test(section);
}

function rustFlags(rust: RustToolchain, script: string): string[] {
  const sources = [...new Set([rust.source, realpathSync(rust.source)])];
  return [
    // One thread and no interrupts: atomic operations become plain ones.
    '-Cpasses=lower-atomic',
    `-Clinker=${rust.linker}`,
    '-Clinker-flavor=ld.lld',
    `-Clink-arg=-T${script}`,
    // No page alignment of segments in the file.
    '-Clink-arg=-n',
    // Statics that are too large are refused with a sentence of ours (memory-room.ts).
    '-Clink-arg=--no-check-sections',
    '-Cforce-unwind-tables=no',
    // Names that tell instances of a generic function apart.
    '-Csymbol-mangling-version=v0',
    ...sources.map((source) => `--remap-path-prefix=${source}=/rust`),
  ];
}

/**
 * A copy of the linker script under a name that covers its contents: flags are the same for every project that shares the
 * folder, so the standard library is built once, and a changed script links again.
 */
function linkerScript(sdk: string, folder: string): string {
  const text = readFileSync(path.join(sdk, 'link.ld'));
  const file = path.join(folder, `link-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.ld`);
  if (!existsSync(file)) {
    const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  }
  return file;
}
