/**
 * Audit of Groth16 keys: a key whose gamma is its delta, which is what a setup without its second phase leaves behind, lets
 * anybody prove anything: A = alpha, B = beta, C = -(public inputs' point) satisfies the equation.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyGroth16 } from '../../prover/groth16/snarkjs/prove.ts';
import {
  verifierKeyFromSnarkjs,
  type SnarkjsProof,
  type SnarkjsVerifyingKey,
} from '../../prover/groth16/key/verifier-key.ts';
import { bn254Points } from '../support/bn254-points.ts';

test('a key with gamma = delta accepts a proof made from nothing, so it is refused', async () => {
  const { g1, g2 } = await bn254Points();
  const ic = [55n, 66n, 77n, 88n];
  const key = (gamma: bigint, delta: bigint): SnarkjsVerifyingKey => ({
    vk_alpha_1: g1(11n),
    vk_beta_2: g2(22n),
    vk_gamma_2: g2(gamma),
    vk_delta_2: g2(delta),
    IC: ic.map(g1),
  });
  const inputs = [5n, 6n, 7n];
  const point = ic[0]! + inputs.reduce((sum, x, i) => sum + x * ic[i + 1]!, 0n);
  const order = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;
  // Everything here is public: the points of the key, and the inputs of the forger's choice.
  const forged: SnarkjsProof = { pi_a: g1(11n), pi_b: g2(22n), pi_c: g1(order - point) };
  assert.equal(await verifyGroth16(key(33n, 33n), inputs, forged), true);
  assert.equal(await verifyGroth16(key(33n, 44n), inputs, forged), false);

  const fixed = { controlRoot: 1n, insecureSetup: false };
  assert.throws(() => verifierKeyFromSnarkjs(key(33n, 33n), fixed), { code: 'BAD_KEY' });
  assert.throws(() => verifierKeyFromSnarkjs(key(1n, 1n), fixed), { code: 'BAD_KEY' });
  verifierKeyFromSnarkjs(key(33n, 44n), fixed);
});
