/**
 * Directories of runs below one for all: their names, and how they are removed. One that is being removed has another name at
 * once, so that nobody takes it any more. An edge (node:fs).
 */
import { randomBytes } from 'node:crypto';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type CacheWords, unwritable } from './file-errors.ts';
import { isInUse, takeLock } from './run-lock.ts';

const RUN = /^run-[0-9a-f]{32}(?:-\d+)?$/;
const REMOVED = /^removed-[0-9a-f]{8}$/;

/** What messages say of them, instead of keys. */
export const RUN_WORDS: CacheWords = {
  file: 'directory of a run',
  directory: 'directory of finished proofs',
  again: 'remove it with "zkvm clean"',
  elsewhere: 'mend that, choose another cache directory, or prove with --no-resume',
};

/** Whether a name is that of a run, or of what is left of one. */
export function isRunName(name: string): boolean {
  return RUN.test(name) || REMOVED.test(name);
}

/** The directories of a run, in the order in which they were made. */
export async function namesOfRun(root: string, name: string): Promise<string[]> {
  const numberOf = (other: string): number => (other === name ? 1 : Number(other.slice(name.length + 1)));
  const names = (await namesIn(root)).filter((other) => RUN.test(other) && other.startsWith(name));
  return names.toSorted((a, b) => numberOf(a) - numberOf(b));
}

/** The names in a directory; none where there is no such directory. Errors: CacheError CACHE_UNWRITABLE. */
export async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unwritable(directory, error, RUN_WORDS);
  });
}

/** Removes the directory of a run that is ours. Errors: CacheError CACHE_UNWRITABLE. */
export async function removeRun(root: string, name: string): Promise<void> {
  const removed = path.join(root, `removed-${randomBytes(4).toString('hex')}`);
  try {
    await rename(path.join(root, name), removed);
    await rm(removed, { recursive: true, force: true });
  } catch (error) {
    // Somebody else has removed it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw unwritable(root, error, RUN_WORDS);
  }
}

/** Removes a run that nobody is working on, or the rest of one. Errors: CacheError CACHE_UNWRITABLE. */
export async function removeUnused(root: string, name: string): Promise<'removed' | 'in use' | 'not there'> {
  const directory = path.join(root, name);
  try {
    if (!(await lstat(directory)).isDirectory()) return 'not there';
    if (REMOVED.test(name)) {
      await rm(directory, { recursive: true, force: true });
      return 'removed';
    }
    if ((await isInUse(directory)) || !(await isTaken(directory))) return 'in use';
    await removeRun(root, name);
    return 'removed';
  } catch (error) {
    // Its process has just removed it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'not there';
    throw unwritable(root, error, RUN_WORDS);
  }
}

/** Takes a directory to remove it. On a full disk that is not possible, nor is it for anybody else, and room is wanted. */
async function isTaken(directory: string): Promise<boolean> {
  try {
    const lock = await takeLock(directory);
    lock?.forget();
    return lock !== undefined;
  } catch (error) {
    if (['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) return true;
    throw error;
  }
}
