/**
 * Layout of the control block shared by the main thread and its workers, and the loop that takes jobs. Both sides
 * import it, so they cannot disagree. Jobs are handed out by one atomic counter: whoever is free takes the next.
 */

import type { Kernel } from './web-assembly.ts';

/** Words of the control block. */
export const CONTROL = {
  /** Incremented for every command; workers wait on it. */
  generation: 0,
  command: 1,
  /** Index of the next job nobody has taken. */
  nextJob: 2,
  jobCount: 3,
  /** Words per job. */
  arity: 4,
  moduleId: 5,
  exportId: 6,
  /** Workers that have not finished the present command; the main thread waits on it. */
  busy: 7,
  /** 1 after a worker failed; its message is in the error region. */
  failed: 8,
  errorLength: 9,
  words: 16,
} as const;

export const COMMAND = { run: 1, load: 2, close: 3 } as const;

/** Bytes of UTF-8 kept of a worker's error message. */
export const ERROR_BYTES = 2048;

/** Rounds of polling before a thread sleeps: about 20 microseconds. */
const SPIN_ROUNDS = 2000;

/** The shared blocks a worker needs. */
export type Shared = { readonly control: Int32Array; readonly jobs: Int32Array; readonly error: Uint8Array };

/** Waits until the word at `index` is no longer `value`; polls shortly, then sleeps. */
export function waitWhile(control: Int32Array, index: number, value: number): void {
  for (let round = 0; round < SPIN_ROUNDS; round++) {
    if (Atomics.load(control, index) !== value) return;
  }
  while (Atomics.load(control, index) === value) Atomics.wait(control, index, value);
}

/** Takes jobs until none is left. Arguments are 32-bit words; a kernel reads them as unsigned. */
export function takeJobs(shared: Shared, kernel: Kernel): void {
  const { control, jobs } = shared;
  const count = Atomics.load(control, CONTROL.jobCount);
  const arity = Atomics.load(control, CONTROL.arity);
  for (;;) {
    const job = Atomics.add(control, CONTROL.nextJob, 1);
    if (job >= count) return;
    kernel(...jobs.subarray(job * arity, (job + 1) * arity));
  }
}
