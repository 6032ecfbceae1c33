/**
 * The whole pipeline to Groth16, and attacks on its last two proofs. Uses the default key cache: the first run makes the key,
 * which takes minutes and memory.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  createProver,
  GuestError,
  type Hex,
  type Proof,
  type Prover,
  type SetupInfo,
  VerificationError,
  ZkError,
} from '../../prover/index.ts';
import { encodeProof } from '../../prover/groth16/key/verifier-key.ts';
import { type Artifact, makeArtifact } from '../../prover/jobs/artifact.ts';
import { DiskStore } from '../../prover/jobs/disk-store.ts';
import { decodeGroth16Artifact } from '../../prover/jobs/kinds/groth16.ts';
import { decodeProved } from '../../prover/jobs/kinds/recursion.ts';
import { createProver as createProverOf } from '../../prover/jobs/prover.ts';
import { schedule } from '../../prover/jobs/scheduler.ts';
import { MemoryStore } from '../../prover/jobs/store.ts';
import { MachineWorker } from '../../prover/jobs/workers/machine.ts';
import { groth16Verifier, verifyGroth16Statement } from '../../prover/proofs/groth16.ts';
import type { ProvedLayer } from '../../prover/system/proved-layer.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { encodeBody } from '../../prover/proofs/body.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { abortAt, assertNoThreadLeft, temporaryFiles, threadCount } from '../support/abort.ts';
import { changedAt, samplePlaces } from '../support/mutation.ts';
import { guest, mode, u32 } from '../support/guests.ts';
import { planIn, type WholePlan } from '../support/plans.ts';
import { rejects } from '../support/rejects.ts';
import { changedFields, refuses, verifyStored } from '../support/stored-proof.ts';

const add = guest('add');
const fibonacci = guest('fibonacci');

let prover: Prover;
let setup: SetupInfo;
let proof: Proof;
let addKey: Hex;

before(async () => {
  prover = await createProver();
  setup = await prover.setup();
  addKey = (await prover.programKey(add)).vkey;
  proof = await prover.prove(fibonacci, [u32(20)], { mode: 'groth16' });
});
after(() => prover.close());

describe('a groth16 proof', () => {
  it('is accepted and states what ran', async () => {
    const { vkey } = await prover.programKey(fibonacci);
    await verifyStored(prover, proof, vkey);
    assert.equal(proof.vkey, vkey);
    const word = (value: number): string => value.toString(16).padStart(64, '0');
    assert.equal(proof.publicValues, `0x${word(20)}${word(4181)}${word(6765)}`);
    assert.deepEqual(Object.keys(proof.stats.seconds), ['execute', 'core', 'fused', 'wrap', 'groth16', 'verify']);
  });

  it('is refused for another program and when any field of the file says something else', async () => {
    await assert.rejects(
      prover.verify(proof, addKey),
      (error: unknown) => error instanceof VerificationError && error.code === 'program-key',
    );
    for (const [what, changed] of changedFields(proof, addKey)) await refuses(prover, changed, what);
  });

  it('is refused when a byte is changed, missing or added', async () => {
    const bytes = Buffer.from(proof.proof.slice(2), 'hex');
    const hex = (changed: Uint8Array): string => `0x${Buffer.from(changed).toString('hex')}`;
    const places = [0, 1, 2, 3, ...Array.from({ length: 33 }, (_, i) => 4 + Math.min(8 * i, 255))];
    for (const at of places) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await refuses(prover, { ...proof, proof: hex(changed) }, `byte ${at}`);
    }
    await refuses(prover, { ...proof, proof: hex(bytes.subarray(0, -1)) }, 'a byte missing');
    await refuses(prover, { ...proof, proof: hex(Uint8Array.from([...bytes, 0])) }, 'a byte more');
    await refuses(prover, { ...proof, proof: hex(new Uint8Array(260)) }, 'zeros');
    const selectorOnly = Uint8Array.from({ length: 260 }, (_, i) => (i < 4 ? (bytes[i] ?? 0) : 0));
    await refuses(prover, { ...proof, proof: hex(selectorOnly) }, 'points at infinity');
  });

  it('is not made for an exit code other than 0', async () => {
    await assert.rejects(
      prover.prove(guest('selftest'), [mode('panic')], { mode: 'groth16' }),
      (error: unknown) => error instanceof GuestError && error.code === 'GUEST_EXIT',
    );
  });
});

describe('the wrap proof', () => {
  let wrapped: ProvedLayer;
  let resultsDir: string;
  let store: DiskStore;
  let jobs: WholePlan;
  const machine = new MachineWorker({ threads: 2 });
  before(async () => {
    resultsDir = await mkdtemp(path.join(tmpdir(), 'zkvm-results-'));
    store = new DiskStore(resultsDir);
    // The cap is the one that the first proof left in the cache, computed anew.
    jobs = await planIn(store, add, [], 'groth16');
    const results = await schedule(jobs.jobs.slice(0, -1), { workers: [machine], store, givenBy: jobs.givenBy });
    const wrap = jobs.jobs.find(({ kind }) => kind === 'wrap');
    wrapped = decodeProved(defaultSystem(), await store.get(results.get(wrap?.id ?? '') ?? ''));
  });
  after(async () => {
    await machine.close();
    await rm(resultsDir, { recursive: true, force: true });
  });

  const verify = (proved: ProvedLayer): void => verifyRecursion(defaultSystem(), proved);
  /** The job of the last stage over a wrap proof, honest or not. */
  const groth16 = async (
    layer: ProvedLayer,
    options: { readonly signal?: AbortSignal; readonly onStep?: (step: string) => void } = {},
  ): Promise<Artifact> => {
    const other = new MemoryStore();
    const input = await other.put(makeArtifact('wrap', encodeBody(defaultSystem(), layer)));
    const nodes = await store.resultOf(jobs.jobs.find(({ kind }) => kind === 'cap')?.id ?? '');
    const cap = await other.put(await store.get(nodes ?? ''));
    const { onStep, signal } = options;
    const ready = { ...jobs.proof, inputs: [input, cap] };
    return machine.run(ready, other, { signal, onStep: ({ step }) => onStep?.(step) });
  };

  it('is accepted by the native verifier, and refused when a number in it or in its statement is changed', () => {
    verify(wrapped);
    for (const place of samplePlaces(wrapped.proof, 20)) {
      const changed = { ...wrapped, proof: changedAt(wrapped.proof, place) };
      rejects(() => verify(changed));
    }
    for (const i of wrapped.publicValues.keys()) {
      const publicValues = wrapped.publicValues.map((value, j) => (i === j ? value + 1 : value));
      rejects(() => verify({ ...wrapped, publicValues }));
    }
  });

  it('does not satisfy the outermost circuit when it is changed', async () => {
    const place = samplePlaces(wrapped.proof, 1).at(-1) ?? [];
    const changed = { ...wrapped, proof: changedAt(wrapped.proof, place) };
    await assert.rejects(groth16(changed), { name: 'VerificationError', code: 'R1CS_UNSATISFIED' });
  });

  it('can be interrupted in the last stage, at once and without a thread left', async () => {
    await machine.close();
    const threads = threadCount();
    for (const moment of ['building the circuit', 'proving with snarkjs']) {
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      let abortedAt = Infinity;
      const run = groth16(wrapped, {
        signal: controller.signal,
        onStep: (step) => {
          if (step !== moment) return;
          // In the middle of the step, not at its beginning.
          setTimeout(() => {
            abortedAt = performance.now();
            controller.abort(reason);
          }, 1500);
        },
      });
      await assert.rejects(run, (error) => error === reason);
      assert.ok(performance.now() - abortedAt < 30_000, `${moment}: ${performance.now() - abortedAt} ms`);
      await assertNoThreadLeft(threads, moment);
    }
  });

  it('is proved while the event loop of the caller is free', async () => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 20);
    const artifact = await groth16(wrapped).finally(() => clearInterval(timer));
    assert.ok(longest < 2000, `the timer stood still for ${longest.toFixed(0)} ms`);
    const bytes = encodeProof(groth16Verifier(), decodeGroth16Artifact(artifact));
    await verifyGroth16Statement(bytes, addKey, '0x');
    await assert.rejects(verifyGroth16Statement(bytes, proof.vkey, '0x'), { code: 'groth16' });
    await assert.rejects(verifyGroth16Statement(bytes, addKey, '0x00'), { code: 'groth16' });
  });

  it('goes to another Groth16 prover where one is plugged in, whose nonsense is refused', async () => {
    const stages: string[] = [];
    const steps: string[] = [];
    const other = await createProverOf(
      {
        onProgress: ({ stage, status, detail }) => {
          if (status === 'start') stages.push(stage);
          if (stage === 'groth16' && detail !== undefined) steps.push(detail);
        },
      },
      { groth16: new URL('../support/nonsense-groth16.ts', import.meta.url) },
    );
    await assert.rejects(other.prove(add, [], { mode: 'groth16' }), (error: unknown) => {
      assert.ok(error instanceof ZkError && error.code === 'PROOF_REFUSED', String(error));
      assert.ok(error.cause instanceof VerificationError && error.cause.code === 'groth16');
      return true;
    });
    assert.deepEqual(stages, ['execute', 'setup', 'core', 'fused', 'wrap', 'groth16', 'verify']);
    assert.deepEqual(steps, ['building the circuit', 'proving with nonsense']);
    await other.close();
  });
});

describe('the key cache', () => {
  let cacheDir: string;
  before(async () => {
    cacheDir = await mkdtemp(path.join(tmpdir(), 'zkvm-groth16-'));
  });
  after(() => rm(cacheDir, { recursive: true, force: true }));

  it('has nothing left of a setup that was interrupted', async () => {
    for (const part of ['recording the circuit', 'development key, part scalars', 'development key, part a']) {
      await abortAt(
        cacheDir,
        ({ stage, detail }) => stage === 'setup' && detail === part,
        (other) => other.setup(),
      );
      assert.ok(!(await readdir(cacheDir)).some((name) => name.includes('.zkey')), part);
    }
  });

  it('serves two provers that derive files from one key at the same time', async () => {
    await symlink(setup.keyFile, path.join(cacheDir, path.basename(setup.keyFile)));
    const provers = await Promise.all([createProver({ cacheDir }), createProver({ cacheDir })]);
    const infos = await Promise.all(provers.map((other) => other.setup()));
    for (const info of infos) {
      assert.equal(info.created, false);
      assert.deepEqual(info.verifier, setup.verifier);
      assert.deepEqual(
        [info.keyHash, info.constraints, info.logDomain],
        [setup.keyHash, setup.constraints, setup.logDomain],
      );
    }
    await Promise.all(provers.map((other) => other.verify(proof)));
    assert.deepEqual(temporaryFiles(cacheDir), []);
    await Promise.all(provers.map((other) => other.close()));
  });
});
