/**
 * Audit of Groth16 keys: a key whose gamma is its delta, which is what a setup without its second phase leaves behind, lets
 * anybody prove anything: A = alpha, B = beta, C = -(public inputs' point) satisfies the equation.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Groth16Proof, Groth16VerifyingKey } from '../../prover/groth16/key/points.ts';
import { verifierKeyOf } from '../../prover/groth16/key/verifier-key.ts';
import groth16 from '../../prover/groth16/snarkjs/prover.ts';
import { bn254Points } from '../support/bn254-points.ts';

test('a key with gamma = delta accepts a proof made from nothing, so it is refused', async () => {
  const { g1, g2 } = await bn254Points();
  const ic = [55n, 66n, 77n, 88n];
  const key = (gamma: bigint, delta: bigint): Groth16VerifyingKey => ({
    alpha: g1(11n),
    beta: g2(22n),
    gamma: g2(gamma),
    delta: g2(delta),
    ic: ic.map(g1),
  });
  const inputs = [5n, 6n, 7n];
  const point = ic[0]! + inputs.reduce((sum, x, i) => sum + x * ic[i + 1]!, 0n);
  const order = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;
  // Everything here is public: the points of the key, and the inputs of the forger's choice.
  const forged: Groth16Proof = { a: g1(11n), b: g2(22n), c: g1(order - point) };
  assert.equal(await groth16.verify(key(33n, 33n), inputs, forged), true);
  assert.equal(await groth16.verify(key(33n, 44n), inputs, forged), false);

  const fixed = { controlRoot: 1n, insecureSetup: false };
  assert.throws(() => verifierKeyOf(key(33n, 33n), fixed), { code: 'BAD_KEY' });
  assert.throws(() => verifierKeyOf(key(1n, 1n), fixed), { code: 'BAD_KEY' });
  verifierKeyOf(key(33n, 44n), fixed);
});
