/** Files that are either complete or absent: written beside their place under another name, then renamed. */
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { link, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../errors.ts';

/** A name beside a file that nobody else has; programs for Windows keep their ending. */
export function temporaryName(file: string): string {
  return `${file}.${randomBytes(4).toString('hex')}.tmp${path.extname(file) === '.exe' ? '.exe' : ''}`;
}

async function throughTemporary(target: string, text: string, put: (temporary: string) => Promise<void>) {
  const temporary = temporaryName(target);
  try {
    // Flushed: a name whose bytes are not on the disk yet would be there, empty, after a loss of power.
    await writeFile(temporary, text, { flag: 'wx', flush: true });
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

/** The same at once: `write` makes the file under the name that it is given. The folder must exist. */
export function putFile(file: string, write: (temporary: string) => void): void {
  const temporary = temporaryName(file);
  try {
    write(temporary);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
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
