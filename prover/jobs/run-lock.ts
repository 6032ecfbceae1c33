/**
 * Who is using a directory: one process at a time. The owner is the newest of the files `owner-<n>`; whoever finds that its
 * process has ended creates the next number, which only one can. So nothing has to be broken or waited for, and a process
 * that was killed, or lost its power, leaves a directory that the next one takes over. Edge file (node:fs).
 */
import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TEMPORARY } from './disk-store.ts';
import { isRunning, parseOwner, thisProcess } from './run-owner.ts';

/** How often an owner shows that it is alive, and how long it is believed where nothing else tells. */
const HEARTBEAT_MS = 30_000;
const BELIEVED_MS = 120_000;

const OWNER = /^owner-(\d+)$/;

export type Lock = {
  /** Whether the directory is still there, and nobody has taken it over. */
  isHeld(): Promise<boolean>;
  /** Lets the next one have the directory. */
  release(): Promise<void>;
  /** The directory is going to be removed: what is there afterwards belongs to others. */
  forget(): void;
};

/** Takes a directory that exists; undefined when another process, or another call of this one, has it. */
export async function takeLock(directory: string): Promise<Lock | undefined> {
  const newest = (await ownersIn(directory)).at(-1);
  if (newest !== undefined && (await isAlive(directory, newest))) return undefined;
  const number = (newest ?? 0) + 1;
  const file = fileOf(directory, number);
  try {
    await writeFile(file, JSON.stringify(thisProcess()), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    // Somebody was faster.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    // Half of it, on a full disk, would pass for one that is being written.
    await rm(file, { force: true }).catch(() => undefined);
    throw error;
  }
  // Between the first look and the new file others may have come and gone, and one may have begun to count anew. Of two who
  // did so the later one at least sees both files here.
  const others = (await ownersIn(directory)).filter((other) => other !== number);
  for (const other of others) {
    if (!(await isAlive(directory, other))) continue;
    await rm(file, { force: true });
    return undefined;
  }
  for (const other of others) await rm(fileOf(directory, other), { force: true });
  const beat = setInterval(() => void touch(file).catch(() => undefined), HEARTBEAT_MS);
  beat.unref();
  return {
    async isHeld() {
      return (await ownersIn(directory).catch(() => [])).at(-1) === number;
    },
    async release() {
      clearInterval(beat);
      await rm(file, { force: true });
    },
    forget: () => clearInterval(beat),
  };
}

/** Whether a process that has not ended is using the directory. */
export async function isInUse(directory: string): Promise<boolean> {
  const newest = (await ownersIn(directory)).at(-1);
  return newest !== undefined && (await isAlive(directory, newest));
}

function fileOf(directory: string, number: number): string {
  return path.join(directory, `owner-${number}`);
}

/** The numbers of owners, the newest last. */
async function ownersIn(directory: string): Promise<number[]> {
  const numbers = (await readdir(directory)).flatMap((name) => OWNER.exec(name)?.[1] ?? []).map(Number);
  return numbers.toSorted((a, b) => a - b);
}

async function isAlive(directory: string, number: number): Promise<boolean> {
  const file = fileOf(directory, number);
  try {
    // Where there is none, it is being written, or will never be.
    const owner = parseOwner(await readFile(file, 'utf8'));
    const known = owner === undefined ? undefined : isRunning(owner);
    if (known !== undefined) return known;
    const { mtimeMs } = await stat(file);
    return (await timeIn(directory)) - mtimeMs < BELIEVED_MS;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Shows that its owner is alive. It is written to, and not told a time: the file system's clock is the one that all share. */
async function touch(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.write('{', 0);
  } finally {
    await handle.close();
  }
}

/** The time of the file system, in milliseconds: the clock of another computer may be minutes away from ours. */
async function timeIn(directory: string): Promise<number> {
  const file = path.join(directory, `clock-${randomBytes(4).toString('hex')}${TEMPORARY}`);
  try {
    await writeFile(file, '', { flag: 'wx', mode: 0o600 });
    return (await stat(file)).mtimeMs;
  } finally {
    await rm(file, { force: true });
  }
}
