/** Progress of jobs and of what is done beside them, as users see it: stages that start, move and end. */
import type { Job, JobId } from './job.ts';
import type { JobEvent } from './scheduler.ts';
import type { ProgressEvent } from './types.ts';
import type { Step } from './worker.ts';

/** Jobs that are no stages: they are part of one, or take no time. */
const SILENT: readonly string[] = ['cap', 'program-key'];
/** A job that runs within a stage of its own name. */
const WITHIN: readonly string[] = ['setup'];
/** What stages run once for. */
const RUNS_ONCE_FOR = { core: 'shard', lift: 'shard', check: 'statement', join: 'join' } as const;

/** What is said of every event of a stage. */
type Where = Pick<ProgressEvent, 'part' | 'cycles' | 'secondsLeft'>;

/** What the jobs of a proof are, for those who watch it. */
export type RunShape = {
  readonly jobs: readonly Job[];
  /** Instructions of each job that proves a shard. */
  readonly cyclesOf: ReadonlyMap<JobId, number>;
};

export class Progress {
  readonly #report: (event: ProgressEvent) => void;

  constructor(report: ((event: ProgressEvent) => void) | undefined) {
    this.#report = report ?? ((): void => undefined);
  }

  /** What a running stage is doing. */
  tick(stage: string, { step, fraction }: Step, where: Where = {}): void {
    this.#report({ stage, status: 'tick', detail: step, ...(fraction === undefined ? {} : { fraction }), ...where });
  }

  /** Something that is to be known of the run: a sentence. */
  note(sentence: string): void {
    this.#report({ stage: 'run', status: 'note', detail: sentence });
  }

  /** Runs a stage that is no job, and adds its time to `seconds`. */
  async stage<T>(stage: string, work: () => Promise<T>, seconds: Record<string, number> = {}): Promise<T> {
    this.#report({ stage, status: 'start' });
    const start = performance.now();
    const result = await work();
    const time = (performance.now() - start) / 1000;
    seconds[stage] = time;
    this.#report({ stage, status: 'done', seconds: time });
    return result;
  }

  /**
   * A listener for a scheduler: a job is a stage of its kind's name. Adds its time to `seconds`, where a stage that runs several
   * times has their sum.
   */
  ofJobs(seconds: Record<string, number>, run?: RunProgress): (event: JobEvent) => void {
    return (event) => {
      const { job } = event;
      const stage = job.kind;
      if (event.status === 'damaged') return this.note(madeAgain(job, run?.where(job).part, event.error));
      if (event.status === 'done') run?.done(job);
      if (SILENT.includes(stage)) return;
      const where = run?.where(job) ?? {};
      if (event.status === 'step') return this.tick(stage, event.step, where);
      if (WITHIN.includes(stage) || event.status === 'kept') return;
      if (event.status === 'start') return this.#report({ stage, status: 'start', ...where });
      if (event.status === 'retry') return this.tick(stage, { step: 'again with another worker' }, where);
      seconds[stage] = (seconds[stage] ?? 0) + event.seconds;
      this.#report({ stage, status: 'done', seconds: event.seconds, ...where });
    };
  }
}

/**
 * How far a run is: its jobs, those that are left, and what they may take. The time that is left follows from the time that
 * this process took for what it did, whatever the number of workers: what counts is how jobs compare with each other.
 */
export class RunProgress {
  readonly #shape: RunShape;
  readonly #parts = new Map<JobId, ProgressEvent['part']>();
  readonly #isLong: boolean;
  #left: ReadonlySet<Job> = new Set();
  #start: number | undefined;
  #doneSeconds = 0;
  #lastDone = 0;

  constructor(shape: RunShape) {
    this.#shape = shape;
    this.#isLong = shape.cyclesOf.size > 1 || shape.jobs.some(({ kind }) => kind === 'check');
    for (const kind of new Set(shape.jobs.map((job) => job.kind))) {
      const jobs = shape.jobs.filter((job) => job.kind === kind);
      const what = Object.hasOwn(RUNS_ONCE_FOR, kind) ? RUNS_ONCE_FOR[kind as keyof typeof RUNS_ONCE_FOR] : 'join';
      if (jobs.length > 1)
        jobs.forEach((job, i) => this.#parts.set(job.id, { what, index: i + 1, count: jobs.length }));
    }
  }

  /** Takes the jobs that are to be run. A sentence where an earlier run has done some of all. */
  left(jobs: readonly Job[]): string | undefined {
    const isFirst = this.#start === undefined;
    this.#start ??= performance.now();
    this.#left = new Set(jobs);
    // The execution is looked at first, in a run of its own.
    const stages = this.#shape.jobs.filter(({ kind }) => kind !== 'execute' && !SILENT.includes(kind));
    const there = stages.filter((job) => !this.#left.has(job));
    if (!isFirst || there.length === 0) return undefined;
    const { size } = this.#shape.cyclesOf;
    const shards = [...this.#shape.cyclesOf.keys()].filter((id) => !jobs.some((job) => job.id === id)).length;
    const what =
      size > 1
        ? `${shards} of ${size} shards are proved`
        : `finished are ${[...new Set(there.map(({ kind }) => kind))].join(', ')}`;
    return `Going on where an earlier run of the same program and input ended: ${what}.`;
  }

  done(job: Job): void {
    if (!this.#left.has(job)) return;
    this.#left = new Set([...this.#left].filter((other) => other !== job));
    this.#doneSeconds += this.#typicalSeconds(job);
    this.#lastDone = performance.now();
  }

  where({ id }: Job): Where {
    const part = this.#parts.get(id);
    if (!this.#isLong) return {};
    const secondsLeft = this.#secondsLeft();
    return {
      ...(part === undefined ? {} : { part }),
      cycles: this.#cycles(),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    };
  }

  #cycles(): { proved: number; total: number } {
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    const total = sum([...this.#shape.cyclesOf.values()]);
    return { total, proved: total - sum([...this.#left].map(({ id }) => this.#shape.cyclesOf.get(id) ?? 0)) };
  }

  #secondsLeft(): number | undefined {
    if (this.#start === undefined || this.#doneSeconds === 0) return undefined;
    const left = [...this.#left].reduce((sum, job) => sum + this.#typicalSeconds(job), 0);
    const rate = (this.#lastDone - this.#start) / this.#doneSeconds;
    return Math.max(0, rate * left - (performance.now() - this.#lastDone)) / 1000;
  }

  #typicalSeconds({ id, kind }: Job): number {
    return TYPICAL_SECONDS[kind] ?? (kind === 'core' ? 5 + (7 * (this.#shape.cyclesOf.get(id) ?? 0)) / 2 ** 20 : 0);
  }
}

/** Measured on two cores (bench/stages/long.ts, and the demo for the last two). Only their ratios count, to those of shards too. */
const TYPICAL_SECONDS: Readonly<Record<string, number>> = {
  lift: 3,
  fused: 14,
  join: 3,
  finish: 13,
  check: 3,
  'finish-checked': 14,
  wrap: 45,
  groth16: 100,
};

/** Says that a result of an earlier run is not taken, and why. */
export function madeAgain({ kind }: Job, part: ProgressEvent['part'], { message }: Error): string {
  const which = part === undefined ? '' : ` of ${part.what} ${part.index} of ${part.count}`;
  const what = kind === 'execute' ? 'record of the execution' : `${kind} proof${which}`;
  const reason = message
    .replace(/; delete it and run the same command again[.]$|[.]$/, '')
    .replace(/^The stored /, 'the stored ');
  return `The ${what} that an earlier run left is not taken, and is made again: ${reason}.`;
}
