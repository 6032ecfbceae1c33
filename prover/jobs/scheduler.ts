/**
 * Runs a graph of jobs on workers. Knows names, inputs and what workers can do, and nothing of what jobs are: a job starts
 * when its inputs are there and a capable worker is free; what the store has is not run again; a job whose worker was lost
 * is given to another one; the first error, or an abort, stops everything.
 */
import { ZkError } from '../core/errors.ts';
import type { ArtifactId } from './artifact.ts';
import { isJobId, type Job, type JobId, type ReadyJob } from './job.ts';
import type { ArtifactStore } from './store.ts';
import { idOf } from './artifact.ts';
import { type Step, type Worker, WorkerLostError } from './worker.ts';

/** Workers that a job may lose before it is given up. */
const ATTEMPTS = 3;

/** What happens to a job. `kept`: its result was in the store. */
export type JobEvent =
  | { readonly job: Job; readonly status: 'start' }
  | { readonly job: Job; readonly status: 'step'; readonly step: Step }
  | { readonly job: Job; readonly status: 'done'; readonly seconds: number }
  | { readonly job: Job; readonly status: 'kept' }
  | { readonly job: Job; readonly status: 'retry'; readonly error: WorkerLostError };

export type ScheduleOptions = {
  readonly workers: readonly Worker[];
  readonly store: ArtifactStore;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: JobEvent) => void) | undefined;
};

/**
 * The results of all jobs. The workers stay open: they are the caller's.
 *
 * Errors: the first error of a job; WorkerLostError when no worker is left for one or it has lost three; ZkError NO_WORKER
 * when no worker can run one; the signal's reason when aborted. Whatever it is, no job runs any more when it is thrown.
 */
export async function schedule(
  jobs: readonly Job[],
  options: ScheduleOptions,
): Promise<ReadonlyMap<JobId, ArtifactId>> {
  options.signal?.throwIfAborted();
  const run = new Schedule(jobs, options);
  await run.takeKept();
  return run.finish();
}

class Schedule {
  readonly #options: ScheduleOptions;
  readonly #waiting: Map<JobId, Job>;
  readonly #results = new Map<JobId, ArtifactId>();
  readonly #workers: Set<Worker>;
  readonly #free: Set<Worker>;
  readonly #running = new Set<Promise<void>>();
  readonly #losses = new Map<JobId, number>();
  readonly #stop = new AbortController();
  #failure: { readonly error: unknown } | undefined;

  constructor(jobs: readonly Job[], options: ScheduleOptions) {
    this.#options = options;
    this.#waiting = new Map(jobs.map((job) => [job.id, job]));
    this.#workers = new Set(options.workers);
    this.#free = new Set(options.workers);
  }

  async takeKept(): Promise<void> {
    for (const job of [...this.#waiting.values()].filter(({ keep }) => keep)) {
      const kept = await this.#options.store.resultOf(job.id);
      if (kept === undefined) continue;
      this.#waiting.delete(job.id);
      this.#results.set(job.id, kept);
      this.#options.onEvent?.({ job, status: 'kept' });
    }
  }

  async finish(): Promise<ReadonlyMap<JobId, ArtifactId>> {
    const { signal } = this.#options;
    const abort = (): void => this.#fail(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      for (;;) {
        if (this.#failure === undefined) this.#start();
        if (this.#running.size === 0) break;
        await Promise.race(this.#running);
      }
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    const [stuck] = this.#waiting.values();
    if (stuck !== undefined) throw noWorker(stuck);
    return this.#results;
  }

  /** Gives every job that is ready to a free worker that can run it. */
  #start(): void {
    for (const job of this.#waiting.values()) {
      const inputs = job.inputs.map((input) => (isJobId(input) ? this.#results.get(input) : input));
      if (!inputs.every((input) => input !== undefined)) continue;
      // In the order given, so that a job mostly goes to where the one before it ran.
      const worker = this.#options.workers.find((candidate) => this.#free.has(candidate) && canRun(candidate, job));
      if (worker === undefined) continue;
      this.#waiting.delete(job.id);
      this.#free.delete(worker);
      const running = this.#run({ ...job, inputs }, job, worker).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  async #run(ready: ReadyJob, job: Job, worker: Worker): Promise<void> {
    const { store, onEvent } = this.#options;
    const { signal } = this.#stop;
    let start = performance.now();
    try {
      onEvent?.({ job, status: 'start' });
      // A listener may have aborted.
      signal.throwIfAborted();
      const onStep = (step: Step): void => {
        if (signal.aborted) return;
        try {
          onEvent?.({ job, status: 'step', step });
        } catch (error) {
          // A listener's error is the caller's own: it must not end in whatever carries messages.
          this.#fail(error);
        }
      };
      const onStart = (): void => void (start = performance.now());
      const artifact = await worker.run(ready, store, { signal, onStart, onStep });
      const seconds = (performance.now() - start) / 1000;
      await store.put(artifact);
      const id = idOf(artifact);
      if (job.keep) await store.keepResult(job.id, id);
      this.#results.set(job.id, id);
      this.#free.add(worker);
      if (!signal.aborted) onEvent?.({ job, status: 'done', seconds });
    } catch (error) {
      if (error instanceof WorkerLostError) this.#lost(job, worker, error);
      else this.#fail(error);
    }
  }

  #lost(job: Job, worker: Worker, error: WorkerLostError): void {
    this.#workers.delete(worker);
    const losses = (this.#losses.get(job.id) ?? 0) + 1;
    this.#losses.set(job.id, losses);
    if (losses === ATTEMPTS || ![...this.#workers].some((other) => canRun(other, job))) return this.#fail(error);
    this.#waiting.set(job.id, job);
    if (!this.#stop.signal.aborted) this.#options.onEvent?.({ job, status: 'retry', error });
  }

  /** The first failure is the one that is thrown; it ends all running jobs. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#stop.abort(error);
  }
}

function canRun({ capabilities: { kinds, threads, memoryBytes = Infinity } }: Worker, { kind, needs }: Job): boolean {
  return kinds.includes(kind) && threads >= needs.threads && memoryBytes >= needs.memoryBytes;
}

function noWorker({ kind, needs }: Job): ZkError {
  const memory = `${Math.ceil(needs.memoryBytes / 2 ** 20).toLocaleString('en-US')} MiB of memory`;
  return new ZkError(
    'NO_WORKER',
    `No worker can run the job "${kind}" (${memory}, ${needs.threads} threads): connect one that can, or a larger machine.`,
  );
}
