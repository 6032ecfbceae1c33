/** The public prover on runs of several shards: what it tells, where it goes on, what it leaves. Its proofs are texts. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { GuestError, type ProgressEvent } from '../../prover/index.ts';
import { createProver } from '../../prover/jobs/prover.ts';
import { guest, u32 } from '../support/guests.ts';
import { FakeRunWorker } from '../support/fake-run.ts';

const program = guest('add');
const REFUSED = { code: 'PROOF_REFUSED' };

async function directoryOf(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-long-prover-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return path.join(directory, 'runs');
}

const count = ({ ran }: FakeRunWorker, kind: string): number => ran.filter((name) => name === kind).length;

/** Proves until the proof is refused, as these proofs are; gives what was told. */
async function proveAll(worker: FakeRunWorker, resultsDir?: string, mode: 'core' | 'compressed' = 'compressed') {
  const events: ProgressEvent[] = [];
  const settings = { onProgress: (event: ProgressEvent) => void events.push(event) };
  const prover = await createProver(
    { ...settings, ...(resultsDir === undefined ? {} : { resultsDir }) },
    { workers: [worker] },
  );
  await assert.rejects(prover.prove(program, [], { mode }), REFUSED);
  return events;
}

/** Proves until the given number of jobs of a kind have begun, then aborts. */
async function interruptAt(resultsDir: string, shards: number, kind: string, nth: number): Promise<FakeRunWorker> {
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  let begun = 0;
  const worker = new FakeRunWorker(shards, (name) => {
    if (name === kind && ++begun === nth) controller.abort(reason);
  });
  const prover = await createProver({ resultsDir, signal: controller.signal }, { workers: [worker] });
  await assert.rejects(prover.prove(program, [], { mode: 'compressed' }), (error) => error === reason);
  return worker;
}

const notes = (events: readonly ProgressEvent[]): string[] =>
  events.flatMap(({ status, detail }) => (status === 'note' ? [detail ?? ''] : []));

describe('a run of several shards', () => {
  it('tells which shard and join it is at, how many cycles are proved, and how long the rest may take', async () => {
    const events = await proveAll(new FakeRunWorker(4));
    const of = (stage: string, status: string): ProgressEvent[] =>
      events.filter((event) => event.stage === stage && event.status === status);
    assert.deepEqual(
      of('core', 'done').map(({ part, cycles }) => [part, cycles]),
      [1, 2, 3, 4].map((index) => [
        { what: 'shard', index, count: 4 },
        { proved: index === 4 ? 3500 : 1000 * index, total: 3500 },
      ]),
    );
    assert.deepEqual(
      of('lift', 'start').map(({ part }) => part),
      [1, 2, 3, 4].map((index) => ({ what: 'shard', index, count: 4 })),
    );
    assert.deepEqual(
      of('join', 'done').map(({ part }) => part),
      [1, 2, 3].map((index) => ({ what: 'join', index, count: 3 })),
    );
    assert.deepEqual(
      of('finish', 'done').map(({ part, cycles }) => [part, cycles?.proved]),
      [[undefined, 3500]],
    );
    // Nothing is known before the first proof; afterwards always, and at the end nothing is left.
    assert.equal(of('core', 'start')[0]?.secondsLeft, undefined);
    const estimates = [...of('core', 'done'), ...of('lift', 'done'), ...of('join', 'done')].map(
      ({ secondsLeft }) => secondsLeft,
    );
    assert.ok(
      estimates.every((seconds) => seconds !== undefined && seconds >= 0),
      String(estimates),
    );
    assert.equal(of('finish', 'done')[0]?.secondsLeft, 0);
    assert.deepEqual(notes(events), []);
    assert.ok(!events.some(({ stage }) => stage === 'program-key'), 'not a stage');
  });

  it('of one shard says nothing of parts', async () => {
    const events = await proveAll(new FakeRunWorker(1));
    assert.deepEqual(
      events
        .filter(({ status }) => status === 'done')
        .map(({ stage, part, cycles, secondsLeft }) => [stage, part, cycles, secondsLeft]),
      ['execute', 'core', 'fused'].map((stage) => [stage, undefined, undefined, undefined]),
    );
  });

  it('goes on where it was aborted, whatever it was doing, and says so in one line', async (t) => {
    for (const [kind, nth, left, sentence] of [
      ['core', 4, { core: 3, lift: 3, join: 4, finish: 1 }, /: 3 of 6 shards are proved\.$/],
      ['lift', 2, { core: 4, lift: 5, join: 5, finish: 1 }, /: 2 of 6 shards are proved\.$/],
      ['join', 3, { core: 2, lift: 2, join: 3, finish: 1 }, /: 4 of 6 shards are proved\.$/],
      ['finish', 1, { core: 0, lift: 0, join: 0, finish: 1 }, /: 6 of 6 shards are proved\.$/],
    ] as const) {
      const resultsDir = await directoryOf(t);
      await interruptAt(resultsDir, 6, kind, nth);
      const worker = new FakeRunWorker(6);
      const said = notes(await proveAll(worker, resultsDir));
      const names = ['core', 'lift', 'join', 'finish'] as const;
      assert.deepEqual(Object.fromEntries(names.map((name) => [name, count(worker, name)])), left, `${kind} ${nth}`);
      assert.equal(count(worker, 'execute'), 0);
      assert.equal(said.length, 1);
      assert.match(said[0] ?? '', /^Going on where an earlier run of the same program and input ended: /);
      assert.match(said[0] ?? '', sentence);
    }
  });

  it('goes on where its process was killed', async (t) => {
    const resultsDir = await directoryOf(t);
    const script = path.join(import.meta.dirname, '../support/fake-run-process.ts');
    const child = spawn(process.execPath, [script, resultsDir, '5', 'lift', '4'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    // While it lives, another one begins anew and does not touch what it has.
    const beside = new FakeRunWorker(5);
    assert.deepEqual(notes(await proveAll(beside, resultsDir)), []);
    assert.equal(count(beside, 'core'), 5);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const worker = new FakeRunWorker(5);
    const said = notes(await proveAll(worker, resultsDir));
    assert.deepEqual(
      ['execute', 'core', 'lift', 'join', 'finish'].map((kind) => count(worker, kind)),
      [0, 1, 2, 3, 1],
    );
    assert.match(said.join(), /: 4 of 5 shards are proved\.$/);
    assert.deepEqual(await readdir(resultsDir), []);
  });

  it('does not go on with the run of another input, and begins anew without a directory', async (t) => {
    const resultsDir = await directoryOf(t);
    await interruptAt(resultsDir, 3, 'finish', 1);
    const worker = new FakeRunWorker(3);
    const prover = await createProver({ resultsDir }, { workers: [worker] });
    await assert.rejects(prover.prove(program, [u32(1)], { mode: 'compressed' }), REFUSED);
    assert.equal(count(worker, 'core'), 3);
    const plain = new FakeRunWorker(3);
    assert.deepEqual(notes(await proveAll(plain)), []);
    assert.equal(count(plain, 'core'), 3);
    // The first one is still there.
    const last = new FakeRunWorker(3);
    await proveAll(last, resultsDir);
    assert.deepEqual(last.ran, ['finish']);
  });

  it('goes on in another mode', async (t) => {
    const resultsDir = await directoryOf(t);
    await interruptAt(resultsDir, 3, 'finish', 1);
    const worker = new FakeRunWorker(3);
    await proveAll(worker, resultsDir, 'core');
    assert.deepEqual(worker.ran, []);
  });

  it('makes a damaged proof again, and says so in one line that names it', async (t) => {
    const resultsDir = await directoryOf(t);
    await interruptAt(resultsDir, 4, 'finish', 1);
    const [run = ''] = await readdir(resultsDir);
    const spans = (await readdir(path.join(resultsDir, run))).filter((name) => name.startsWith('span-'));
    assert.equal(spans.length, 7);
    for (const name of spans) await truncate(path.join(resultsDir, run, name), 3);
    const worker = new FakeRunWorker(4);
    const said = notes(await proveAll(worker, resultsDir));
    assert.deepEqual(
      ['execute', 'core', 'lift', 'join', 'finish'].map((kind) => count(worker, kind)),
      [0, 0, 4, 3, 1],
    );
    assert.equal(said.length, 8);
    assert.ok(
      said.some((line) =>
        line.startsWith('The lift proof of shard 2 of 4 that an earlier run left is not taken, and is made again: '),
      ),
    );
    for (const line of said) assert.match(line, /^[A-Z][^\n]*\.$/);
  });

  it('executes again when what is kept of the execution is another result, and says so', async (t) => {
    const resultsDir = await directoryOf(t);
    await interruptAt(resultsDir, 3, 'lift', 2);
    const [run = ''] = await readdir(resultsDir);
    const folder = path.join(resultsDir, run);
    const names = await readdir(folder);
    const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
    // The notes of all jobs, and what the one of the execution leads to now: whole, with its hash, and none.
    const note = names.find((name, i) => name.startsWith('job-') && texts[i]?.startsWith('execution-'));
    await writeFile(path.join(folder, note ?? ''), names.find((name) => name.startsWith('core-')) ?? '');
    const worker = new FakeRunWorker(3);
    const said = notes(await proveAll(worker, resultsDir));
    assert.deepEqual([count(worker, 'execute'), count(worker, 'core')], [1, 1]);
    assert.match(
      said[0] ?? '',
      /^The record of the execution that an earlier run left is not taken, and is made again: /,
    );
    assert.match(said[1] ?? '', /: 2 of 3 shards are proved\.$/);
    assert.equal(said.length, 2);
    assert.deepEqual(await readdir(resultsDir), []);
  });

  it('executes again where something that the execution gave is damaged or gone, and says so in one line', async (t) => {
    for (const [kind, damage, reason] of [
      ['shard', (file: string) => truncate(file, 3), /: the stored shard result is damaged.* hash\.$/],
      ['ending', (file: string) => rm(file), /: the stored ending is not there\.$/],
      [
        'ending',
        async (file: string) => {
          await rm(file);
          await mkdir(file);
        },
        /: the stored ending result is damaged .*: a folder is in its place\.$/,
      ],
    ] as const) {
      const resultsDir = await directoryOf(t);
      await interruptAt(resultsDir, 4, 'core', 2);
      const [run = ''] = await readdir(resultsDir);
      const files = await readdir(path.join(resultsDir, run));
      // Nothing needs the shard of a core proof that is there.
      for (const name of files.filter((file) => file.startsWith(kind))) await damage(path.join(resultsDir, run, name));
      const worker = new FakeRunWorker(4);
      const said = notes(await proveAll(worker, resultsDir)).filter((line) => !line.startsWith('Going on'));
      assert.deepEqual([count(worker, 'execute'), count(worker, 'core')], [1, 3]);
      assert.equal(said.length, 1, said.join('\n'));
      assert.match(
        said[0] ?? '',
        /^The record of the execution that an earlier run left is not taken, and is made again: [^\n]*\.$/,
      );
      assert.match(said[0] ?? '', reason);
    }
  });

  it('leaves nothing when it is refused at the end or when the program fails, and its work when it is aborted', async (t) => {
    const resultsDir = await directoryOf(t);
    await proveAll(new FakeRunWorker(3), resultsDir);
    assert.deepEqual(await readdir(resultsDir), []);
    const trapping = new FakeRunWorker(3, () => Promise.reject(new GuestError('GUEST_LIMIT', 'It did not halt.')));
    const prover = await createProver({ resultsDir }, { workers: [trapping] });
    await assert.rejects(prover.prove(program, [], { mode: 'core' }), { code: 'GUEST_LIMIT' });
    assert.deepEqual(await readdir(resultsDir), []);
    await interruptAt(resultsDir, 3, 'lift', 2);
    const [run = '', ...others] = await readdir(resultsDir);
    assert.deepEqual(others, []);
    const files = await readdir(path.join(resultsDir, run));
    assert.deepEqual(
      files.filter((name) => /^owner-|\.tmp$/.test(name)),
      [],
      'no lock, nothing half-written',
    );
    assert.equal(files.filter((name) => name.startsWith('core-')).length, 2);
  });

  it('does not disturb another run of the same program and input at the same time', async (t) => {
    const resultsDir = await directoryOf(t);
    const gate = Promise.withResolvers<void>();
    // The first waits in the middle, until the second is done and its folder is gone.
    const slow = new FakeRunWorker(4, (kind) => (kind === 'join' ? gate.promise : undefined));
    const first = proveAll(slow, resultsDir);
    while (count(slow, 'lift') < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const quick = new FakeRunWorker(4);
    const said = notes(await proveAll(quick, resultsDir));
    assert.deepEqual(said, []);
    assert.equal(count(quick, 'core'), 4);
    assert.equal((await readdir(resultsDir)).length, 1);
    gate.resolve();
    await first;
    assert.equal(count(slow, 'core'), 4);
    assert.deepEqual(await readdir(resultsDir), []);
  });
});
