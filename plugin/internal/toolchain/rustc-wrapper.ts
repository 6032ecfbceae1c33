/** Compiles the program that stands between cargo and rustc (rustc-wrapper.rs), once for each compiler. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { ToolchainError } from './errors.ts';
import { howToInstallHostLinker } from './install-help.ts';
import { packageFolder } from './package-folder.ts';
import type { RustToolchain } from './rust.ts';

function wrapperFile(): string {
  return path.join(packageFolder(), 'plugin/internal/toolchain/rustc-wrapper.rs');
}

/** The wrapper's source. */
export function wrapperSource(): Uint8Array {
  return readFileSync(wrapperFile());
}

/** The path of the compiled wrapper, which cargo runs instead of rustc. Its name covers its source and the compiler. */
export function rustcWrapper(rust: RustToolchain, folder: string): string {
  const source = wrapperFile();
  const digest = createHash('sha256')
    .update(wrapperSource())
    .update(rust.version)
    .update(rust.sysroot)
    .digest('hex')
    .slice(0, 16);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const file = path.join(folder, `rustc-wrapper-${digest}${suffix}`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const temporary = path.join(folder, `rustc-wrapper-${randomBytes(4).toString('hex')}.tmp${suffix}`);
  const args = [
    '--edition=2024',
    '--crate-name=rustc_wrapper',
    '-Copt-level=1',
    '-Cstrip=symbols',
    source,
    '-o',
    temporary,
  ];
  const { status, stderr } = spawnSync(rust.rustc, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) {
    rmSync(temporary, { force: true });
    if (/linker `[^`]+` not found|linking with `/.test(stderr ?? '')) {
      throw new ToolchainError(
        `Rust has no linker for this machine, which build scripts and macros need: ${howToInstallHostLinker()}`,
      );
    }
    throw new ToolchainError(`${rust.version} does not compile ${source}: ${firstLine(stderr ?? 'it cannot be run')}`);
  }
  renameSync(temporary, file);
  return file;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
