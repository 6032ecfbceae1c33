/** Files that are either complete or absent, and files that may be anything. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes beside the target and renames; a failure leaves neither half a file nor a temporary one. */
export async function writeFileAtomically(file: string, text: string): Promise<void> {
  const target = path.resolve(file);
  await mkdir(path.dirname(target), { recursive: true });
  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
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
