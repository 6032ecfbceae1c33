/** Processes as owners of directories: how one is told from all others, and whether it has ended. Edge file (node:fs, node:os). */
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';

/** What tells processes apart: of this computer at once, of others by whether they still touch their file. */
export type Owner = {
  readonly host: string;
  /** Which start of the computer; process ids before it mean nothing. Empty where nobody tells. */
  readonly boot: string;
  /** Which numbering of processes: a container has its own. */
  readonly space: string;
  readonly pid: number;
  /** When the process began, in ticks; another one may have its number by now. Empty where nobody tells. */
  readonly began: string;
};

/** This process. */
export function thisProcess(): Owner {
  const boot = textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const space = textOf(() => readlinkSync('/proc/self/ns/pid'));
  return { host: os.hostname(), boot, space, pid: process.pid, began: statOf(process.pid).began };
}

/** Whether a process is running; undefined where that cannot be known from here, or not for certain. */
export function isRunning(owner: Owner): boolean | undefined {
  const here = thisProcess();
  if (owner.host !== here.host) return undefined;
  if (owner.boot !== here.boot) return false;
  if (owner.space !== here.space) return undefined;
  if (!exists(owner.pid)) return false;
  const { began, state } = statOf(owner.pid);
  // Nobody has asked how it ended yet, and in a container without an init nobody ever will.
  if (state === 'Z' || state === 'X') return false;
  // Its number may be another process's by now.
  return owner.began === '' || began === '' ? undefined : owner.began === began;
}

/** Reads what was written of `thisProcess`; undefined for anything else. */
export function parseOwner(text: string): Owner | undefined {
  try {
    const value = JSON.parse(text) as Partial<Owner> | null;
    const { host, boot, space, pid, began } = value ?? {};
    const texts = [host, boot, space, began].every((part) => typeof part === 'string');
    return texts && Number.isSafeInteger(pid) && Number(pid) > 0 ? (value as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/** Fields 3 and 22 of Linux's `stat`, counted behind the name of the program, which may hold anything; empty elsewhere. */
function statOf(pid: number): { readonly state: string; readonly began: string } {
  const fields =
    textOf(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
      .split(') ')
      .at(-1)
      ?.split(' ') ?? [];
  return { state: fields[0] ?? '', began: fields[19] ?? '' };
}

function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
