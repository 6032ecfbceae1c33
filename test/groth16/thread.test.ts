/** Groth16 in a thread, where jobs run: the caller's event loop stays free, and ending the thread ends all of it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import prover from '../../prover/groth16/default-prover.ts';
import { assertNoThreadLeft, threadCount } from '../support/abort.ts';
import { circuit } from './prover-suite.ts';

test('the prover works in a thread, and ends with it in the middle of a proof', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-groth16-thread-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const before = threadCount();
  const keyFile = path.join(directory, 'key');
  const thread = new Worker(new URL('./thread-worker.ts', import.meta.url), { workerData: { keyFile } });
  let [ticks, longest, last] = [0, 0, performance.now()];
  const timer = setInterval(() => {
    ticks++;
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 10);
  const messages: { readonly accepted?: boolean; readonly step?: string }[] = [];
  thread.on('message', (message: { readonly accepted?: boolean; readonly step?: string }) => messages.push(message));
  // Until it is in the middle of its second proof.
  while (!messages.some(({ step }) => step !== undefined)) {
    await once(thread, 'message', { signal: AbortSignal.timeout(60_000) });
  }
  clearInterval(timer);
  assert.equal(messages[0]?.accepted, true);
  assert.ok(ticks > 20 && longest < 5000, `${ticks} ticks, the longest pause ${longest.toFixed(0)} ms`);
  const start = performance.now();
  await thread.terminate();
  assert.ok(performance.now() - start < 30_000);
  await assertNoThreadLeft(before);
  // The key is the one that is made here, and the library can be loaded in this thread as well.
  const other = path.join(directory, 'other');
  await prover.setup(circuit(2n), other, { threads: 1 });
  assert.ok((await readFile(keyFile)).equals(await readFile(other)));
});
