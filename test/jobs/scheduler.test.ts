/** The scheduler on jobs that do nothing: order, parallelism, what is kept, errors, aborts, lost workers, names. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultSystem } from '../../prover/system/default.ts';
import { describe, it } from 'node:test';
import { makeArtifact } from '../../prover/jobs/artifact.ts';
import { DiskStore } from '../../prover/jobs/disk-store.ts';
import { GuestError } from '../../prover/jobs/errors.ts';
import { makeJob } from '../../prover/jobs/job.ts';
import { type JobEvent, schedule } from '../../prover/jobs/scheduler.ts';
import { type ArtifactStore, MemoryStore } from '../../prover/jobs/store.ts';
import { WorkerLostError } from '../../prover/jobs/worker.ts';
import { fakeJob, FakeWorker, type Log } from './fake-jobs.ts';

/** a -> b -> d, a -> c -> d. */
function diamond() {
  const a = fakeJob('a', [], { n: 1 });
  const [b, c] = [fakeJob('b', [a.id]), fakeJob('c', [a.id])];
  return { a, b, c, d: fakeJob('d', [b.id, c.id]) };
}
const KINDS = ['a', 'b', 'c', 'd'];
const lost = (): WorkerLostError => new WorkerLostError('WORKER_LOST', 'The worker is gone.');
const textOf = async (store: ArtifactStore, id: string | undefined): Promise<string> =>
  new TextDecoder().decode((await store.get(id ?? '')).bytes);

describe('the scheduler', () => {
  it('runs a job when its inputs are there, whatever the order of the list, and gives all results', async () => {
    const { a, b, c, d } = diamond();
    const log: Log = [];
    const store = new MemoryStore();
    const results = await schedule([d, c, b, a], { workers: [new FakeWorker('w', KINDS, log)], store });
    assert.equal(await textOf(store, results.get(d.id)), 'd{}(b{}(a{"n":1}()),c{}(a{"n":1}()))');
    assert.equal(results.size, 4);
    const begins = log.filter((line) => line.includes('begins'));
    assert.deepEqual([begins[0], begins[3]], ['w begins a', 'w begins d']);
    // One job at a time on one worker.
    for (const [i, line] of log.entries()) if (i % 2 === 1) assert.match(line, /ends/);
  });

  it('runs what is ready at the same time on as many workers as there are', async () => {
    const { a, b, c, d } = diamond();
    const log: Log = [];
    const workers = ['v', 'w'].map((name) => new FakeWorker(name, KINDS, log, { ms: 40 }));
    await schedule([a, b, c, d], { workers, store: new MemoryStore() });
    const middle = log.slice(2, 4).map((line) => line.replace(/^. /, ''));
    assert.deepEqual(middle, ['begins b', 'begins c'], log.join('; '));
  });

  it('gives a job to a worker that knows its kind and has memory and threads for it, or says that there is none', async () => {
    const { a, b } = diamond();
    const log: Log = [];
    const small = new FakeWorker('small', ['a', 'b'], log, { memoryBytes: 999 });
    const none = new FakeWorker('none', ['a', 'b'], log, { threads: 0 });
    const large = new FakeWorker('large', ['a'], log, { memoryBytes: 1000 });
    const store = new MemoryStore();
    await schedule([a], { workers: [small, none, large], store });
    assert.deepEqual(log, ['large begins a', 'large ends a']);
    await assert.rejects(schedule([a, b], { workers: [small, none, large], store }), {
      code: 'NO_WORKER',
      message: /^No worker can run the job "b" \(1 MiB of memory, 1 threads\): .*\.$/,
    });
  });

  it('tells what happens to each job', async () => {
    const { a, b } = diamond();
    const events: string[] = [];
    const onEvent = (event: JobEvent): void => {
      events.push(`${event.job.kind} ${event.status}${event.status === 'step' ? ` ${event.step.step}` : ''}`);
      if (event.status === 'done') assert.ok(event.seconds >= 0.004 && event.seconds < 10);
    };
    const store = new MemoryStore();
    const workers = [new FakeWorker('w', KINDS, [])];
    await schedule([a, b], { workers, store, onEvent });
    const of = (kind: string): string[] => [`${kind} start`, `${kind} step working`, `${kind} done`];
    assert.deepEqual(events.splice(0), [...of('a'), ...of('b')]);
    await schedule([a, b], { workers, store, onEvent });
    assert.deepEqual(events, ['a kept', 'b kept']);
  });

  it('does not run again what the store has, also after a crash and from a disk', async (t) => {
    const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-store-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const { a, b, c, d } = diamond();
    const log: Log = [];
    const failing = new FakeWorker('w', KINDS, log, {
      before: ({ kind }) => (kind === 'd' ? Promise.reject(new Error('crash')) : undefined),
    });
    await assert.rejects(schedule([a, b, c, d], { workers: [failing], store: new DiskStore(directory) }), /crash/);
    log.length = 0;
    const store = new DiskStore(directory);
    const results = await schedule([a, b, c, d], { workers: [new FakeWorker('w', KINDS, log)], store });
    assert.deepEqual(log, ['w begins d', 'w ends d']);
    assert.match(await textOf(store, results.get(d.id)), /^d\{\}\(b/);
    // What was forgotten is run again, and nothing else.
    await store.forgetResult(c.id);
    log.length = 0;
    await schedule([a, b, c, d], { workers: [new FakeWorker('w', KINDS, log)], store: new DiskStore(directory) });
    assert.deepEqual(log, ['w begins c', 'w ends c']);
  });

  it('neither keeps nor takes what is about one machine', async () => {
    const job = makeJob(defaultSystem(), { kind: 'a', inputs: [], needs: { memoryBytes: 0, threads: 1 }, keep: false });
    const log: Log = [];
    const store = new MemoryStore();
    for (let i = 0; i < 2; i++) await schedule([job], { workers: [new FakeWorker('w', KINDS, log)], store });
    assert.equal(log.length, 4);
    assert.equal(await store.resultOf(job.id), undefined);
  });

  it('stops everything at the first error, which is the one that is thrown, and leaves nothing running', async () => {
    const { a, b, c, d } = diamond();
    const log: Log = [];
    const error = new GuestError('GUEST_TRAP', 'It trapped.');
    const bad = new FakeWorker('bad', ['b'], log, { before: () => Promise.reject(error) });
    const good = new FakeWorker('good', ['a', 'c', 'd'], log, { ms: 60 });
    await assert.rejects(
      schedule([a, b, c, d], { workers: [bad, good], store: new MemoryStore() }),
      (thrown) => thrown === error,
    );
    assert.deepEqual(log.slice(2).toSorted(), ['bad begins b', 'bad stops b', 'good begins c', 'good stops c']);
  });

  it('stops with the reason of the signal: before, while a job runs, and from within a listener', async () => {
    const { a, b } = diamond();
    const reason = new Error('changed my mind');
    const run = (
      signal: AbortSignal,
      log: Log,
      onEvent: (event: JobEvent) => void = () => undefined,
    ): Promise<unknown> =>
      schedule([a, b], {
        workers: [new FakeWorker('w', KINDS, log, { ms: 10_000 })],
        store: new MemoryStore(),
        signal,
        onEvent,
      });
    const before: Log = [];
    await assert.rejects(run(AbortSignal.abort(reason), before), (error) => error === reason);
    assert.deepEqual(before, []);
    for (const status of ['start', 'step']) {
      const controller = new AbortController();
      const log: Log = [];
      const events: string[] = [];
      const running = run(controller.signal, log, (event) => {
        events.push(event.status);
        if (event.status === status) controller.abort(reason);
      });
      await assert.rejects(running, (error) => error === reason);
      assert.equal(events.at(-1), status, 'nothing is told afterwards');
      assert.deepEqual(log, status === 'start' ? [] : ['w begins a', 'w stops a']);
    }
  });

  it('ends with the error of a listener, wherever it is thrown', async () => {
    for (const status of ['start', 'step', 'done', 'kept']) {
      const log: Log = [];
      const store = new MemoryStore();
      const { a, b } = diamond();
      if (status === 'kept') await schedule([a], { workers: [new FakeWorker('w', KINDS, [])], store });
      const onEvent = (event: JobEvent): void => {
        if (event.status === status) throw new Error(`at ${status}`);
      };
      const workers = [new FakeWorker('w', KINDS, log, { ms: 30 })];
      await assert.rejects(schedule([a, b], { workers, store, onEvent }), { message: `at ${status}` });
      assert.ok(!log.includes('w begins b'), log.join());
    }
  });

  it('gives a job to another worker when one is lost, three times at most', async () => {
    const { a, b } = diamond();
    const log: Log = [];
    const events: string[] = [];
    const dying = (name: string): FakeWorker =>
      new FakeWorker(name, KINDS, log, { before: () => Promise.reject(lost()) });
    const good = new FakeWorker('good', KINDS, log);
    const onEvent = ({ job, status }: JobEvent): void => void events.push(`${job.kind} ${status}`);
    const store = new MemoryStore();
    const results = await schedule([a, b], { workers: [dying('1'), dying('2'), good], store, onEvent });
    assert.equal(await textOf(store, results.get(b.id)), 'b{}(a{"n":1}())');
    assert.deepEqual(
      events.filter((event) => event.includes('retry')),
      ['a retry', 'a retry'],
    );
    // A lost worker gets nothing more.
    assert.equal(log.filter((line) => /^[12] begins/.test(line)).length, 2);
    const four = ['1', '2', '3', '4'].map(dying);
    log.length = 0;
    await assert.rejects(schedule([a], { workers: four, store: new MemoryStore() }), { code: 'WORKER_LOST' });
    assert.equal(log.filter((line) => line.includes('begins')).length, 3);
    await assert.rejects(schedule([a], { workers: [dying('1')], store: new MemoryStore() }), { code: 'WORKER_LOST' });
  });

  it('refuses jobs that wait for each other, or for one that is not there', async () => {
    const workers = [new FakeWorker('w', KINDS, [])];
    const orphan = fakeJob('b', [fakeJob('a').id]);
    await assert.rejects(schedule([orphan], { workers, store: new MemoryStore() }), { code: 'NO_WORKER' });
  });
});

describe('names of jobs', () => {
  it('are the same for the same job, and others for every difference', () => {
    const input = `program-${'ab'.repeat(32)}`;
    const job = fakeJob('a', [input], { x: 1, y: null });
    assert.equal(job.id, fakeJob('a', [input], { y: null, x: 1 }).id);
    assert.match(job.id, /^job-[0-9a-f]{64}$/);
    const others = [
      fakeJob('b', [input], { x: 1, y: null }),
      fakeJob('a', [`program-${'ac'.repeat(32)}`], { x: 1, y: null }),
      fakeJob('a', [`input-${'ab'.repeat(32)}`], { x: 1, y: null }),
      fakeJob('a', [input, input], { x: 1, y: null }),
      fakeJob('a', [], { x: 1, y: null }),
      fakeJob('a', [input], { x: '1', y: null }),
      fakeJob('a', [input], { x: 1 }),
      fakeJob('a', [input], { x: 1, y: false }),
    ];
    assert.equal(new Set([job, ...others].map(({ id }) => id)).size, others.length + 1);
    // What a worker needs is no part of what a job gives.
    const needs = { memoryBytes: 5, threads: 7 };
    assert.equal(makeJob(defaultSystem(), { ...job, needs }).id, job.id);
  });
});

describe('stores', () => {
  it('keep artifacts by what they are', async (t) => {
    const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-store-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const bytes = new TextEncoder().encode('contents');
    for (const store of [new MemoryStore(), new DiskStore(path.join(directory, 'below'))]) {
      const id = await store.put(makeArtifact('core', bytes));
      assert.match(id, /^core-[0-9a-f]{64}$/);
      assert.equal(await store.put(makeArtifact('core', bytes)), id);
      assert.notEqual(await store.put(makeArtifact('lift', bytes)), id);
      assert.deepEqual(await store.get(id), makeArtifact('core', bytes));
      assert.equal(await store.has(id), true);
      const other = `core-${'00'.repeat(32)}`;
      assert.equal(await store.has(other), false);
      await assert.rejects(store.get(other), { name: 'ArtifactError', code: 'ARTIFACT_MISSING' });
      const job = fakeJob('a').id;
      assert.equal(await store.resultOf(job), undefined);
      await store.keepResult(job, id);
      assert.equal(await store.resultOf(job), id);
      await store.forgetResult(job);
      assert.equal(await store.resultOf(job), undefined);
    }
  });
});
