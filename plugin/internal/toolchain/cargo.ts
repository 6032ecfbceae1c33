/** Calls cargo for guests: flags and environment, fixed here so that nothing of the machine gets into a program. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cEnvironment, cFailure } from './c-crates.ts';
import type { ReadSymbolTable } from './c-library.ts';
import { readCargoConfigs, settingOf } from './cargo-config.ts';
import type { CargoConfig } from './cargo-config.ts';
import type { Crate } from './crate.ts';
import { failureOf, randomnessNote } from './diagnosis.ts';
import { ToolchainError } from './errors.ts';
import { putFile } from '../files/atomic.ts';
import { ask, runVisibly } from './run.ts';
import { BARE_TARGET, STD_TARGET } from './rust.ts';
import type { RustToolchain } from './rust.ts';
import { rustcWrapper, wrapperSources } from './wrappers.ts';
import { cargoInputs } from './sources.ts';
import { userFlags } from './user-flags.ts';

export type CargoOptions = {
  readonly rust: RustToolchain;
  /** Folder of the guest crate `zkvm`, with link.ld. */
  readonly sdk: string;
  /** Folder for intermediate files. May be shared by all projects of a user: cargo keeps them apart, and locks it. */
  readonly buildFolder: string;
  /** The lock file must be there and must not change. */
  readonly locked: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly readSymbolTable: ReadSymbolTable;
  /** Receives one line about a build that takes long, or about something that will not do what it seems to. */
  readonly onNote?: ((line: string) => void) | undefined;
};

export type CargoBuilt = {
  /** The ELF file with its symbols. */
  readonly elf: Uint8Array;
  /** Files of the project that it was made from, absolute. */
  readonly inputs: readonly string[];
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

/** People set these on purpose, so it is said that they do nothing. */
const IGNORED_FLAGS = ['RUSTFLAGS', 'CARGO_ENCODED_RUSTFLAGS', 'CARGO_BUILD_RUSTFLAGS'];
const FLAGS_IGNORED =
  'note: RUSTFLAGS of the environment is not used, since a program must not depend on it: flags belong into .cargo/config.toml of the project.';

/**
 * Builds a crate's program in release mode. Cargo's messages go to stderr.
 *
 * The bytes depend on the sources, the lock file, the compiler and the linker, not on folders, user or machine.
 * Errors: a ToolchainError of one sentence.
 */
export async function buildWithCargo(crate: Crate, options: CargoOptions): Promise<CargoBuilt> {
  const { rust, buildFolder, locked, signal, readSymbolTable } = options;
  mkdirSync(buildFolder, { recursive: true });
  // A folder of its own, since another project may have a program of the same name.
  const output = path.join(buildFolder, `out-${randomBytes(4).toString('hex')}`);
  const target = crate.std ? STD_TARGET : BARE_TARGET;
  const args = ['build', '--release', '--bin', crate.binary, '--target', target];
  args.push(`-Zbuild-std=${crate.std ? 'std,panic_abort' : 'core,alloc,compiler_builtins'}`);
  args.push('-Zbuild-std-features=compiler-builtins-mem', '-Zunstable-options', '--artifact-dir', output);
  args.push(...crate.featureArguments);
  if (locked) args.push('--locked');
  const failedCrates = `${output}.failed`;
  const cReport = `${output}.c-report`;
  try {
    const configs = readCargoConfigs(crate.folder, rust);
    const cfgs = (): string[] => ask(rust.rustc, ['--print', 'cfg', '--target', target])?.split('\n') ?? [];
    const flags = userFlags(configs, target, cfgs);
    const work = workFolder(buildFolder, flags);
    if (IGNORED_FLAGS.some((name) => (process.env[name] ?? '') !== '')) options.onNote?.(FLAGS_IGNORED);
    if (!existsSync(path.join(work, target))) {
      options.onNote?.('The first build also compiles the standard library, which takes about a minute.');
    }
    const environment = {
      ...cargoEnvironment(crate, configs, flags, options),
      ...cEnvironment(crate, rust, buildFolder, cReport, readSymbolTable),
      CARGO_TARGET_DIR: work,
      ZKVM_FAILED_CRATES: failedCrates,
    };
    const status = await runVisibly(rust.cargo, args, { folder: crate.folder, environment, signal });
    if (status !== 0)
      throw new ToolchainError(cFailure(crate, cReport) ?? failureOf(crate, { locked, failedCrates, rust }));
    const elf = readFileSync(path.join(output, crate.binary));
    const note = randomnessNote(crate, elf, rust);
    if (note !== undefined) options.onNote?.(note);
    const list = readFileSync(path.join(work, target, 'release', `${crate.binary}.d`), 'utf8');
    return { elf: new Uint8Array(elf), inputs: cargoInputs(list, crate.workspace, buildFolder) };
  } finally {
    rmSync(output, { recursive: true, force: true });
    rmSync(failedCrates, { force: true });
    rmSync(cReport, { force: true });
  }
}

/** Cargo keeps the results of one set of flags, so each has a folder: projects with others would undo each other's work. */
function workFolder(buildFolder: string, flags: readonly string[]): string {
  if (flags.length === 0) return buildFolder;
  return path.join(buildFolder, `flags-${createHash('sha256').update(flags.join('\0')).digest('hex').slice(0, 16)}`);
}

function cargoEnvironment(
  crate: Crate,
  configs: readonly CargoConfig[],
  userFlagsFirst: readonly string[],
  options: CargoOptions,
): NodeJS.ProcessEnv {
  const { rust, sdk, buildFolder } = options;
  const kept = Object.entries(process.env).filter(([name]) => !IGNORED_VARIABLES.test(name));
  const profile = [
    ...Object.entries(PROFILE),
    ...Object.entries(PROFILE_DEFAULTS).filter(([key]) => !sets(crate, configs, key)),
  ];
  // Of flags that exclude each other the last counts: ours.
  const flags = [...userFlagsFirst, ...rustFlags(rust, linkerScript(sdk, buildFolder))];
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(profile.map(([key, value]) => [`CARGO_PROFILE_RELEASE_${key}`, value])),
    RUSTC: rust.rustc,
    RUSTC_WRAPPER: rustcWrapper(rust, buildFolder),
    // Building the standard library is an unstable option; this allows it on a stable compiler.
    RUSTC_BOOTSTRAP: '1',
    CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f'),
    // The crate const-random would put other constants into every build.
    CONST_RANDOM_SEED: 'zkvm',
  };
}

/** Whether the crate's workspace, in whose manifest profiles are, or its cargo configuration sets a key of the release profile. */
function sets(crate: Crate, configs: readonly CargoConfig[], variable: string): boolean {
  const key = variable.toLowerCase().replace('_', '-');
  if (configs.some((config) => settingOf(config, 'profile', 'release', key) !== undefined)) return true;
  const manifest = readFileSync(path.join(crate.workspace, 'Cargo.toml'), 'utf8');
  const section = /^\[profile\.release\]\s*$([^]*?)(?=^\[|$(?![^]))/m.exec(manifest)?.[1] ?? '';
  return new RegExp(`^\\s*${key}\\s*=`, 'm').test(section);
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
 * folder, so the standard library is built once, and a changed script links again. The name covers the wrappers' sources as
 * well: cargo would not notice that another one compiles crates in another way.
 */
function linkerScript(sdk: string, folder: string): string {
  const text = readFileSync(path.join(sdk, 'link.ld'));
  const hash = createHash('sha256').update(text);
  for (const source of wrapperSources()) hash.update(source);
  const digest = hash.digest('hex').slice(0, 16);
  const file = path.join(folder, `link-${digest}.ld`);
  if (!existsSync(file)) putFile(file, (temporary) => writeFileSync(temporary, text));
  return file;
}
