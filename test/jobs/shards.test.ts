/** Executions cut into shards by the job that executes, and what cannot be cut or proved: no proof is made here. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { CapacityError, GuestError, loadProgram } from '../../prover/index.ts';
import { type Artifact, ArtifactError, idOf, makeArtifact } from '../../prover/jobs/artifact.ts';
import { core } from '../../prover/jobs/kinds/core.ts';
import { decodeEnding } from '../../prover/jobs/kinds/ending.ts';
import { runProgram } from '../../prover/jobs/kinds/execute.ts';
import { decodeExecuted } from '../../prover/jobs/kinds/execution.ts';
import { inputArtifact, programArtifact } from '../../prover/jobs/kinds/input.ts';
import { jobOf } from '../../prover/jobs/kinds/kind.ts';
import { executeJob } from '../../prover/jobs/plan.ts';
import { createProver } from '../../prover/jobs/prover.ts';
import { MemoryStore } from '../../prover/jobs/store.ts';
import type { ReadyJob } from '../../prover/jobs/job.ts';
import { JobRunner } from '../../prover/jobs/workers/runner.ts';
import { execute } from '../../prover/machines/execute.ts';
import { rootOfOpening } from '../../prover/vm/system-opening.ts';
import { decodeShard } from '../../prover/vm/shard-codec.ts';
import { assemble } from '../support/asm.ts';
import { FakeRunWorker } from '../support/fake-run.ts';
import { guest, u32 } from '../support/guests.ts';
import { smallShards } from '../support/small-shards.ts';

const system = smallShards();
const program = guest('fibonacci');
const INPUT = [u32(20_000)];
const runner = new JobRunner(system, { threads: 1 });
after(() => runner.close());

/** Runs the job that executes; what it gave besides its result. */
async function executed(cycleLimit?: number) {
  const store = new MemoryStore();
  const inputs = { program: await store.put(programArtifact(program)), input: await store.put(inputArtifact(INPUT)) };
  const given: Artifact[] = [];
  const job = executeJob(system, { ...inputs, cycleLimit }) as ReadyJob;
  const result = await runner.run(job, store, { onArtifact: (artifact) => void given.push(artifact) });
  return { result: decodeExecuted(result), given };
}

describe('the job that executes', () => {
  it('gives every shard and where the execution ended, each beginning where the one before it ends', async () => {
    const { result, given } = await executed();
    const { cycles, publicValues } = execute(program, INPUT);
    assert.deepEqual(
      given.map(({ kind }) => kind),
      ['shard', 'shard', 'shard', 'ending'],
    );
    assert.deepEqual(given.map(idOf), [...result.shards.map(({ id }) => id), result.ending]);
    assert.equal(result.cycles, cycles);
    assert.deepEqual(result.publicValues, publicValues);
    const jobs = given.slice(0, -1).map(({ bytes }) => decodeShard(bytes));
    assert.deepEqual(
      jobs.map((shard) => shard.cycles),
      result.shards.map((shard) => shard.cycles),
    );
    for (const [i, shard] of jobs.slice(1).entries()) assert.deepEqual(shard.start, jobs[i]?.end);
    assert.equal(jobs.at(-1)?.end.pc, 1);
    assert.deepEqual(rootOfOpening(decodeEnding(given.at(-1)!)), jobs.at(-1)?.end.root);
  });

  it('gives the same again', async () => {
    const [first, second] = [await executed(), await executed()];
    assert.deepEqual(first, second);
  });

  it('refuses a run that reaches its limit in a later shard, whose limit is exact, with one sentence', async () => {
    const { cycles } = execute(program, INPUT);
    assert.equal((await executed(cycles)).result.shards.length, 3);
    for (const limit of [cycles - 1, 60_000, 41_024]) {
      await assert.rejects(executed(limit), (error: unknown) => {
        assert.ok(error instanceof GuestError && error.code === 'GUEST_LIMIT', String(error));
        assert.match(error.message, new RegExp(`^The program did not halt within ${limit} instructions: [^\\n]*\\.$`));
        return true;
      });
    }
  });

  it('refuses more shards than one proof has room for', () => {
    const shards: number[] = [];
    const run = (most: number) =>
      runProgram(system, program, { items: INPUT, proved: [] }, undefined, (_, __, i) => void shards.push(i), most);
    assert.equal(run(3).executed.shards.length, 3);
    assert.throws(
      () => run(2),
      (error: unknown) => {
        assert.ok(error instanceof CapacityError && error.code === 'TOO_LARGE', String(error));
        assert.match(error.message, /^The execution needs more than 2 shards, .* \([\d,]+ instructions\): .*\.$/);
        return true;
      },
    );
  });
});

describe('the job that proves a shard', () => {
  it('refuses a shard of another program and bytes that are none, as damage', async () => {
    const { given } = await executed();
    const store = new MemoryStore();
    const other = loadProgram(assemble('_start: j _start').elf);
    const [own, foreign] = [await store.put(programArtifact(program)), await store.put(programArtifact(other))];
    const shard = await store.put(given[1]!);
    const noShard = await store.put(makeArtifact('shard', given[1]!.bytes.subarray(1)));
    for (const inputs of [
      [foreign, shard],
      [own, noShard],
    ]) {
      const run = runner.run(jobOf(system, core, inputs) as ReadyJob, store);
      await assert.rejects(run, (error: unknown) => {
        assert.ok(error instanceof ArtifactError && error.code === 'ARTIFACT_DAMAGED', String(error));
        assert.match(error.message, /^The stored shard result is damaged[^\n]*\.$/);
        return true;
      });
    }
  });
});

describe('a proof of mode core', () => {
  it('is refused before anything is proved when there are more shards than its file has room for', async () => {
    const worker = new FakeRunWorker(257);
    const prover = await createProver({}, { workers: [worker] });
    await assert.rejects(prover.prove(program, [], { mode: 'core' }), {
      name: 'CapacityError',
      code: 'TOO_LARGE',
      message:
        'The execution falls into 257 shards, and a proof of mode core has room for 256: prove it in mode compressed or groth16, whose proofs have one size for any number.',
    });
    assert.deepEqual(worker.ran, ['execute']);
    const fits = await createProver({}, { workers: [new FakeRunWorker(256)] });
    await assert.rejects(fits.prove(program, [], { mode: 'core' }), { code: 'PROOF_REFUSED' });
  });
});
