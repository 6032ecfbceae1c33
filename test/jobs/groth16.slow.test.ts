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
} from '../../prover/index.ts';
import { Groth16Stage } from '../../prover/jobs/groth16-stage.ts';
import { verifyGroth16Statement } from '../../prover/proofs/groth16.ts';
import type { ProveResult } from '../../prover/jobs/jobs.ts';
import { ProverThread } from '../../prover/jobs/prover-thread.ts';
import type { ProvedLayer } from '../../prover/system/proved-layer.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { abortAt, temporaryFiles } from '../support/abort.ts';
import { changedAt, samplePlaces } from '../support/mutation.ts';
import { guest, mode, u32 } from '../support/guests.ts';
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
    assert.deepEqual(Object.keys(proof.stats.seconds), ['execute', 'core', 'lift', 'wrap', 'groth16', 'verify']);
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
  let result: ProveResult;
  let wrapped: ProvedLayer;
  const thread = new ProverThread(2);
  const stage = new Groth16Stage(defaultSystem(), undefined, () => thread.cap());
  before(async () => {
    const job = { kind: 'execute', program: add, input: [], target: 'wrap', cycleLimit: undefined } as const;
    await thread.execute(job, () => undefined);
    result = await thread.prove({ kind: 'prove', target: 'wrap' }, () => undefined);
    assert.ok(result.wrap !== undefined);
    wrapped = result.wrap;
  });
  after(() => thread.close());

  const verify = (proved: ProvedLayer): void => verifyRecursion(defaultSystem(), proved);

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
    await assert.rejects(stage.prove(changed), { name: 'VerificationError', code: 'R1CS_UNSATISFIED' });
  });

  it('can be interrupted in the last stage', async () => {
    for (const moment of ['building the circuit', 'proving with snarkjs']) {
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      const run = stage.prove(wrapped, {
        signal: controller.signal,
        onProgress: (detail) => {
          if (detail === moment) controller.abort(reason);
        },
      });
      await assert.rejects(run, (error) => error === reason);
    }
    // The next one works.
    const bytes = await stage.prove(wrapped);
    await verifyGroth16Statement(bytes, addKey, '0x');
    await assert.rejects(verifyGroth16Statement(bytes, proof.vkey, '0x'), { code: 'groth16' });
    await assert.rejects(verifyGroth16Statement(bytes, addKey, '0x00'), { code: 'groth16' });
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
