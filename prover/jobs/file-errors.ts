/** How directories of ours are made, and sentences for what a file system refuses. An edge (node:fs). */
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ZkError } from '../core/errors.ts';

/** The cache directory or a file in it cannot be used as it stands. */
export class CacheError extends ZkError {}

/** What messages call the files and their directory, and how they say to mend them: to follow "The ... <path> is damaged: ". */
export type CacheWords = {
  readonly file: string;
  readonly directory: string;
  readonly again: string;
  readonly elsewhere: string;
};

/**
 * Makes a directory and its parents, each with one attempt: the recursive mkdir of Node tries for ever where a parent
 * exists but refuses (in /proc, for one).
 */
export async function makeDirectory(directory: string, mode = 0o777): Promise<void> {
  if (
    await access(directory).then(
      () => true,
      () => false,
    )
  )
    return;
  const parent = path.dirname(directory);
  if (parent !== directory) await makeDirectory(parent, mode);
  await mkdir(directory, { mode }).catch((error: NodeJS.ErrnoException) => {
    // Another process may have made it in between.
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Turns the file system's refusals to read into one sentence; passes everything else through. */
export function unreadable(file: string, error: unknown, { file: noun, again }: CacheWords): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'may not be read by this user',
    EPERM: 'may not be read by this user',
    EISDIR: 'is a folder',
    ENOENT: 'is missing, or its hash beside it',
    EIO: 'cannot be read from its disk',
  };
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined) return error;
  return new CacheError('CACHE_UNREADABLE', `The ${noun} ${file} ${reason}: ${again}.`, { cause: error });
}

/** Turns the file system's refusals to write into one sentence; passes everything else through. */
export function unwritable(directory: string, error: unknown, words: CacheWords): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'is not writable',
    EPERM: 'is not writable',
    EROFS: 'is on a read-only file system',
    ENOSPC: 'is on a full disk',
    EDQUOT: 'is over its disk quota',
    EIO: 'cannot be written to its disk',
    ENOTDIR: 'is not a directory',
    EEXIST: 'is not a directory',
    EISDIR: 'holds a folder where a file belongs',
    ENOTEMPTY: 'holds a folder where a file belongs',
    ENOENT: 'cannot be made there',
  };
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined) return error;
  return new CacheError('CACHE_UNWRITABLE', `The ${words.directory} ${directory} ${reason}: ${words.elsewhere}.`, {
    cause: error,
  });
}
