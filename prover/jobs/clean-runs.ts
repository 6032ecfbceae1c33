/** Removes what interrupted runs have left (`zkvm clean`). An edge (node:fs). */
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { isRunName, namesIn, removeUnused } from './run-directories.ts';

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
  for (const name of await namesIn(root)) {
    if (!isRunName(name)) continue;
    const size = await bytesOf(path.join(root, name));
    const found = await removeUnused(root, name);
    if (found === 'in use') inUse += 1;
    if (found !== 'removed') continue;
    removed += 1;
    bytes += size;
  }
  return { directory: root, removed, bytes, inUse };
}

async function bytesOf(directory: string): Promise<number> {
  let sum = 0;
  for (const name of await readdir(directory).catch(() => [])) {
    sum += await lstat(path.join(directory, name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return sum;
}
