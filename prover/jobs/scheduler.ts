/**
 * Runs a graph of jobs on workers. Knows names, inputs and what workers can do, and nothing of what jobs are: a job starts
 * when its inputs are there and a capable worker is free; what the store has is not run again; a job whose worker was lost
 * is given to another one; the first error, or an abort, stops everything.
 */
import { VerificationError, ZkError } from '../core/errors.ts';
import { type Artifact, ArtifactError, type ArtifactId, idOf, partsOf } from './artifact.ts';
import { isJobId, type Job, type JobId, type JobInput, type ReadyJob } from './job.ts';
import type { ArtifactStore } from './store.ts';
import { type Step, type Worker, WorkerLostError } from './worker.ts';

/** Workers that a job may lose before it is given up. */
const ATTEMPTS = 3;

/**
 * What happens to a job. `kept`: its result was in the store. `damaged`: so it was, but it is not what it must be, and the job is
 * run again.
 */
export type JobEvent =
  | { readonly job: Job; readonly status: 'start' }
  | { readonly job: Job; readonly status: 'step'; readonly step: Step }
  | { readonly job: Job; readonly status: 'done'; readonly seconds: number }
  | { readonly job: Job; readonly status: 'kept' }
  | { readonly job: Job; readonly status: 'damaged'; readonly error: Error }
  | { readonly job: Job; readonly status: 'retry'; readonly error: WorkerLostError };

export type ScheduleOptions = {
  readonly workers: readonly Worker[];
  readonly store: ArtifactStore;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: JobEvent) => void) | undefined;
  /** Told the jobs that are left, before the first starts and when damage has made others of them. */
  readonly onLeft?: ((left: readonly Job[]) => void) | undefined;
  /**
   * The jobs whose results are wanted, and artifacts that are given besides; default: all jobs. A job that none of them needs
   * is not run, and the artifacts of others are released when the last job that takes them is done.
   */
  readonly wanted?: readonly JobInput[] | undefined;
  /** Artifacts that a job gives besides its result, and which. They are released like results. */
  readonly givenBy?: ReadonlyMap<ArtifactId, JobId> | undefined;
  /** Jobs that this process ran itself: their results in the store are not in doubt. Those that are done are added. */
  readonly made?: Set<JobId> | undefined;
};

/**
 * The results of the wanted jobs. The workers stay open: they are the caller's. Jobs that are ready start in the order of
 * the list.
 *
 * A result that an earlier process left in the store and that is damaged, or that a later job refuses, is made again.
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
  await run.begin();
  return run.finish();
}

class Schedule {
  readonly #options: ScheduleOptions;
  readonly #jobs: ReadonlyMap<JobId, Job>;
  readonly #wanted: readonly JobInput[];
  readonly #givenBy: ReadonlyMap<ArtifactId, JobId>;
  readonly #made: Set<JobId>;
  /** Jobs that are to be run; a job that is in none of the three is not needed. */
  readonly #waiting = new Set<JobId>();
  readonly #active = new Map<JobId, readonly ArtifactId[]>();
  readonly #results = new Map<JobId, ArtifactId>();
  /** What an earlier process did: by name, taken on trust until somebody takes it as input. */
  readonly #kept = new Set<JobId>();
  readonly #workers: Set<Worker>;
  readonly #free: Set<Worker>;
  /** Results that are being put: an older artifact of the same bytes must not be released under them. */
  readonly #arriving = new Set<ArtifactId>();
  readonly #running = new Set<Promise<void>>();
  readonly #losses = new Map<JobId, number>();
  readonly #stop = new AbortController();
  #failure: { readonly error: unknown } | undefined;

  constructor(jobs: readonly Job[], options: ScheduleOptions) {
    this.#options = options;
    this.#jobs = new Map(jobs.map((job) => [job.id, job]));
    this.#wanted = options.wanted ?? [...this.#jobs.keys()];
    this.#givenBy = options.givenBy ?? new Map();
    this.#made = options.made ?? new Set();
    this.#workers = new Set(options.workers);
    this.#free = new Set(options.workers);
  }

  /** Finds out what is to be run: what is wanted, and what that takes, as far as the store does not have it. */
  async begin(): Promise<void> {
    for (const id of this.#wanted) await (isJobId(id) ? this.#need(id) : this.#needGiven(id));
    this.#options.onLeft?.(this.#left());
  }

  async #need(id: JobId): Promise<void> {
    const job = this.#jobs.get(id);
    if (job === undefined || this.#results.has(id) || this.#waiting.has(id) || this.#active.has(id)) return;
    const kept = job.keep ? await this.#keptResult(job) : undefined;
    if (kept === undefined) return this.#wait(job);
    this.#results.set(id, kept);
    if (!this.#made.has(id)) this.#kept.add(id);
    this.#options.onEvent?.({ job, status: 'kept' });
  }

  async #wait(job: Job): Promise<void> {
    this.#waiting.add(job.id);
    for (const input of job.inputs) {
      if (isJobId(input)) await this.#need(input);
      else await this.#needGiven(input);
    }
  }

  /** An artifact that only its job can give again is not there: the job has to be run, whatever the store says of it. */
  async #needGiven(input: ArtifactId): Promise<void> {
    const giver = this.#jobs.get(this.#givenBy.get(input) ?? '');
    const problem = giver === undefined ? undefined : await this.#problemOf(input);
    if (giver === undefined || problem === undefined) return;
    if (this.#waiting.has(giver.id) || this.#active.has(giver.id)) return;
    // Without all that it gave, what an earlier process left of a job is damaged. What this one made it has released.
    const isLeft = giver.keep && !this.#made.has(giver.id) && (await this.#keptResult(giver)) !== undefined;
    if (isLeft) await this.#forget(giver, problem);
    this.#results.delete(giver.id);
    this.#kept.delete(giver.id);
    await this.#options.store.forgetResult(giver.id);
    await this.#wait(giver);
  }

  /** Why an artifact cannot be taken; undefined where it is there. */
  async #problemOf(id: ArtifactId): Promise<Error | undefined> {
    try {
      await this.#options.store.get(id);
      return undefined;
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      return error.code === 'ARTIFACT_MISSING' ? new Error(`the stored ${partsOf(id).kind} is not there`) : error;
    }
  }

  async #keptResult(job: Job): Promise<ArtifactId | undefined> {
    try {
      return await this.#options.store.resultOf(job.id);
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      await this.#forget(job, error);
      return undefined;
    }
  }

  async #forget(job: Job, error: Error): Promise<void> {
    await this.#options.store.forgetResult(job.id);
    this.#results.delete(job.id);
    this.#kept.delete(job.id);
    if (!this.#stop.signal.aborted) this.#options.onEvent?.({ job, status: 'damaged', error });
  }

  #left(): Job[] {
    return [...this.#jobs.values()].filter(({ id }) => this.#waiting.has(id) || this.#active.has(id));
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
    const [stuck] = this.#left();
    if (stuck !== undefined) throw noWorker(stuck);
    return this.#results;
  }

  /** Gives every job that is ready to a free worker that can run it. */
  #start(): void {
    for (const [id, job] of this.#jobs) {
      if (this.#free.size === 0) return;
      if (!this.#waiting.has(id)) continue;
      const inputs = job.inputs.map((input) => this.#inputOf(input));
      if (!inputs.every((input) => input !== undefined)) continue;
      // In the order given, so that a job mostly goes to where the one before it ran.
      const worker = this.#options.workers.find((candidate) => this.#free.has(candidate) && canRun(candidate, job));
      if (worker === undefined) continue;
      this.#waiting.delete(id);
      this.#active.set(id, inputs);
      this.#free.delete(worker);
      const running = this.#run({ ...job, inputs }, job, worker).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  /** The artifact of an input; undefined while the job that gives it is not done. */
  #inputOf(input: JobInput): ArtifactId | undefined {
    if (isJobId(input)) return this.#results.get(input);
    const giver = this.#givenBy.get(input) ?? '';
    return this.#waiting.has(giver) || this.#active.has(giver) ? undefined : input;
  }

  async #run(ready: ReadyJob, job: Job, worker: Worker): Promise<void> {
    const { store, onEvent } = this.#options;
    const { signal } = this.#stop;
    let start = performance.now();
    const puts: Promise<unknown>[] = [];
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
      const onArtifact = (given: Artifact): void => {
        // A disk that refuses ends the run at once, and not when the job is done.
        puts.push(store.put(given).catch((error: unknown) => this.#fail(error)));
      };
      const artifact = await worker.run(ready, store, { signal, onStart, onStep, onArtifact });
      const seconds = (performance.now() - start) / 1000;
      await Promise.all(puts);
      // What was given is not all there.
      if (this.#failure !== undefined && puts.length > 0) return;
      this.#arriving.add(idOf(artifact));
      await store.put(artifact);
      const id = idOf(artifact);
      if (job.keep) await store.keepResult(job.id, id);
      this.#made.add(job.id);
      this.#results.set(job.id, id);
      this.#active.delete(job.id);
      this.#arriving.delete(id);
      await this.#release(ready);
      this.#free.add(worker);
      if (!signal.aborted) onEvent?.({ job, status: 'done', seconds });
    } catch (error) {
      this.#active.delete(job.id);
      if (error instanceof WorkerLostError) this.#lost(job, worker, error);
      else if (await this.#again(job, error)) this.#free.add(worker);
      else this.#fail(error);
    } finally {
      await Promise.all(puts);
    }
  }

  /** Releases what the job took, if nobody wants it and no other job takes it. */
  async #release({ inputs }: ReadyJob): Promise<void> {
    const names = this.#left().flatMap((job) => job.inputs);
    const needed = [...this.#wanted, ...names].map((name) => (isJobId(name) ? this.#results.get(name) : name));
    const live = new Set([...needed, ...this.#arriving]);
    const ours = new Set([...this.#results.values(), ...this.#givenBy.keys()]);
    for (const id of new Set(inputs)) if (ours.has(id) && !live.has(id)) await this.#options.store.release(id);
  }

  /**
   * A job refused its inputs, and some of them go back to results that an earlier process left: these are made again, with
   * all that was made of them. False where there are none.
   */
  async #again(job: Job, error: unknown): Promise<boolean> {
    if (this.#failure !== undefined || !isRefusal(error)) return false;
    const tainted = new Set<JobId>();
    const isTainted = (id: JobId): boolean => {
      const known = this.#jobs.get(id);
      if (known === undefined) return false;
      const inputs = known.inputs.map((input) => (isJobId(input) ? input : (this.#givenBy.get(input) ?? '')));
      const below = inputs.map(isTainted).includes(true);
      if (below || this.#kept.has(id)) tainted.add(id);
      return below || this.#kept.has(id);
    };
    if (!isTainted(job.id)) return false;
    try {
      for (const id of tainted) {
        const known = this.#jobs.get(id)!;
        if (this.#kept.has(id)) await this.#forget(known, error);
        this.#results.delete(id);
        await this.#options.store.forgetResult(id);
      }
      for (const id of tainted) if (!this.#active.has(id)) await this.#wait(this.#jobs.get(id)!);
      this.#options.onLeft?.(this.#left());
    } catch (problem) {
      this.#fail(problem);
    }
    return true;
  }

  #lost(job: Job, worker: Worker, error: WorkerLostError): void {
    this.#workers.delete(worker);
    const losses = (this.#losses.get(job.id) ?? 0) + 1;
    this.#losses.set(job.id, losses);
    if (losses === ATTEMPTS || ![...this.#workers].some((other) => canRun(other, job))) return this.#fail(error);
    this.#waiting.add(job.id);
    if (!this.#stop.signal.aborted) this.#options.onEvent?.({ job, status: 'retry', error });
  }

  /** The first failure is the one that is thrown; it ends all running jobs. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#stop.abort(error);
  }
}

/** Of inputs: of a key or a kind that nobody lists, of another kind than the job takes. */
const REFUSALS: readonly string[] = ['BAD_KEY', 'BAD_KIND', 'BAD_JOB'];

/** What jobs throw of inputs that are not what they must be: damaged, of another statement, of another kind, no numbers. */
function isRefusal(error: unknown): error is Error {
  if (error instanceof ArtifactError || error instanceof VerificationError || error instanceof RangeError) return true;
  return error instanceof ZkError && REFUSALS.includes(error.code);
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
