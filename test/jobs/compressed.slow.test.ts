/** Compressed proofs through the public API: what is accepted, what is refused. Minutes. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createProver, type Hex, type Proof, type Prover, VerificationError } from '../../prover/index.ts';
import { decodeRecursion, encodeBody } from '../../prover/proofs/body.ts';
import { proofBytes, proofText } from '../../prover/proofs/file.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { keyOf } from '../../prover/system/keys.ts';
import { abortAt } from '../support/abort.ts';
import { guest, mode, u32 } from '../support/guests.ts';
import { seeded } from '../support/seeded.ts';
import { changedByte, changedFields, refuses, sampleOffsets, verifyStored } from '../support/stored-proof.ts';

/** Key root and public values of a compressed proof lie within the first bytes of its body. */
const HEAD_BYTES = 4 * (8 + 32);
const BODY_SAMPLES = 60;

const add = guest('add');
const fibonacci = guest('fibonacci');

let cacheDir: string;
let prover: Prover;
let proof: Proof;
let fibonacciKey: Hex;

before(async () => {
  cacheDir = await mkdtemp(path.join(tmpdir(), 'zkvm-compressed-'));
  prover = await createProver({ cacheDir, threads: 2 });
  proof = await prover.prove(add, [], { mode: 'compressed' });
  fibonacciKey = (await prover.programKey(fibonacci)).vkey;
});
after(async () => {
  await prover.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const system = defaultSystem();
const rootOf = ({ proof: text }: Proof): string => String(decodeRecursion(system, 'claim', proofBytes(text)).key.root);
const claimRoots = system.programs.filter(({ kind }) => kind.name === 'claim').map(({ id }) => keyOf(system, id).root);
const listed = claimRoots.map(String);

describe('a compressed proof', () => {
  it('is accepted under the committed key of its tier, and belongs to the program', async () => {
    const { vkey } = await prover.programKey(add);
    await verifyStored(prover, proof, vkey);
    assert.equal(proof.vkey, vkey);
    assert.equal(
      listed.indexOf(rootOf(proof)),
      system.tiers.findIndex(({ id }) => id === 'core-s'),
    );
  });

  it('is refused for another program', async () => {
    await assert.rejects(
      prover.verify(proof, fibonacciKey),
      (error: unknown) => error instanceof VerificationError && error.code === 'program-key',
    );
  });

  it('is refused when any field of the file says something else', async () => {
    for (const [what, changed] of changedFields(proof, fibonacciKey)) await refuses(prover, changed, what);
  });

  it('is refused when a byte of its body is changed', async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const { length } = proofBytes(proof.proof);
    for (const at of sampleOffsets(length, HEAD_BYTES, BODY_SAMPLES)) {
      const mask = 1 + (random.word() % 255);
      await refuses(prover, changedByte(proof, at, mask), `byte ${at} of ${length} xor ${mask}`);
    }
  });

  it('is refused under a key that is not listed, and under the listed key of another tier', async () => {
    const layer = decodeRecursion(system, 'claim', proofBytes(proof.proof));
    const withRoot = (root: typeof layer.key.root): Proof => {
      const changed = { ...layer, key: { ...layer.key, root } };
      return { ...proof, proof: proofText(encodeBody(system, changed)) };
    };
    await assert.rejects(
      prover.verify(withRoot([1, 2, 3, 4, 5, 6, 7, 8])),
      (error: unknown) => error instanceof VerificationError && error.code === 'recursion-key',
    );
    for (const root of claimRoots.slice(1)) {
      await refuses(prover, withRoot(root), `key ${String(root)}`);
    }
  });
});

describe('other runs', () => {
  it('a run of half a million instructions is proved under the listed key of its tier', async () => {
    const large = await prover.prove(fibonacci, [u32(100_000)], { mode: 'compressed' });
    assert.equal(
      listed.indexOf(rootOf(large)),
      system.tiers.findIndex(({ id }) => id === 'core-m'),
    );
    await verifyStored(prover, large, fibonacciKey);
    for (const [what, changed] of changedFields(large, proof.vkey)) await refuses(prover, changed, what);
    await refuses(prover, { ...large, proof: proof.proof }, 'the body of another run');
    // Both sizes are constant: a proof says nothing about how long it ran.
    assert.equal(large.proof.length, proof.proof.length);
  });

  it('a panic keeps its exit code', async () => {
    const panicked = await prover.prove(guest('selftest'), [mode('panic')], { mode: 'compressed' });
    assert.equal(panicked.exitCode, 1);
    await verifyStored(prover, panicked);
    await refuses(prover, { ...panicked, exitCode: 0 }, 'exit code 0');
  });

  it('interruption in its stage leaves nothing, and the next proof is the same', async () => {
    const run = (other: Prover): Promise<Proof> => other.prove(add, [], { mode: 'compressed' });
    for (const step of ['record', 'commit', 'opening']) {
      await abortAt(cacheDir, ({ stage, detail }) => stage === 'fused' && detail === step, run);
    }
    assert.equal((await run(prover)).proof, proof.proof);
  });
});
