/**
 * A store in a directory that one run has for itself (`run-folder.ts`), with which it goes on where it was: inputs are in it,
 * and core and lift proofs tell about them. A file appears complete under its name or not at all, and is taken only when its
 * bytes have their hash. Nothing is released: what is kept is what another attempt can go on from. An edge (node:fs).
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Artifact, ArtifactError, type ArtifactId, checkedArtifact, damagedArtifact, idOf } from './artifact.ts';
import { makeDirectory, unwritable } from './file-errors.ts';
import type { JobId } from './job.ts';
import { type ArtifactStore, missing } from './store.ts';

/** For their owner alone. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_DIRECTORY = 0o700;

/** Files that are being written end so; those of a process that is gone are no one's. */
export const TEMPORARY = '.tmp';

/** What messages say of the files here, instead of keys. */
const WORDS = {
  file: 'stored result',
  directory: 'directory of finished proofs of this run',
  again: 'delete it and run the same command again to make it anew',
  elsewhere: 'mend that and run the same command again, which goes on with the proofs that are finished',
};

/** Why a file cannot be read. */
const UNREADABLE: Readonly<Record<string, string>> = {
  EISDIR: 'a folder is in its place',
  EACCES: 'it may not be read by this user',
  EPERM: 'it may not be read by this user',
  EIO: 'its disk cannot read it',
};

/** Writes a new file and flushes it to the disk; given by tests to stand for a disk that refuses. */
export type WriteFile = (file: string, bytes: Uint8Array) => Promise<void>;

export class DiskStore implements ArtifactStore {
  readonly #directory: string;
  readonly #write: WriteFile;

  constructor(directory: string, write: WriteFile = writeDurably) {
    this.#directory = directory;
    this.#write = write;
  }

  /** Errors: CacheError CACHE_UNWRITABLE. */
  async put(artifact: Artifact): Promise<ArtifactId> {
    const id = idOf(artifact);
    if (!(await this.has(id))) await this.#put(id, artifact.bytes);
    return id;
  }

  /** Errors: ArtifactError ARTIFACT_MISSING and ARTIFACT_DAMAGED. */
  async get(id: ArtifactId): Promise<Artifact> {
    const bytes = await this.#read(id);
    if (bytes === undefined) throw missing(id);
    return checkedArtifact(id, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  async has(id: ArtifactId): Promise<boolean> {
    try {
      await this.get(id);
      return true;
    } catch (error) {
      if (error instanceof ArtifactError) return false;
      throw error;
    }
  }

  /** Errors: ArtifactError ARTIFACT_DAMAGED, where either the note of the job or the artifact is not what it was. */
  async resultOf(job: JobId): Promise<ArtifactId | undefined> {
    const bytes = await this.#read(job);
    if (bytes === undefined) return undefined;
    const id = bytes.toString('utf8').trim();
    try {
      await this.get(id);
      return id;
    } catch (error) {
      if (error instanceof RangeError) throw damagedArtifact('job', 'what it says is no name of an artifact', error);
      throw error instanceof ArtifactError && error.code === 'ARTIFACT_MISSING'
        ? damagedArtifact('job', `${id} is not there`, error)
        : error;
    }
  }

  /** Errors: CacheError CACHE_UNWRITABLE. */
  keepResult(job: JobId, id: ArtifactId): Promise<void> {
    return this.#put(job, Buffer.from(`${id}\n`));
  }

  async forgetResult(job: JobId): Promise<void> {
    await rm(path.join(this.#directory, job), { recursive: true, force: true }).catch((error: unknown) => {
      throw unwritable(this.#directory, error, WORDS);
    });
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  async #put(name: string, bytes: Uint8Array): Promise<void> {
    const file = path.join(this.#directory, name);
    const temporary = `${file}.${randomBytes(4).toString('hex')}${TEMPORARY}`;
    try {
      await makeDirectory(this.#directory, PRIVATE_DIRECTORY);
      await this.#write(temporary, bytes);
      await replace(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw unwritable(this.#directory, error, WORDS);
    }
  }

  /** Undefined where there is no such file. What cannot be read is damaged. */
  async #read(name: string): Promise<Buffer | undefined> {
    if (!/^[a-z0-9-]+$/.test(name))
      throw new RangeError(`"name" expected the name of a job or an artifact, got "${name}"`);
    try {
      return await readFile(path.join(this.#directory, name));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw damagedArtifact(name.replace(/-[^-]*$/, ''), (code && UNREADABLE[code]) ?? message, error);
    }
  }
}

/** Also in the place of a folder, which is nothing of ours. */
async function replace(temporary: string, file: string): Promise<void> {
  try {
    await rename(temporary, file);
  } catch (error) {
    if (!['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await rm(file, { recursive: true, force: true });
    await rename(temporary, file);
  }
}

/** A name whose bytes are not on the disk yet would be there, empty, after a loss of power. */
async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', PRIVATE_FILE);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
