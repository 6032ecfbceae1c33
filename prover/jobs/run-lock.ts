/**
 * Who is using a directory: one process at a time. The owner is the newest of the files `owner-<n>`; whoever finds that its
 * process has ended creates the next number, which only one can. So nothing has to be broken or waited for, and a process
 * that was killed, or lost its power, leaves a directory that the next one takes over. Edge file (node:fs, node:os).
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** How often an owner shows that it is alive, and how long another computer believes it. */
const HEARTBEAT_MS = 30_000;
const BELIEVED_MS = 120_000;

const OWNER = /^owner-(\d+)$/;

/** What tells processes apart: of this computer at once, of others by whether they still touch their file. */
type Owner = {
  readonly host: string;
  /** Which start of the computer; process ids before it mean nothing. Empty where nobody tells. */
  readonly boot: string;
  /** Which numbering of processes: a container has its own. */
  readonly space: string;
  readonly pid: number;
  /** When the process began, in ticks; another one may have its number by now. */
  readonly began: string;
};

export type Lock = {
  /** Lets the next one have the directory. */
  release(): Promise<void>;
  /** The directory is going to be removed: what is there afterwards belongs to others. */
  forget(): void;
};

/** Takes a directory that exists; undefined when another process, or another call of this one, has it. */
export async function takeLock(directory: string): Promise<Lock | undefined> {
  const newest = await newestOwner(directory);
  if (newest !== undefined && (await isAlive(newest.file))) return undefined;
  const file = path.join(directory, `owner-${(newest?.number ?? 0) + 1}`);
  try {
    await writeFile(file, JSON.stringify(me()), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    // Somebody was faster.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  if (newest !== undefined) await rm(newest.file, { force: true });
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), HEARTBEAT_MS);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      await rm(file, { force: true });
    },
    forget: () => clearInterval(beat),
  };
}

/** Whether a process that has not ended is using the directory. */
export async function isInUse(directory: string): Promise<boolean> {
  const newest = await newestOwner(directory);
  return newest !== undefined && (await isAlive(newest.file));
}

async function newestOwner(directory: string): Promise<{ readonly number: number; readonly file: string } | undefined> {
  const numbers = (await readdir(directory)).flatMap((name) => OWNER.exec(name)?.[1] ?? []).map(Number);
  const number = Math.max(...numbers, 0);
  return number === 0 ? undefined : { number, file: path.join(directory, `owner-${number}`) };
}

async function isAlive(file: string): Promise<boolean> {
  try {
    const isFresh = Date.now() - (await stat(file)).mtimeMs < BELIEVED_MS;
    const owner = parse(await readFile(file, 'utf8'));
    // It is being written, or will never be.
    if (owner === undefined) return isFresh;
    const here = me();
    if (owner.host === here.host && owner.boot !== here.boot) return false;
    if (owner.host !== here.host || owner.space !== here.space) return isFresh;
    return isRunning(owner.pid) && (owner.began === '' || owner.began === beganOf(owner.pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function parse(text: string): Owner | undefined {
  try {
    const value = JSON.parse(text) as Partial<Owner> | null;
    const { host, boot, space, pid, began } = value ?? {};
    const texts = [host, boot, space, began].every((part) => typeof part === 'string');
    return texts && Number.isSafeInteger(pid) && Number(pid) > 0 ? (value as Owner) : undefined;
  } catch {
    return undefined;
  }
}

function me(): Owner {
  const boot = textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const space = textOf(() => readlinkSync('/proc/self/ns/pid'));
  return { host: os.hostname(), boot, space, pid: process.pid, began: beganOf(process.pid) };
}

/** Field 22 of Linux's `stat`, counted behind the name of the program, which may hold anything; empty elsewhere. */
function beganOf(pid: number): string {
  return textOf(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '');
}

function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
