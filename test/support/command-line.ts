/** Hardhat's command line in processes of their own, as users start it, in a temporary project with the plugin. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CLI = path.join(ROOT, 'node_modules/hardhat/dist/src/cli.js');

/** Makes a folder a project that Hardhat's command line accepts. */
export async function acceptCommands(root: string): Promise<void> {
  const plugin = JSON.stringify(path.join(ROOT, 'plugin/index.ts'));
  const config = `import zkvm from ${plugin};\nexport default { plugins: [zkvm] };\n`;
  await writeFile(path.join(root, 'hardhat.config.ts'), config);
  await symlink(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
}

/** A project of its own, in a folder that `remove` removes. */
export async function commandProject(): Promise<{ readonly root: string; remove(): Promise<void> }> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'hardhat-zkvm-command-'));
  await writeFile(path.join(root, 'package.json'), '{ "type": "module" }');
  await acceptCommands(root);
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

/** How a command ended; `code` is null where a signal ended it. */
export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A command that is running, in a process group of its own, as in a terminal. */
export class Command {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #said = { stdout: '', stderr: '' };
  #isOver = false;

  constructor(root: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const options = { cwd: root, env: { ...process.env, ...env }, detached: true } as const;
    const child = spawn(process.execPath, [CLI, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => (this.#said[stream] += text));
    this.ended = once(child, 'close').then(([code, signal]) => {
      this.#isOver = true;
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, ...this.#said };
    });
  }

  /** Waits until this has been said on stderr. Error with all that was said when the command ends without it. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#said.stderr)) {
      if (this.#isOver)
        throw new Error(`the command ended without ${pattern}:\n${this.#said.stdout}\n${this.#said.stderr}`);
      await Promise.race([once(this.#child.stderr!, 'data'), this.ended]);
    }
  }

  /** Sends a signal to the whole group, as a terminal does with Ctrl-C; nothing where the command has ended. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#isOver && this.#child.pid !== undefined) process.kill(-this.#child.pid, signal);
  }
}

/** Runs a command to its end. */
export function runCommandLine(root: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Command(root, args, env).ended;
}
