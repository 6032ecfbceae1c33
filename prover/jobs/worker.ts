/** What runs jobs: a thread, this machine, another process, another machine. */
import { ZkError } from '../core/errors.ts';
import type { Artifact } from './artifact.ts';
import type { ReadyJob } from './job.ts';
import type { ArtifactSource } from './store.ts';

/** What a running job is doing, and how much of it is done (0..1) where that is known. */
export type Step = { readonly step: string; readonly fraction?: number };

/** What a worker can do. */
export type Capabilities = {
  readonly kinds: readonly string[];
  readonly threads: number;
  /** Absent: whatever there is, it tries. */
  readonly memoryBytes?: number;
};

export type RunOptions = {
  /** The worker has started, has the inputs, and begins: from here on the job's time counts. */
  readonly onStart?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: Step) => void) | undefined;
  /** Takes what a job gives besides its result, while it runs: an execution gives its shards one by one. */
  readonly onArtifact?: ((artifact: Artifact) => void) | undefined;
};

export interface Worker {
  /** For messages. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /**
   * Runs one job; a second one at the same time is refused (PROVER_BUSY).
   *
   * Errors: what the job throws, of its class where callers look at the class (`errors.ts`); WorkerLostError when the worker
   * came to an end, after which it can run nothing; the signal's reason when aborted, and then the job has ended.
   */
  run(job: ReadyJob, store: ArtifactSource, options?: RunOptions): Promise<Artifact>;
  /** Ends the worker; a running job rejects. Idempotent. */
  close(): Promise<void>;
}

/** The worker is gone, not the job: another one may run it. Codes: PROVER_STOPPED, WORKER_LOST, WORKER_PROTOCOL. */
export class WorkerLostError extends ZkError {}

/** One job at a time. */
export function busy(): ZkError {
  return new ZkError('PROVER_BUSY', 'This prover is working on another job: wait for it, or create a second prover.');
}
