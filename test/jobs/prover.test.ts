/** The public prover over workers that prove nothing: what it plans, reports, keeps and throws away. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { type ProgressEvent, VerificationError, ZkError } from '../../prover/index.ts';
import { type Artifact, makeArtifact } from '../../prover/jobs/artifact.ts';
import type { ReadyJob } from '../../prover/jobs/job.ts';
import { createProver } from '../../prover/jobs/prover.ts';
import type { ArtifactSource } from '../../prover/jobs/store.ts';
import type { RunOptions, Worker } from '../../prover/jobs/worker.ts';
import { JobRunner } from '../../prover/jobs/workers/runner.ts';
import { encodeBody } from '../../prover/proofs/body.ts';
import { blankKey } from '../../prover/stark/blank.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { zeroProof } from '../../prover/stark/proof-codec.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { kindOf } from '../../prover/system/definition.ts';
import { keyOf } from '../../prover/system/keys.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { guest, mode } from '../support/guests.ts';

/** Executes as it should; its proofs have the shape of proofs and are all zero. */
class ZeroWorker implements Worker {
  readonly name = 'zero';
  readonly #runner = new JobRunner(defaultSystem(), { threads: 1 });
  readonly capabilities = this.#runner.capabilities;
  readonly ran: string[] = [];

  run(job: ReadyJob, store: ArtifactSource, options: RunOptions = {}): Promise<Artifact> {
    this.ran.push(job.kind);
    const system = defaultSystem();
    const zeros = (count: number): number[] => new Array<number>(count).fill(0);
    if (job.kind === 'core') {
      const [{ machine }, tier] = [system.cores[0]!, system.tiers[0]!];
      const layout = layerLayout(machine, tier);
      const proof = zeroProof(suiteKoalaBear, layout);
      const publicValues = zeros(machine.publicValueCount);
      const parts = { kind: 'core', tier: tier.id, key: blankKey(layout), publicValues, proof } as const;
      return Promise.resolve(makeArtifact('core', encodeBody(system, parts)));
    }
    if (job.kind === 'fused') {
      const { target, layer } = kindOf(system, 'claim');
      const proof = zeroProof(suiteKoalaBear, layerLayout(target.machine, layer));
      const publicValues = zeros(target.machine.publicValueCount);
      const { id } = system.programs.find(({ kind }) => kind.name === 'claim')!;
      const parts = { kind: 'claim', key: keyOf(system, id), publicValues, proof };
      return Promise.resolve(makeArtifact('claim', encodeBody(system, parts)));
    }
    return this.#runner.run(job, store, options);
  }

  close(): Promise<void> {
    return this.#runner.close();
  }
}

async function directoryOf(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-results-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('a proof that no verifier accepts is thrown away, and no stage of it is taken again', async (t) => {
  const resultsDir = await directoryOf(t);
  const worker = new ZeroWorker();
  const events: string[] = [];
  const onProgress = ({ stage, status }: ProgressEvent): void => void events.push(`${stage} ${status}`);
  const prover = await createProver({ resultsDir, onProgress }, { workers: [worker] });
  for (let round = 0; round < 2; round++) {
    await assert.rejects(prover.prove(guest('add'), [], { mode: 'compressed' }), (error: unknown) => {
      assert.ok(error instanceof ZkError && error.code === 'PROOF_REFUSED', String(error));
      assert.ok(error.cause instanceof VerificationError);
      return true;
    });
    assert.deepEqual(worker.ran.splice(0), ['execute', 'core', 'fused'], `round ${round}`);
    const stages = ['execute', 'core', 'fused'].flatMap((stage) => [`${stage} start`, `${stage} done`]);
    assert.deepEqual(events.splice(0), [...stages, 'verify start']);
  }
  await prover.close();
});

test('stages on disk are not run again when a proof goes on; without a directory every proof begins anew', async (t) => {
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const resultsDir = await directoryOf(t);
  const first = new ZeroWorker();
  const onProgress = ({ stage, status }: ProgressEvent): void => {
    if (stage === 'core' && status === 'done') controller.abort(reason);
  };
  const interrupted = await createProver({ resultsDir, signal: controller.signal, onProgress }, { workers: [first] });
  await assert.rejects(interrupted.prove(guest('add'), [], { mode: 'compressed' }), (error) => error === reason);
  assert.deepEqual(first.ran, ['execute', 'core']);
  const second = new ZeroWorker();
  let exitCode = -1;
  const next = await createProver({ resultsDir }, { workers: [second] });
  const options = {
    mode: 'compressed',
    onRun: (run: { readonly exitCode: number }) => void (exitCode = run.exitCode),
  } as const;
  await assert.rejects(next.prove(guest('add'), [], options), { code: 'PROOF_REFUSED' });
  assert.deepEqual(second.ran, ['fused']);
  assert.equal(exitCode, 0, 'the run is told of although it was not repeated');
  const third = new ZeroWorker();
  const other = await createProver({}, { workers: [third] });
  for (let i = 0; i < 2; i++) {
    await assert.rejects(other.prove(guest('add'), [], { mode: 'core' }), { code: 'PROOF_REFUSED' });
  }
  assert.deepEqual(third.ran, ['execute', 'core', 'execute', 'core']);
});

test('a mode that there is not is refused before anything is run', async () => {
  const worker = new ZeroWorker();
  const prover = await createProver({}, { workers: [worker] });
  for (const asked of ['fast', 'Core', '', 'toString', undefined]) {
    // As a caller without types may ask.
    const options = JSON.parse(JSON.stringify({ mode: asked })) as { mode: 'core' };
    await assert.rejects(prover.prove(guest('add'), [], options), {
      name: 'RangeError',
      message: `"mode" expected core, compressed, groth16, got ${JSON.stringify(asked)}`,
    });
  }
  assert.deepEqual(worker.ran, []);
});

test('a program that failed is refused for a contract before anything else is run, with what it said last', async () => {
  const worker = new ZeroWorker();
  const prover = await createProver({}, { workers: [worker] });
  await assert.rejects(prover.prove(guest('selftest'), [mode('panic')], { mode: 'groth16' }), {
    name: 'GuestError',
    code: 'GUEST_EXIT',
    message: /^The program exited with code 1 \(".+"\): only exit code 0 can be proved to a contract\.$/,
  });
  assert.deepEqual(worker.ran, ['execute']);
  const first = prover.prove(guest('add'), [], { mode: 'core' });
  await assert.rejects(prover.prove(guest('add'), [], { mode: 'core' }), { code: 'PROVER_BUSY' });
  await assert.rejects(prover.programKey(guest('add')), { code: 'PROVER_BUSY' });
  await assert.rejects(first, { code: 'PROOF_REFUSED' });
});
