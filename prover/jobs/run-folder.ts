/**
 * Where finished proofs of runs are kept: a directory for each run below one for all, named by program, input and version.
 * A run that was interrupted, in whatever way, finds what it had finished; two at once, also of the same program on the same
 * input, have a directory each; it is removed when the proof is made. An edge (node:fs).
 */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DiskStore, PRIVATE_DIRECTORY, TEMPORARY } from './disk-store.ts';
import { defaultCacheDirectory } from './file-cache.ts';
import { CacheError, makeDirectory, unwritable } from './file-errors.ts';
import { isInUse, type Lock, takeLock } from './run-lock.ts';

/** Runs of the same program on the same input at once. */
const MOST_AT_ONCE = 64;
const RUN = /^run-[0-9a-f]{32}(?:-\d+)?$/;
/** What is being removed has another name at once, so that nobody takes it any more. */
const REMOVED = /^removed-[0-9a-f]{8}$/;

const WORDS = {
  file: 'directory of a run',
  directory: 'directory of finished proofs',
  again: 'remove it with "zkvm clean"',
  elsewhere: 'choose another cache directory, or prove with --no-resume',
};

/** The directory for runs within a cache directory. */
export function runsDirectory(cacheDir: string = defaultCacheDirectory()): string {
  return path.join(cacheDir, 'runs');
}

export class RunFolder {
  readonly directory: string;
  readonly store: DiskStore;
  /** Whether nothing was in it. */
  readonly isNew: boolean;
  readonly #root: string;
  readonly #lock: Lock;

  private constructor(root: string, directory: string, lock: Lock, isNew: boolean) {
    this.#root = root;
    this.directory = directory;
    this.#lock = lock;
    this.isNew = isNew;
    this.store = new DiskStore(directory);
  }

  /**
   * Takes the first directory of this run that nobody uses, or makes one. `digest`: of all that decides the proof, hex. Errors:
   * CacheError CACHE_UNWRITABLE.
   */
  static async open(root: string, digest: string): Promise<RunFolder> {
    try {
      for (let n = 1; n <= MOST_AT_ONCE; n++) {
        const directory = path.join(root, `run-${digest.slice(0, 32)}${n === 1 ? '' : `-${n}`}`);
        const lock = await take(directory);
        if (lock === undefined) continue;
        await removeTemporary(directory);
        const isNew = !(await readdir(directory)).some((name) => name.startsWith('job-'));
        return new RunFolder(root, directory, lock, isNew);
      }
    } catch (error) {
      throw unwritable(root, error, WORDS);
    }
    const sentence = `${MOST_AT_ONCE} proofs of this program on this input are being made at once: wait for one of them.`;
    throw new CacheError('CACHE_UNWRITABLE', sentence);
  }

  /** Leaves it to the next attempt. */
  release(): Promise<void> {
    return this.#lock.release();
  }

  /** Removes it with all that is in it. Errors: CacheError CACHE_UNWRITABLE. */
  async remove(): Promise<void> {
    this.#lock.forget();
    await removeRun(this.#root, this.directory);
  }
}

/** What `cleanRuns` did: runs and bytes that it removed, and runs that stay because a process is working on them. */
export type CleanedRuns = {
  readonly directory: string;
  readonly removed: number;
  readonly bytes: number;
  readonly inUse: number;
};

/** Removes what runs that ended without a proof have left. Errors: CacheError CACHE_UNWRITABLE. */
export async function cleanRuns(root: string): Promise<CleanedRuns> {
  let [removed, bytes, inUse] = [0, 0, 0];
  try {
    for (const name of await namesIn(root)) {
      const directory = path.join(root, name);
      if (!RUN.test(name) && !REMOVED.test(name)) continue;
      const size = await bytesOf(directory);
      if (REMOVED.test(name)) await rm(directory, { recursive: true, force: true });
      else {
        const lock = (await isInUse(directory)) ? undefined : await takeLock(directory);
        if (lock === undefined) {
          inUse += 1;
          continue;
        }
        lock.forget();
        await removeRun(root, directory);
      }
      removed += 1;
      bytes += size;
    }
  } catch (error) {
    throw unwritable(root, error, WORDS);
  }
  return { directory: root, removed, bytes, inUse };
}

async function take(directory: string): Promise<Lock | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      await makeDirectory(directory, PRIVATE_DIRECTORY);
      const found = await lstat(directory);
      if (!found.isDirectory()) throw new CacheError('CACHE_UNWRITABLE', `${directory} is not a directory: remove it.`);
      if ((found.mode & 0o077) !== 0) await chmod(directory, PRIVATE_DIRECTORY);
      return await takeLock(directory);
    } catch (error) {
      // It was finished and removed in between.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 3) throw error;
    }
  }
}

async function removeRun(root: string, directory: string): Promise<void> {
  const removed = path.join(root, `removed-${randomBytes(4).toString('hex')}`);
  try {
    await rename(directory, removed);
    await rm(removed, { recursive: true, force: true });
  } catch (error) {
    throw unwritable(root, error, WORDS);
  }
}

async function removeTemporary(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.endsWith(TEMPORARY)) await rm(path.join(directory, name), { force: true });
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

async function bytesOf(directory: string): Promise<number> {
  let sum = 0;
  for (const name of await namesIn(directory)) {
    sum += await lstat(path.join(directory, name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return sum;
}
