/** Where artifacts are kept while jobs run, and which job gave which of them. */
import { type Artifact, ArtifactError, type ArtifactId, idOf } from './artifact.ts';
import type { JobId } from './job.ts';

/** All that a worker needs of a store. */
export interface ArtifactSource {
  /** Errors: ArtifactError ARTIFACT_MISSING, ARTIFACT_DAMAGED. */
  get(id: ArtifactId): Promise<Artifact>;
}

export interface ArtifactStore extends ArtifactSource {
  put(artifact: Artifact): Promise<ArtifactId>;
  has(id: ArtifactId): Promise<boolean>;
  /**
   * What `keepResult` was told last, if the artifact is still there. Errors: ArtifactError ARTIFACT_DAMAGED where a store on
   * disk has something else than was put.
   */
  resultOf(job: JobId): Promise<ArtifactId | undefined>;
  /** Remembers that this artifact, which was put before, is the job's result. */
  keepResult(job: JobId, id: ArtifactId): Promise<void>;
  /** Forgets a job's result: it is not one. */
  forgetResult(job: JobId): Promise<void>;
  /** No job of this run needs the artifact any more: a store in memory drops it, so that memory does not grow with the run. */
  release(id: ArtifactId): Promise<void>;
}

/** An artifact that nobody has put. */
export function missing(id: ArtifactId): ArtifactError {
  return new ArtifactError('ARTIFACT_MISSING', `The artifact ${id} is not in the store: run the same command again.`);
}

/** Keeps everything in memory, and nothing for longer than itself: artifacts of runs tell what the input was. */
export class MemoryStore implements ArtifactStore {
  readonly #artifacts = new Map<ArtifactId, Artifact>();
  readonly #results = new Map<JobId, ArtifactId>();

  put(artifact: Artifact): Promise<ArtifactId> {
    const id = idOf(artifact);
    this.#artifacts.set(id, artifact);
    return Promise.resolve(id);
  }

  get(id: ArtifactId): Promise<Artifact> {
    const artifact = this.#artifacts.get(id);
    return artifact === undefined ? Promise.reject(missing(id)) : Promise.resolve(artifact);
  }

  has(id: ArtifactId): Promise<boolean> {
    return Promise.resolve(this.#artifacts.has(id));
  }

  resultOf(job: JobId): Promise<ArtifactId | undefined> {
    const id = this.#results.get(job);
    return Promise.resolve(id !== undefined && this.#artifacts.has(id) ? id : undefined);
  }

  keepResult(job: JobId, id: ArtifactId): Promise<void> {
    this.#results.set(job, id);
    return Promise.resolve();
  }

  forgetResult(job: JobId): Promise<void> {
    this.#results.delete(job);
    return Promise.resolve();
  }

  release(id: ArtifactId): Promise<void> {
    this.#artifacts.delete(id);
    return Promise.resolve();
  }
}
