/** Progress of jobs and of what is done beside them, as users see it: stages that start, move and end. */
import type { JobEvent } from './scheduler.ts';
import type { ProgressEvent } from './types.ts';
import type { Step } from './worker.ts';

/** Jobs that are no stages: they are part of one, or take no time. */
const SILENT: readonly string[] = ['cap', 'program-key'];
/** A job that runs within a stage of its own name. */
const WITHIN: readonly string[] = ['setup'];

export class Progress {
  readonly #report: (event: ProgressEvent) => void;

  constructor(report: ((event: ProgressEvent) => void) | undefined) {
    this.#report = report ?? ((): void => undefined);
  }

  /** What a running stage is doing. */
  tick(stage: string, { step, fraction }: Step): void {
    this.#report({ stage, status: 'tick', detail: step, ...(fraction === undefined ? {} : { fraction }) });
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

  /** A listener for a scheduler: a job is a stage of its kind's name. Adds its time to `seconds`. */
  ofJobs(seconds: Record<string, number>): (event: JobEvent) => void {
    return (event) => {
      const stage = event.job.kind;
      if (SILENT.includes(stage)) return;
      if (event.status === 'step') return this.tick(stage, event.step);
      if (WITHIN.includes(stage) || event.status === 'kept') return;
      if (event.status === 'start') return this.#report({ stage, status: 'start' });
      if (event.status === 'retry') return this.tick(stage, { step: 'again with another worker' });
      seconds[stage] = event.seconds;
      this.#report({ stage, status: 'done', seconds: event.seconds });
    };
  }
}
