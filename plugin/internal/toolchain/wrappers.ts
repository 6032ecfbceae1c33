/** Compiles the programs that stand between cargo and compilers (rustc-wrapper.rs, cc-wrapper.rs), once for each Rust. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { ToolchainError } from './errors.ts';
import { putFile } from '../files/atomic.ts';
import { howToInstallHostLinker } from './install-help.ts';
import { packageFolder } from './package-folder.ts';
import type { RustToolchain } from './rust.ts';

function wrapperSource(name: string): string {
  return path.join(packageFolder(), `plugin/internal/toolchain/${name}.rs`);
}

/** The sources of the programs that stand between cargo and the compilers. */
export function wrapperSources(): Uint8Array[] {
  return ['rustc-wrapper', 'cc-wrapper'].map((name) => readFileSync(wrapperSource(name)));
}

/** The path of the compiled wrapper, which cargo runs instead of rustc. Its name covers its source and the compiler. */
export function rustcWrapper(rust: RustToolchain, folder: string): string {
  return compiledWrapper('rustc-wrapper', rust, folder);
}

/**
 * The path of a compiled program of this folder (`<name>.rs`), for this machine. Its name covers its source and the compiler.
 * Errors: a ToolchainError when Rust cannot make programs for this machine.
 */
export function compiledWrapper(name: string, rust: RustToolchain, folder: string): string {
  const source = wrapperSource(name);
  const text = readFileSync(source);
  const digest = createHash('sha256').update(text).update(rust.version).update(rust.sysroot).digest('hex').slice(0, 16);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const file = path.join(folder, `${name}-${digest}${suffix}`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  putFile(file, (temporary) => compile(name, source, rust, temporary));
  return file;
}

function compile(name: string, source: string, rust: RustToolchain, output: string): void {
  const args = ['--edition=2024', `--crate-name=${name.replaceAll('-', '_')}`, '-Copt-level=1', '-Cstrip=symbols'];
  const { status, stderr } = spawnSync(rust.rustc, [...args, source, '-o', output], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  if (/linker `[^`]+` not found|linking with `/.test(stderr ?? '')) {
    throw new ToolchainError(
      `Rust has no linker for this machine, which build scripts and macros need: ${howToInstallHostLinker()}`,
    );
  }
  throw new ToolchainError(`${rust.version} does not compile ${source}: ${firstLine(stderr ?? 'it cannot be run')}`);
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
