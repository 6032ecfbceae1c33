/** Which proofs can be inputs of other proofs, and what they state. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { checksIn, reliedOn } from '../../prover/jobs/given-proofs.ts';
import { decodeChain } from '../../prover/jobs/kinds/check.ts';
import { MemoryStore } from '../../prover/jobs/store.ts';
import { CompositionError, provedStatements, type Proof } from '../../prover/index.ts';
import { proofText } from '../../prover/proofs/file.ts';
import { packDigest } from '../../prover/vm/packed-digest.ts';
import { chainAfter, EMPTY_CHAIN } from '../../prover/vm/syscalls/chain.ts';

function proofOf(n: number, fields: Partial<Proof> = {}): Proof {
  return {
    format: 'hardhat-zkvm-proof',
    version: 1,
    mode: 'compressed',
    vkey: packDigest([n, 2, 3, 4, 5, 6, 7, 8]),
    publicValues: `0x${n.toString(16).padStart(2, '0')}`,
    exitCode: 0,
    proof: proofText(Uint8Array.of(n, n)),
    stats: { cycles: 1, seconds: {}, peakMemoryBytes: 1, securityBits: 100 },
    ...fields,
  };
}

function refusal(proofs: readonly Proof[], names?: readonly string[]): readonly [code: string, message: string] {
  try {
    provedStatements(proofs, names);
  } catch (error) {
    assert.ok(error instanceof CompositionError);
    assert.match(error.message, /^[^\n]+\.$/);
    return [error.code, error.message];
  }
  throw new Error('nothing was refused');
}

describe('proofs as inputs', () => {
  it('state their key and the whole sha256 of their public values', () => {
    const digest = `0x${createHash('sha256').update(Uint8Array.of(7)).digest('hex')}`;
    assert.deepEqual(provedStatements([proofOf(7)]), [{ vkey: proofOf(7).vkey, publicDigest: digest }]);
    assert.deepEqual(provedStatements([]), []);
  });

  it('are compressed ones of programs that ended well, each of another statement', () => {
    assert.match(
      refusal([proofOf(1), proofOf(2, { mode: 'core' })])[1],
      /^Proof 2 of 2 is of mode core, .*--mode compr/,
    );
    assert.equal(refusal([proofOf(1, { mode: 'groth16' })])[0], 'PROOF_MODE');
    for (const exitCode of [1, 2130706433, 4294967295]) {
      const [code, message] = refusal([proofOf(1, { exitCode })], ['a.json']);
      assert.equal(code, 'PROOF_OF_FAILURE');
      assert.ok(message.startsWith(`a.json proves that its program failed with exit code ${exitCode}:`));
    }
    const twice = refusal([proofOf(1), proofOf(2), proofOf(1)], ['a.json', 'b.json', 'c.json']);
    assert.equal(twice[0], 'PROOF_TWICE');
    assert.ok(twice[1].startsWith('c.json proves what a.json proves'));
    assert.equal(provedStatements([proofOf(1), proofOf(1, { publicValues: '0x' })]).length, 2);
    for (const vkey of [`0x01${'00'.repeat(31)}`, `0x${'ff'.repeat(32)}`, `0x00${'ff'.repeat(31)}`] as const)
      assert.equal(refusal([proofOf(1, { vkey })])[0], 'PROOF_KEY');
  });

  it('are matched with what a program relied on, and those left over are named', () => {
    const proofs = [1, 2, 3].map((n) => proofOf(n));
    const [a, , c] = provedStatements(proofs);
    const notes: string[] = [];
    assert.deepEqual(
      reliedOn([c!, a!, c!], proofs, (note) => notes.push(note)),
      [proofs[2], proofs[0], proofs[2]],
    );
    assert.deepEqual(notes, [
      `Proof 2 of 3, of program ${proofs[1]!.vkey}, was given and not used: the program did not verify it.`,
    ]);
    assert.throws(() => reliedOn([a!], [proofs[1]!], () => undefined), /relied on a statement that has no proof/);
  });

  it('are checked each with the chain before it', async () => {
    const proofs = [1, 2, 1].map((n) => proofOf(n));
    const statements = [...provedStatements(proofs.slice(0, 2)), ...provedStatements(proofs.slice(2))];
    const store = new MemoryStore();
    const checks = await checksIn(store, statements, proofs);
    let chain = EMPTY_CHAIN;
    for (const [i, { claim, chain: before }] of checks.entries()) {
      assert.deepEqual(decodeChain(await store.get(before)), chain);
      assert.deepEqual((await store.get(claim)).bytes, Uint8Array.of(...(i === 1 ? [2, 2] : [1, 1])));
      chain = chainAfter(chain, statements[i]!);
    }
    assert.equal(checks.length, 3);
    assert.equal(checks[0]!.claim, checks[2]!.claim);
    assert.notEqual(checks[0]!.chain, checks[2]!.chain);
  });
});
