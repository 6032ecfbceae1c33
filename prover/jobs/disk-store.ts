/**
 * A store in a directory: a run that was interrupted goes on where it was. Chosen, never the default: inputs are in it, and
 * core and lift proofs tell about them. Files can be read by their owner alone. An edge (node:fs).
 */
import { readFile, writeFile } from 'node:fs/promises';
import { type Artifact, type ArtifactId, checkedArtifact, idOf, partsOf } from './artifact.ts';
import { type CacheEntry, FileCache } from './file-cache.ts';
import type { JobId } from './job.ts';
import { type ArtifactStore, missing } from './store.ts';

const PRIVATE = { mode: 0o600 };

/** What messages say of the files here, instead of keys. */
const WORDS = {
  file: 'stored result',
  directory: 'directory of stored results',
  again: 'delete it and run the same command again to make it anew',
  elsewhere: 'choose another directory, or none',
};

export class DiskStore implements ArtifactStore {
  readonly #files: FileCache;

  constructor(directory: string) {
    this.#files = new FileCache(directory, WORDS);
  }

  /** Errors: CacheError as `FileCache.obtain`. */
  async put(artifact: Artifact): Promise<ArtifactId> {
    const id = idOf(artifact);
    await this.#files.obtain(artifactEntry(id), (file) => writeFile(file, artifact.bytes, PRIVATE));
    return id;
  }

  /** Errors: ArtifactError ARTIFACT_MISSING; CacheError CACHE_DAMAGED and CACHE_UNREADABLE. */
  async get(id: ArtifactId): Promise<Artifact> {
    const entry = artifactEntry(id);
    if (!(await this.#files.has(entry))) throw missing(id);
    const bytes = await this.#files.whileUnchanged(entry, (file) => readFile(file));
    return checkedArtifact(id, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  has(id: ArtifactId): Promise<boolean> {
    return this.#files.has(artifactEntry(id));
  }

  /** Errors: CacheError CACHE_DAMAGED and CACHE_UNREADABLE. */
  async resultOf(job: JobId): Promise<ArtifactId | undefined> {
    const entry = resultEntry(job);
    if (!(await this.#files.has(entry))) return undefined;
    const id = (await this.#files.whileUnchanged(entry, (file) => readFile(file, 'utf8'))).trim();
    return (await this.has(id)) ? id : undefined;
  }

  /** The first result of a job stays: another one is as good. */
  async keepResult(job: JobId, id: ArtifactId): Promise<void> {
    await this.#files.obtain(resultEntry(job), (file) => writeFile(file, `${id}\n`, PRIVATE));
  }

  async forgetResult(job: JobId): Promise<void> {
    await this.#files.remove(resultEntry(job));
  }
}

function artifactEntry(id: ArtifactId): CacheEntry {
  const { kind, sha256 } = partsOf(id);
  return { name: kind, digest: sha256, extension: 'artifact', sha256 };
}

function resultEntry(job: JobId): CacheEntry {
  return { name: 'job', digest: job.replace(/^job-/, ''), extension: 'result' };
}
