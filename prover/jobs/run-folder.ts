/**
 * Where finished proofs of runs are kept: a directory for each run below one for all, named by program, input and version.
 * A run that was interrupted, in whatever way, finds what it had finished; two at once, also of the same program on the same
 * input, have a directory each; it is removed when the proof is made. An edge (node:fs).
 */
import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DiskStore, PRIVATE_DIRECTORY, TEMPORARY } from './disk-store.ts';
import { defaultCacheDirectory } from './file-cache.ts';
import { CacheError, makeDirectory, unwritable } from './file-errors.ts';
import { namesOfRun, removeRun, removeUnused, RUN_WORDS } from './run-directories.ts';
import { type Lock, takeLock } from './run-lock.ts';

/** Runs of the same program on the same input at once. */
const MOST_AT_ONCE = 64;

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
   * Takes a directory of this run that nobody uses: one that an earlier process has left, or makes one. `digest`: of all that
   * decides the proof, hex. Errors: CacheError CACHE_UNWRITABLE.
   */
  static async open(root: string, digest: string): Promise<RunFolder> {
    const name = `run-${digest.slice(0, 32)}`;
    try {
      const there = await namesOfRun(root, name);
      const all = Array.from({ length: MOST_AT_ONCE }, (_, i) => (i === 0 ? name : `${name}-${i + 1}`));
      for (const candidate of new Set([...there, ...all])) {
        const directory = path.join(root, candidate);
        const lock = await take(directory);
        if (lock === undefined) continue;
        await removeTemporary(directory);
        const isNew = !(await readdir(directory)).some((file) => file.startsWith('job-'));
        return new RunFolder(root, directory, lock, isNew);
      }
    } catch (error) {
      throw unwritable(root, error, RUN_WORDS);
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
    const isHeld = await this.#lock.isHeld();
    this.#lock.forget();
    // Whoever took us for dead and took it over goes on with what is in it.
    if (isHeld) await removeRun(this.#root, path.basename(this.directory));
  }

  /**
   * The proof is made: removes it, and what other processes that made the same proof at the same time, and ended before it was
   * done, have left. Errors: CacheError CACHE_UNWRITABLE.
   */
  async finish(): Promise<void> {
    await this.remove();
    const name = path.basename(this.directory).replace(/-\d+$/, '');
    for (const other of await namesOfRun(this.#root, name)) await removeUnused(this.#root, other);
  }
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

async function removeTemporary(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.endsWith(TEMPORARY)) await rm(path.join(directory, name), { force: true });
  }
}
