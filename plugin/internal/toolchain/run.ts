/** Runs compilers and asks them questions. */
import { spawn, spawnSync } from 'node:child_process';

/** A command's standard output without the last line break, or undefined when it cannot be run (in a folder) or fails. */
export function ask(command: string, args: readonly string[], folder?: string): string | undefined {
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio, cwd: folder });
  return status === 0 ? stdout.trimEnd() : undefined;
}

export type RunSettings = {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Runs a command whose messages go to stderr as they are, colours included. Resolves with its exit code.
 *
 * An abort ends the command and everything it started, then throws the signal's reason.
 */
export async function runVisibly(command: string, args: readonly string[], settings: RunSettings): Promise<number> {
  const { folder, environment, signal } = settings;
  signal?.throwIfAborted();
  // A process group of its own, so that an abort reaches the compilers that cargo started.
  const hasGroups = process.platform !== 'win32';
  const child = spawn(command, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: hasGroups,
  });
  const end = (): void => {
    if (child.pid === undefined) return;
    try {
      if (hasGroups) process.kill(-child.pid, 'SIGTERM');
      else child.kill();
    } catch {
      // It ended by itself in the meantime.
    }
  };
  process.on('exit', end);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status) => resolve(status ?? 1));
    });
    signal?.throwIfAborted();
    return code;
  } finally {
    process.off('exit', end);
    signal?.removeEventListener('abort', end);
  }
}
