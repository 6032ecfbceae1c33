/** Interruption of a prover at a chosen moment, and what must be left of it: nothing. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { createProver, type ProgressEvent, type Prover } from '../../prover/index.ts';

const TASKS = '/proc/self/task';

/** Threads of this process where the operating system tells, else undefined. */
export function threadCount(): number | undefined {
  return existsSync(TASKS) ? readdirSync(TASKS).length : undefined;
}

/**
 * Asserts that no more threads are left than `before`, a result of `threadCount`. The kernel lists a thread for a moment
 * after it was joined, on a busy machine for longer, so a surplus counts once it has stayed for ten seconds.
 */
export async function assertNoThreadLeft(before: number | undefined, what = 'threads'): Promise<void> {
  if (before === undefined) return;
  const deadline = performance.now() + 10_000;
  let after = threadCount() ?? 0;
  while (after > before && performance.now() < deadline) {
    await setTimeout(20);
    after = threadCount() ?? 0;
  }
  assert.ok(after <= before, `${what}: ${after} threads, before there were ${before}`);
}

/** Temporary files in a cache directory, which may not exist. */
export function temporaryFiles(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => name.includes('.tmp')) : [];
}

/**
 * Aborts `run` at the first event that `moment` accepts. Asserts that it rejects with exactly the given reason, and that
 * with the rejection temporary files and threads are gone. RangeError when the moment never came.
 */
export async function abortAt(
  cacheDir: string,
  moment: (event: ProgressEvent) => boolean,
  run: (prover: Prover) => Promise<unknown>,
): Promise<void> {
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const onProgress = (event: ProgressEvent): void => {
    if (moment(event)) controller.abort(reason);
  };
  const threadsBefore = threadCount();
  const prover = await createProver({ cacheDir, threads: 2, signal: controller.signal, onProgress });
  await assert.rejects(run(prover), (error) => {
    if (!controller.signal.aborted) throw new RangeError(`the moment never came: ${String(error)}`);
    assert.equal(error, reason);
    return true;
  });
  assert.deepEqual(temporaryFiles(cacheDir), []);
  await assertNoThreadLeft(threadsBefore);
  // An aborted prover stays aborted, and closing it is harmless.
  await assert.rejects(run(prover), (error) => error === reason);
  await prover.close();
}
