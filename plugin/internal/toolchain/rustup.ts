/** What rustup would run in a folder, asked of rustup itself: its rules on files, variables and overrides stay its own. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ToolchainError } from './errors.ts';
import { ask } from './run.ts';

export type RustupChoice = {
  /** Such as `stable-x86_64-unknown-linux-gnu`. */
  readonly toolchain: string;
  /** Paths of the real programs, which do not choose again. */
  readonly rustc: string;
  readonly cargo: string;
  /** Why rustup takes it, such as `overridden by '/project/rust-toolchain.toml'`. */
  readonly reason: string;
  /** False: it is only the default, so nobody asked for this one. */
  readonly isPinned: boolean;
};

/** The file with which a project pins its toolchain, in the folder or above it. */
export function toolchainFile(folder: string): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const found = ['rust-toolchain', 'rust-toolchain.toml'].map((name) => path.join(at, name)).find(existsSync);
    if (found !== undefined || at === path.dirname(at)) return found;
  }
}

/**
 * The toolchain that rustup takes in a folder; undefined without rustup or without any toolchain.
 *
 * Errors: a ToolchainError that names the file and what to type, when a toolchain is asked for that is not installed.
 */
export function rustupChoice(folder: string): RustupChoice | undefined {
  if (ask('rustup', ['--version']) === undefined) return undefined;
  const { status, stdout, stderr } = spawnSync('rustup', ['show', 'active-toolchain'], {
    cwd: folder,
    encoding: 'utf8',
    // Nothing is downloaded without being asked for.
    env: { ...process.env, RUSTUP_AUTO_INSTALL: '0', RUST_BACKTRACE: '0' },
  });
  if (status !== 0) {
    if (!/not installed/.test(stderr)) return undefined;
    throw new ToolchainError(notInstalled(/toolchain '([^']+)'/.exec(stderr)?.[1] ?? 'of the project', folder));
  }
  const [, toolchain, reason = 'the default'] = /^(\S+)(?: \((.*)\))?/.exec(stdout) ?? [];
  if (toolchain === undefined) return undefined;
  const which = (program: string): string | undefined => ask('rustup', ['which', program, '--toolchain', toolchain]);
  const [rustc, cargo] = [which('rustc'), which('cargo')];
  if (rustc === undefined || cargo === undefined) return undefined;
  return { toolchain, rustc, cargo, reason, isPinned: !/^(?:the )?default$/.test(reason) };
}

function notInstalled(toolchain: string, folder: string): string {
  const file = toolchainFile(folder);
  const variable = process.env['RUSTUP_TOOLCHAIN'] ?? '';
  const who = variable !== '' ? 'the variable RUSTUP_TOOLCHAIN' : (file ?? 'an override of rustup');
  const other = 'or set RUSTC and CARGO, or RUSTUP_TOOLCHAIN=stable, to build with another';
  if (/^(?:succinct|risc0)/.test(toolchain)) {
    return `${who} asks for the Rust toolchain "${toolchain}", which is not installed and not needed here: remove that line, ${other}`;
  }
  return `${who} asks for the Rust toolchain "${toolchain}", which is not installed: run "rustup toolchain install ${toolchain} --component rust-src", ${other}`;
}
