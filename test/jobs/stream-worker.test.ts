/**
 * Workers in other processes: real jobs of a real program over stdin and stdout, and what happens when a worker is killed,
 * cancelled, fails, or is no worker at all.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CacheError, GuestError, loadProgram, VerificationError } from '../../prover/index.ts';
import { makeArtifact } from '../../prover/jobs/artifact.ts';
import type { Job, ReadyJob } from '../../prover/jobs/job.ts';
import { core } from '../../prover/jobs/kinds/core.ts';
import { decodeExecuted } from '../../prover/jobs/kinds/execution.ts';
import { jobOf } from '../../prover/jobs/kinds/kind.ts';
import { decodeProgramKey, programKey } from '../../prover/jobs/kinds/program-key.ts';
import { madeProof } from '../../prover/jobs/made-proof.ts';
import { createProver } from '../../prover/jobs/prover.ts';
import { type JobEvent, schedule, type ScheduleOptions } from '../../prover/jobs/scheduler.ts';
import { verifyStatement } from '../../prover/jobs/statement.ts';
import { type ArtifactStore, MemoryStore } from '../../prover/jobs/store.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { type Worker, WorkerLostError } from '../../prover/jobs/worker.ts';
import { frameOf, FrameReader, MAX_BODY_BYTES } from '../../prover/jobs/workers/frames.ts';
import { PROTOCOL } from '../../prover/jobs/workers/protocol.ts';
import { connectWorker, serveWorker, type Streams } from '../../prover/jobs/workers/stream.ts';
import { assemble } from '../support/asm.ts';
import { guest, mode, u32 } from '../support/guests.ts';
import { executionIn, planIn, type WholePlan } from '../support/plans.ts';
import { fakeJob, FakeWorker, type Log } from './fake-jobs.ts';

/** A worker in a process of its own. It ends with the test, if not before. */
async function processWorker(
  t: TestContext,
  options: { readonly name?: string; readonly cancelMs?: number } = {},
): Promise<{ readonly worker: Worker; readonly child: ChildProcess }> {
  const script = path.join(import.meta.dirname, '../support/stream-worker.ts');
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const streams = { readable: child.stdout, writable: child.stdin, end: () => void child.kill() };
  return { child, worker: await connectWorker(streams, { name: 'other', ...options }) };
}

/** What the scheduler needs to run a whole plan. */
const runPlan = (jobs: WholePlan, store: ArtifactStore, options: Omit<ScheduleOptions, 'store'>) =>
  schedule(jobs.jobs, { ...options, store, givenBy: jobs.givenBy });

const alive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;
const gone = async (child: ChildProcess): Promise<void> => {
  if (alive(child)) await once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
};

describe('a worker in another process', () => {
  it('executes and proves a program, and the proof verifies', async (t) => {
    const { worker, child } = await processWorker(t);
    assert.deepEqual(worker.capabilities.threads, 1);
    const store = new MemoryStore();
    const program = guest('fibonacci');
    const jobs = await planIn(store, program, [u32(20)], 'core');
    const key = jobOf(defaultSystem(), programKey, [jobs.execute.inputs[0] ?? '']);
    const steps: string[] = [];
    const onEvent = (event: JobEvent): void => {
      if (event.job.kind === 'core') steps.push(event.status === 'step' ? event.step.step : event.status);
    };
    const all = { ...jobs, jobs: [...jobs.jobs, key] };
    const results = await runPlan(all, store, { workers: [worker], onEvent });
    const result = (job: Job) => store.get(results.get(job.id) ?? '');
    const executed = decodeExecuted(await result(jobs.execute));
    const { publicValues, exitCode } = executed;
    assert.equal(exitCode, 0);
    assert.equal(new DataView(publicValues.buffer, publicValues.byteOffset).getUint32(publicValues.length - 4), 6765);
    assert.deepEqual([steps[0], steps.at(-1)], ['start', 'done']);
    // The steps that the kind says it has, in their order.
    assert.deepEqual([...new Set(steps.slice(1, -1))], core.steps);
    const proof = await result(jobs.proof);
    const made = { key: proof, proofs: [proof], ending: await store.get(executed.ending) };
    const statement = madeProof(defaultSystem(), 'core', executed, made);
    assert.equal(statement.vkey, decodeProgramKey(await result(key)));
    await verifyStatement(defaultSystem(), statement);
    await assert.rejects(verifyStatement(defaultSystem(), { ...statement, exitCode: 1 }), VerificationError);
    await worker.close();
    await gone(child);
  });

  it('proves for the public prover, which plans and verifies', async (t) => {
    const { worker, child } = await processWorker(t);
    const prover = await createProver({}, { workers: [worker] });
    const proof = await prover.prove(guest('add'), [], { mode: 'core' });
    assert.deepEqual(Object.keys(proof.stats.seconds), ['execute', 'core', 'verify']);
    await prover.verify(proof, (await prover.programKey(guest('add'))).vkey);
    await prover.close();
    await gone(child);
  });

  it('that is killed in the middle of a job loses it to another worker', async (t) => {
    const [first, second] = [await processWorker(t, { name: 'first' }), await processWorker(t, { name: 'second' })];
    const store = new MemoryStore();
    const jobs = await planIn(store, guest('add'), [], 'core');
    const events: string[] = [];
    const results = await runPlan(jobs, store, {
      workers: [first.worker, second.worker],
      onEvent: (event) => {
        events.push(`${event.job.kind} ${event.status}`);
        if (event.job.kind === 'core' && event.status === 'step' && alive(first.child)) first.child.kill('SIGKILL');
        if (event.status === 'retry')
          assert.match(event.error.message, /^The worker first ended before its job was done\.$/);
      },
    });
    assert.ok(events.includes('core retry') && events.at(-1) === 'core done', events.join());
    // The second process had not run the program: it did so for the proof, which is the same.
    assert.ok(results.has(jobs.proof.id));
    await assert.rejects(first.worker.run(jobs.execute as ReadyJob, store), WorkerLostError);
    await second.worker.close();
    await Promise.all([gone(first.child), gone(second.child)]);
  });

  it('that is killed and was the last one ends the run with one sentence', async (t) => {
    const { worker, child } = await processWorker(t);
    const store = new MemoryStore();
    const jobs = await planIn(store, guest('add'), [], 'core');
    const onEvent = (event: JobEvent): void => {
      if (event.job.kind === 'core' && event.status === 'step') child.kill('SIGKILL');
    };
    await assert.rejects(runPlan(jobs, store, { workers: [worker], onEvent }), (error: unknown) => {
      assert.ok(error instanceof WorkerLostError && error.code === 'WORKER_LOST', String(error));
      assert.equal(error.message, 'The worker other ended before its job was done.');
      return true;
    });
  });

  it('stops a job that is cancelled, and takes the next one', async (t) => {
    const { worker, child } = await processWorker(t);
    const store = new MemoryStore();
    const jobs = await planIn(store, guest('add'), [], 'core');
    const reason = new Error('changed my mind');
    for (const step of ['trace', 'zerocheck']) {
      const controller = new AbortController();
      const running = runPlan(jobs, new MemoryStoreOf(store), {
        workers: [worker],
        signal: controller.signal,
        onEvent: (event) => {
          if (event.status === 'step' && event.step.step === step) controller.abort(reason);
        },
      });
      await assert.rejects(running, (error) => error === reason);
    }
    assert.ok(alive(child));
    await schedule([jobs.execute], { workers: [worker], store });
    await worker.close();
    await gone(child);
  });

  it('tells of errors with class, code and sentence', async (t) => {
    const { worker } = await processWorker(t);
    const store = new MemoryStore();
    const run = async (program: ReturnType<typeof guest>, items: Uint8Array[]): Promise<unknown> =>
      schedule([await executionIn(store, program, items)], { workers: [worker], store });
    await assert.rejects(run(guest('selftest'), [mode('null')]), (error: unknown) => {
      assert.ok(error instanceof GuestError && error.code === 'GUEST_TRAP', String(error));
      assert.match(
        error.message,
        /^The program trapped at pc 0x[0-9a-f]{8} after \d+ instructions \(unmapped-memory\): /,
      );
      return true;
    });
    // Beyond what the largest key has room for.
    const large = assemble(Array.from({ length: 2 ** 21 }, () => 'nop').join('\n'));
    await assert.rejects(run(loadProgram(large.elf), []), { name: 'CapacityError', code: 'TOO_LARGE' });
    const jobs = await planIn(store, guest('add'), [], 'core');
    const noElf = await store.put(makeArtifact('program', Uint8Array.of(1, 2, 3)));
    const bad = { ...jobs.execute, inputs: [noElf, jobs.execute.inputs[1] ?? ''] };
    await assert.rejects(worker.run(bad, store), { name: 'ElfError', code: 'ELF_NOT_ELF' });
    await assert.rejects(worker.run({ ...jobs.execute, kind: 'unknown' } as ReadyJob, store), { code: 'BAD_JOB' });
    await assert.rejects(worker.run(jobs.execute as ReadyJob, new MemoryStore()), {
      name: 'ArtifactError',
      code: 'ARTIFACT_MISSING',
    });
    const damage = new CacheError('CACHE_DAMAGED', 'It is damaged.');
    await assert.rejects(worker.run(jobs.execute as ReadyJob, { get: () => Promise.reject(damage) }), {
      name: 'CacheError',
      code: 'CACHE_DAMAGED',
    });
    await worker.close();
  });

  it('ends by itself when the scheduler is gone', async (t) => {
    const { child, worker } = await processWorker(t);
    const store = new MemoryStore();
    const jobs = await planIn(store, guest('add'), [], 'core');
    const running = runPlan(jobs, store, { workers: [worker] });
    running.catch(() => undefined);
    await sleep(300);
    child.stdin?.destroy();
    await gone(child);
    assert.equal(child.exitCode, 0);
    await assert.rejects(running, WorkerLostError);
  });
});

/** A store with the artifacts of another one and no results. */
class MemoryStoreOf extends MemoryStore {
  readonly #source: ArtifactStore;

  constructor(source: ArtifactStore) {
    super();
    this.#source = source;
  }

  override async get(id: string) {
    return (await this.has(id)) ? super.get(id) : this.#source.get(id);
  }
}

/** Two ends of one connection in this process. */
function pair(): readonly [Streams, Streams] {
  const [there, back] = [new PassThrough(), new PassThrough()];
  return [
    { readable: back, writable: there },
    { readable: there, writable: back },
  ];
}

const hello = (protocol: string = PROTOCOL): Buffer =>
  frameOf({ type: 'hello', protocol, capabilities: { kinds: ['a', 'b'], threads: 1 } });

describe('the protocol', () => {
  it('carries jobs and artifacts in both directions, and one job at a time', async () => {
    const [near, far] = pair();
    const log: Log = [];
    const served = serveWorker(new FakeWorker('far', ['a', 'b'], log, { ms: 50 }), far);
    const worker = await connectWorker(near, { name: 'far' });
    const a = fakeJob('a');
    const b = fakeJob('b', [a.id]);
    const store = new MemoryStore();
    const results = await schedule([b, a], { workers: [worker], store });
    assert.equal(new TextDecoder().decode((await store.get(results.get(b.id) ?? '')).bytes), 'b{}(a{}())');
    const first = worker.run(a as ReadyJob, store);
    await assert.rejects(worker.run(a as ReadyJob, store), { code: 'PROVER_BUSY' });
    await first;
    await worker.close();
    await served;
    assert.equal(log.at(-1), 'far closes');
  });

  it('cuts frames the same way however they arrive', () => {
    const frames = [frameOf({ n: 1 }, Uint8Array.of(1, 2, 3)), frameOf({ n: 2 }), frameOf('x', new Uint8Array(1000))];
    for (const size of [1, 2, 3, 7, 11, 12, 13, 64, 10_000]) {
      const seen: unknown[] = [];
      const reader = new FrameReader((header, body) => seen.push([header, body.length]));
      const all = Buffer.concat(frames);
      for (let at = 0; at < all.length; at += size) reader.push(all.subarray(at, at + size));
      assert.deepEqual(seen, [
        [{ n: 1 }, 3],
        [{ n: 2 }, 0],
        ['x', 1000],
      ]);
      assert.equal(reader.isInside, false);
    }
    assert.throws(() => frameOf({ text: 'x'.repeat(2 ** 21) }), RangeError);
  });

  const long = Buffer.concat([Buffer.from('ZKW1'), Buffer.alloc(8, 255)]);
  const huge = frameOf({ type: 'hello' });
  huge.writeUInt32LE(MAX_BODY_BYTES + 1, 8);
  const garbage: readonly (readonly [what: string, bytes: Buffer])[] = [
    ['text', Buffer.from('Warning: something is deprecated\n')],
    ['one wrong byte', Buffer.from('X')],
    ['a frame that says it is too long', long],
    ['a body that says it is too long', huge],
    [
      'a header that is not JSON',
      Buffer.concat([Buffer.from('ZKW1'), Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{a}')]),
    ],
    ['a header of another kind', frameOf([1, 2])],
    ['an unknown message', frameOf({ type: 'shutdown' })],
    ['a message of the other side', frameOf({ type: 'cancel', run: 1 })],
    ['a message with a field missing', frameOf({ type: 'result', run: 1 })],
    ['a message with a field more', frameOf({ type: 'need', run: 1, id: `core-${'ab'.repeat(32)}`, path: '/etc' })],
    ['a message with a name that is none', frameOf({ type: 'need', run: 1, id: '../../secret' })],
    ['a number that is none', frameOf({ type: 'step', run: 'x', step: { step: 'x' } })],
    ['the name of a property of all objects', frameOf({ type: 'constructor' })],
    ['another version', hello('hardhat-zkvm-worker/0')],
  ];
  const isGarbage = (error: unknown): true => {
    assert.ok(error instanceof WorkerLostError && error.code === 'WORKER_PROTOCOL', String(error));
    assert.match(
      error.message,
      /^The worker far (sent something that is no message|speaks "[^"]+", not "[^"]+"): it was disconnected\.$/,
    );
    return true;
  };
  for (const [what, bytes] of garbage) {
    it(`refuses ${what}, as a greeting and in the middle of a job`, async () => {
      const [near, far] = pair();
      far.writable.write(bytes);
      await assert.rejects(connectWorker(near, { name: 'far' }), isGarbage);
      const [near2, far2] = pair();
      far2.writable.write(hello());
      const worker = await connectWorker(near2, { name: 'far' });
      const running = worker.run(fakeJob('a') as ReadyJob, new MemoryStore());
      far2.writable.write(bytes);
      await assert.rejects(running, isGarbage);
      await assert.rejects(worker.run(fakeJob('a') as ReadyJob, new MemoryStore()), isGarbage);
    });
  }

  it('refuses garbage on the side of the worker, stops its job and ends', async () => {
    for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n'), hello(), frameOf({ type: 'run', run: 1, job: {} })]) {
      const [near, far] = pair();
      const log: Log = [];
      const served = serveWorker(new FakeWorker('far', ['a'], log, { ms: 10_000 }), far);
      near.writable.write(frameOf({ type: 'run', run: 1, job: fakeJob('a') }));
      await sleep(20);
      near.writable.write(bytes);
      await assert.rejects(served, { name: 'ProtocolError', code: 'WORKER_PROTOCOL' });
      assert.deepEqual(log, ['far begins a', 'far closes', 'far stops a'], log.join());
    }
  });

  it('refuses a result that does not have its hash, a stream that ends in a frame, and a silent worker', async () => {
    const [near, far] = pair();
    far.writable.write(hello());
    const worker = await connectWorker(near, { name: 'far' });
    const running = worker.run(fakeJob('a') as ReadyJob, new MemoryStore());
    far.writable.write(frameOf({ type: 'result', run: 1, id: `a-${'00'.repeat(32)}` }, Uint8Array.of(1)));
    await assert.rejects(running, { code: 'WORKER_PROTOCOL', message: /sent a result that does not have its hash/ });
    const [near2, far2] = pair();
    far2.writable.end(hello().subarray(0, 30));
    await assert.rejects(connectWorker(near2, { name: 'far' }), isGarbage);
    const [near3] = pair();
    await assert.rejects(connectWorker(near3, { name: 'far', helloMs: 50 }), { code: 'WORKER_PROTOCOL' });
    const [near4, far4] = pair();
    far4.writable.end();
    await assert.rejects(connectWorker(near4, { name: 'far' }), { code: 'WORKER_LOST' });
  });

  it('shows no control characters of the other side', async () => {
    const [near, far] = pair();
    far.writable.write(hello());
    const worker = await connectWorker(near, { name: 'far' });
    const steps: string[] = [];
    const options = { onStep: ({ step }: { readonly step: string }): void => void steps.push(step) };
    const running = worker.run(fakeJob('a') as ReadyJob, new MemoryStore(), options);
    far.writable.write(frameOf({ type: 'step', run: 1, step: { step: 'a\u001b[2Jb' } }));
    for (const error of [{ name: 'Error', message: 'x\u001b[2J' }]) {
      far.writable.write(frameOf({ type: 'error', run: 1, error }));
      await assert.rejects(running, (thrown: unknown) => !(thrown as Error).message.includes('\u001b'));
    }
    assert.equal(steps.length, 1);
    assert.ok(!steps[0]?.includes('\u001b') && steps[0]?.startsWith('a'));
  });

  it('ends a worker that does not stop when it is cancelled', async () => {
    const [near, far] = pair();
    far.writable.write(hello());
    const worker = await connectWorker(near, { name: 'far', cancelMs: 50 });
    const controller = new AbortController();
    const running = worker.run(fakeJob('a') as ReadyJob, new MemoryStore(), { signal: controller.signal });
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await assert.rejects(running, (error) => error === reason);
    await assert.rejects(worker.run(fakeJob('a') as ReadyJob, new MemoryStore()), WorkerLostError);
  });
});
