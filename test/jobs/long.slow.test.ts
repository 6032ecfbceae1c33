/** Real proofs of an execution of three shards: as it is, interrupted and gone on with, and over a poisoned folder. Minutes. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Proof, ProgressEvent, ProofMode, Prover } from '../../prover/index.ts';
import { createProver } from '../../prover/jobs/prover.ts';
import { JobRunner } from '../../prover/jobs/workers/runner.ts';
import { decodeExecution } from '../../prover/proofs/execution-body.ts';
import { proofBytes } from '../../prover/proofs/file.ts';
import { guest, u32 } from '../support/guests.ts';
import { smallShards } from '../support/small-shards.ts';
import { changedFields, refuses } from '../support/stored-proof.ts';

const system = smallShards();
const program = guest('fibonacci');
const INPUT = [u32(20_000)];

let resultsDir: string;
let runner: JobRunner;
let compressed: Proof;
const open: Prover[] = [];

before(async () => {
  resultsDir = await mkdtemp(path.join(tmpdir(), 'zkvm-long-'));
  runner = new JobRunner(system, { threads: 2 });
});
after(async () => {
  await runner.close();
  await rm(resultsDir, { recursive: true, force: true });
});

/** A prover on this system, what it has done, and what it has said. */
async function watched(moment: (event: ProgressEvent) => boolean = () => false) {
  const done: string[] = [];
  const notes: string[] = [];
  const controller = new AbortController();
  const onProgress = (event: ProgressEvent): void => {
    if (event.status === 'done') done.push(event.stage);
    if (event.status === 'note') notes.push(event.detail ?? '');
    if (moment(event)) controller.abort(new Error('changed my mind'));
  };
  const settings = { resultsDir, onProgress, signal: controller.signal };
  // The thread outlives the provers.
  const worker = {
    name: 'runner',
    capabilities: runner.capabilities,
    run: runner.run.bind(runner),
    close: () => Promise.resolve(),
  };
  const prover = await createProver(settings, { workers: [worker], system });
  open.push(prover);
  const prove = (mode: ProofMode): Promise<Proof> => prover.prove(program, INPUT, { mode });
  return { prover, prove, done, notes };
}

const times = (done: readonly string[], stage: string): number => done.filter((name) => name === stage).length;

/** Files of a kind in the folder of the one run that there is. */
async function filesOf(kind: string): Promise<string[]> {
  const [run = '', ...others] = await readdir(resultsDir);
  assert.deepEqual(others, []);
  const names = (await readdir(path.join(resultsDir, run))).filter((name) => name.startsWith(kind));
  return names.map((name) => path.join(resultsDir, run, name));
}

describe('an execution of three shards', () => {
  it('has a core proof with a proof of each, which is refused for any other statement', async () => {
    const { prove, prover, done } = await watched();
    const proof = await prove('core');
    const { shards } = decodeExecution(system, proofBytes(proof.proof));
    assert.deepEqual([shards.length, times(done, 'core')], [3, 3]);
    assert.deepEqual(Object.keys(proof.stats.seconds), ['execute', 'core', 'verify']);
    const { vkey } = await prover.programKey(program);
    await prover.verify(proof, vkey);
    const other = await prover.programKey(guest('add'));
    for (const [what, changed] of changedFields(proof, other.vkey)) await refuses(prover, changed, what);
    assert.deepEqual(await readdir(resultsDir), []);
  });

  it('is interrupted before its last proof, and goes on when a core proof and a lift have been damaged meanwhile', async () => {
    const first = await watched(({ stage, status }) => stage === 'finish' && status === 'start');
    await assert.rejects(first.prove('compressed'), { message: 'changed my mind' });
    const stages = ['core', 'lift', 'join'];
    assert.deepEqual(
      stages.map((stage) => times(first.done, stage)),
      [3, 3, 2],
    );
    // All spans: three lifts, two joins. The first core proof tells the key.
    for (const file of [...(await filesOf('span-')).slice(0, 1), ...(await filesOf('core-'))])
      await truncate(file, 1000);
    const second = await watched();
    compressed = await second.prove('compressed');
    await second.prover.verify(compressed);
    assert.equal(times(second.done, 'finish'), 1);
    assert.ok(times(second.done, 'core') >= 1 && times(second.done, 'execute') === 0, second.done.join());
    assert.ok(
      second.notes.some((note) => / is made again: /.test(note)),
      second.notes.join('\n'),
    );
    assert.deepEqual(await readdir(resultsDir), []);
  });

  it('gives the same proof over a folder in which spans were exchanged', async () => {
    const first = await watched(
      ({ stage, status, part }) => stage === 'join' && status === 'start' && part?.index === 2,
    );
    await assert.rejects(first.prove('compressed'), { message: 'changed my mind' });
    // Notes of two results lead to each other's artifact: everything has its hash, and says something else.
    const notes = await filesOf('job-');
    const contents = await Promise.all(notes.map((file) => readFile(file, 'utf8')));
    const spans = notes.filter((_, i) => contents[i]?.startsWith('span-'));
    assert.equal(spans.length, 4);
    const texts = await Promise.all(spans.map((file) => readFile(file, 'utf8')));
    await Promise.all(spans.map((file, i) => writeFile(file, texts[(i + 1) % texts.length] ?? '')));
    const second = await watched();
    const proof = await second.prove('compressed');
    await second.prover.verify(proof);
    assert.equal(proof.proof, compressed.proof);
    assert.ok(
      second.notes.some((note) => / is made again: /.test(note)),
      second.notes.join('\n'),
    );
  });
});
