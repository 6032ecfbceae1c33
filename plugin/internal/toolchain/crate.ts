/** What a crate says about itself: its package, its program, whether it uses the standard library. */
import { readFileSync, realpathSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { BuildChoice } from './build.ts';
import { ToolchainError } from './errors.ts';
import type { RustToolchain } from './rust.ts';

export type Crate = {
  /** Folder with Cargo.toml. */
  readonly folder: string;
  readonly packageName: string;
  /** The binary to build. */
  readonly binary: string;
  /** False: `#![no_std]`, to be built for the bare target. */
  readonly std: boolean;
  /** Whether it names a guest crate among its dependencies. */
  readonly usesGuestCrate: boolean;
  /** Options of cargo that choose features. */
  readonly featureArguments: readonly string[];
  /** Folder of the workspace, which has the profiles and the lock file. Often the same. */
  readonly workspace: string;
};

type Metadata = {
  readonly workspace_root: string;
  readonly packages: readonly {
    readonly name: string;
    readonly manifest_path: string;
    readonly default_run: string | null;
    readonly dependencies: readonly { readonly name: string }[];
    readonly targets: readonly { readonly name: string; readonly kind: readonly string[]; readonly src_path: string }[];
  }[];
};

/** Guest crates: each brings the entry point. */
const GUEST_CRATES = ['zkvm', 'sp1-zkvm'];

/**
 * Asks cargo about the crate in a folder. With several binaries that of `choice` is taken, else the one of `default-run`, else
 * the one named like the package or the folder.
 *
 * Errors: a ToolchainError when the manifest is malformed (cargo's own words go to stderr) or there is no program.
 */
export function readCrate(folder: string, rust: RustToolchain, choice: BuildChoice = {}): Crate {
  const manifest = path.join(realpathSync(folder), 'Cargo.toml');
  const args = ['metadata', '--no-deps', '--format-version=1', '--manifest-path', manifest];
  const { status, stdout } = spawnSync(rust.cargo, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, RUSTC: rust.rustc },
  });
  if (status !== 0)
    throw new ToolchainError(`cargo cannot read ${path.join(folder, 'Cargo.toml')}: see its message above`);
  const metadata = JSON.parse(stdout) as Metadata;
  const found = metadata.packages.find(({ manifest_path: at }) => path.relative(at, manifest) === '');
  if (found === undefined) {
    throw new ToolchainError(`${manifest} has no [package], so there is no program: name the folder of a crate in it`);
  }
  const binaries = found.targets.filter(({ kind }) => kind.includes('bin'));
  if (choice.bin !== undefined && !binaries.some(({ name }) => name === choice.bin)) {
    const names = binaries.map(({ name }) => name).join(', ');
    throw new ToolchainError(`the crate ${found.name} has no program ${choice.bin} (there: ${names})`);
  }
  const wanted = [choice.bin, found.default_run, found.name, path.basename(folder)];
  const binary =
    wanted.map((name) => binaries.find((target) => target.name === name)).find((target) => target !== undefined) ??
    (binaries.length === 1 ? binaries[0] : undefined);
  if (binary === undefined) {
    throw new ToolchainError(
      binaries.length === 0
        ? `the crate ${found.name} is a library without a program: add src/main.rs`
        : `the crate ${found.name} has the programs ${binaries.map(({ name }) => name).join(', ')}: say which by --bin, or by default-run in its Cargo.toml`,
    );
  }
  return {
    folder,
    packageName: found.name,
    binary: binary.name,
    std: !isBare(readFileSync(binary.src_path, 'utf8')),
    usesGuestCrate: found.dependencies.some(({ name }) => GUEST_CRATES.includes(name)),
    featureArguments: [
      ...(choice.noDefaultFeatures === true ? ['--no-default-features'] : []),
      ...(choice.features === undefined ? [] : ['--features', choice.features.join(',')]),
    ],
    workspace: metadata.workspace_root,
  };
}

/** Whether the source of a program has `#![no_std]`, be it conditional. Comments do not count. */
export function isBare(source: string): boolean {
  const code = source.replace(/\/\*[^]*?\*\//g, ' ').replace(/\/\/.*$/gm, '');
  return /#!\s*\[\s*(?:no_std|cfg_attr\s*\([^\]]*,\s*no_std\s*\))\s*\]/.test(code);
}
