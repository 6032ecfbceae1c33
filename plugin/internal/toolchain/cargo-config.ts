/** What a project's own `.cargo/config.toml` files say: they are part of its source, unlike the one in cargo's home. */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ToolchainError } from './errors.ts';
import type { RustToolchain } from './rust.ts';

/** One file and what is in it, as JSON. */
export type CargoConfig = { readonly file: string; readonly settings: Readonly<Record<string, unknown>> };

/** Cargo's home: registries, and settings of the machine's user. */
export function cargoHome(): string {
  const home = process.env['CARGO_HOME'] ?? '';
  return path.resolve(home === '' ? path.join(os.homedir(), '.cargo') : home);
}

/** The files that cargo reads for a crate, the nearest last, without that in cargo's home. */
export function cargoConfigFiles(folder: string): string[] {
  const files: string[] = [];
  const home = existsSync(cargoHome()) ? realpathSync(cargoHome()) : cargoHome();
  for (let at = realpathSync(folder); ; at = path.dirname(at)) {
    const settings = path.join(at, '.cargo');
    // Of both names cargo takes the one without an extension.
    const file = ['config', 'config.toml'].map((name) => path.join(settings, name)).find((name) => existsSync(name));
    if (file !== undefined && realpathSync(settings) !== home) files.unshift(file);
    if (at === path.dirname(at)) return files;
  }
}

/** Reads those files. Errors: a ToolchainError when one is malformed (cargo's own words go to stderr). */
export function readCargoConfigs(folder: string, rust: RustToolchain): CargoConfig[] {
  return cargoConfigFiles(folder).map((file) => {
    const args = ['--config', file, 'config', 'get', '-Zunstable-options', '--format', 'json'];
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('CARGO_'));
    const { status, stdout, stderr } = spawnSync(rust.cargo, args, {
      // A folder and a home without settings: what is asked for is this file alone.
      cwd: path.parse(file).root,
      env: {
        ...Object.fromEntries(kept),
        CARGO_HOME: path.join(path.dirname(file), 'none'),
        RUSTC: rust.rustc,
        RUSTC_BOOTSTRAP: '1',
      },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (status !== 0) {
      // Also said when it succeeds is a note on variables, which are none of the file.
      process.stderr.write(stderr ?? '');
      throw new ToolchainError(`cargo cannot read ${file}: see its message above`);
    }
    return { file, settings: JSON.parse(stdout) as Record<string, unknown> };
  });
}

/** The value of a key such as `build.rustflags`, given in parts, in a file's settings. */
export function settingOf(config: CargoConfig, ...keys: readonly string[]): unknown {
  let value: unknown = config.settings;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
