/** Files that are either complete or absent, and files that may be anything. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, link, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, pluginError } from '../errors.ts';

async function throughTemporary(target: string, text: string, put: (temporary: string) => Promise<void>) {
  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await put(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Writes beside the target and renames; a failure leaves neither half a file nor a temporary one. */
export async function writeFileAtomically(file: string, text: string): Promise<void> {
  const target = path.resolve(file);
  await mkdir(path.dirname(target), { recursive: true });
  await throughTemporary(target, text, (temporary) => rename(temporary, target));
}

/**
 * Writes a file that is not there yet; false when the name is taken, also by another process at the same moment. The file
 * appears complete. The folder must exist.
 */
export async function createFileAtomically(file: string, text: string): Promise<boolean> {
  const target = path.resolve(file);
  try {
    await throughTemporary(target, text, async (temporary) => {
      try {
        await link(temporary, target);
      } catch (error) {
        // Some file systems have no links: there the name is taken first, by an empty file.
        if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error))) throw error;
        await (await open(target, 'wx')).close();
        await rename(temporary, target);
      }
    });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

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
  for await (const chunk of createReadStream(file, { end: limit })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
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
