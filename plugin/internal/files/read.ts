/** Files that may be anything, or not there at all. */
import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, pluginError } from '../errors.ts';

/** What some work gives, undefined where the file or folder that it is about is not there. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return undefined;
    throw error;
  }
}

/** Reads a file, a pipe too; undefined when it has more than `limit` bytes, of which no more are read. */
export async function readAtMost(file: string, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of createReadStream(file, { end: limit })) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
    }
  } catch (error) {
    // Of a folder Node does not say which one it is.
    throw Object.assign(error as NodeJS.ErrnoException, { path: file });
  }
  return length > limit ? undefined : Buffer.concat(chunks);
}

/** Refuses, in one sentence, a file that could not be written later: no folder, no permission. */
export async function checkFolderOf(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const found = await ifThere(stat(folder));
  if (found === undefined) throw pluginError(`${file} cannot be written: there is no folder ${folder}; make it first.`);
  if (!found.isDirectory()) throw pluginError(`${file} cannot be written: ${folder} is not a folder.`);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw pluginError(`${file} cannot be written: permission was refused for the folder ${folder}.`, error);
  }
}
