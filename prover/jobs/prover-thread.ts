/**
 * Edge file: the prover in a thread of its own, so that the caller's event loop keeps running: progress is shown, and an
 * abort stops everything at once by ending the thread and with it its own workers.
 */
import { Worker } from 'node:worker_threads';
import { ZkError } from '../core/errors.ts';
import type { ConstantCap } from '../groth16/circuit/constant-cap.ts';
import { reviveError } from './errors.ts';
import type { ExecuteResult, Job, JobValue, ProveResult, StageEvent } from './jobs.ts';
import type { JobMessage } from './job-worker.ts';

/** Sources run as .ts, the package as .js. */
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** One job at a time. */
export function busy(): ZkError {
  return new ZkError('PROVER_BUSY', 'This prover is working on another job: wait for it, or create a second prover.');
}

type Listeners = { message: (message: JobMessage) => void; error: (error: Error) => void; exit: () => void };

export class ProverThread {
  readonly #threads: number | undefined;
  #worker: Worker | undefined;
  #busy = false;

  constructor(threads: number | undefined) {
    this.#threads = threads;
  }

  async digest(job: Extract<Job, { kind: 'digest' }>, signal?: AbortSignal): Promise<number[]> {
    return (await this.#run(job, () => undefined, signal)) as number[];
  }

  async cap(signal?: AbortSignal): Promise<ConstantCap> {
    return (await this.#run({ kind: 'cap' }, () => undefined, signal)) as ConstantCap;
  }

  async execute(
    job: Extract<Job, { kind: 'execute' }>,
    report: (event: StageEvent) => void,
    signal?: AbortSignal,
  ): Promise<ExecuteResult> {
    return (await this.#run(job, report, signal)) as ExecuteResult;
  }

  /** Proves what `execute` ran; nothing else may have been executed in between. */
  async prove(
    job: Extract<Job, { kind: 'prove' }>,
    report: (event: StageEvent) => void,
    signal?: AbortSignal,
  ): Promise<ProveResult> {
    return (await this.#run(job, report, signal)) as ProveResult;
  }

  /** Ends the thread; a running job rejects. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #run(job: Job, report: (event: StageEvent) => void, signal: AbortSignal | undefined): Promise<JobValue> {
    signal?.throwIfAborted();
    if (this.#busy) throw busy();
    this.#worker ??= new Worker(new URL(`./job-worker.${EXTENSION}`, import.meta.url), {
      workerData: { threads: this.#threads },
      execArgv: [],
    });
    const worker = this.#worker;
    this.#busy = true;
    // An idle thread must not keep the process alive, a working one must.
    worker.ref();
    const listeners: Listeners = { message: () => undefined, error: () => undefined, exit: () => undefined };
    let stop: (() => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        listeners.message = (message) => {
          // What was on its way when the caller gave up.
          if (signal?.aborted === true) return;
          if (message.type === 'event') report(message.event);
          else if (message.type === 'result') resolve(message.value);
          else reject(reviveError(message.error));
        };
        listeners.error = (error) => {
          this.#worker = undefined;
          reject(error);
        };
        listeners.exit = () => {
          this.#worker = undefined;
          reject(new ZkError('PROVER_STOPPED', 'The prover thread ended before its job was done.'));
        };
        worker.on('message', listeners.message).on('error', listeners.error).on('exit', listeners.exit);
        stop = () => {
          // Rejects only when the thread is gone, and with it its own workers: the caller may rely on it.
          worker.off('exit', listeners.exit);
          void this.close().finally(() => reject(signal?.reason as Error));
        };
        signal?.addEventListener('abort', stop, { once: true });
        worker.postMessage(job);
      });
    } finally {
      this.#busy = false;
      if (stop !== undefined) signal?.removeEventListener('abort', stop);
      worker.off('message', listeners.message).off('error', listeners.error).off('exit', listeners.exit);
      worker.unref();
    }
  }
}
