/**
 * A Groth16 key whose secret is known to the test, and proofs made from the secret (the simulator of eprint 2016/260,
 * theorem 1): no circuit is needed to get proofs that a verifier must accept. For tests of contracts only.
 */
import { encodeProof, verifierKeyOf } from '../../prover/groth16/key/verifier-key.ts';
import type { Hex, VerifierKey } from '../../prover/api.ts';
import { inverse } from '../../prover/field/bn254.ts';
import { bn254Points } from './bn254-points.ts';

/** Base field modulus. */
export const BASE_MODULUS = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n;

export type ToyGroth16 = {
  readonly key: VerifierKey;
  /** A proof of the statement with these inputs; another `randomness` gives other bytes for the same statement. */
  prove(vkey: bigint, digest: bigint, randomness?: bigint): Hex;
};

/** Builds a key from small fixed secrets; `controlRoot` becomes its third public input. */
export async function toyGroth16(controlRoot = 0x1234n, insecureSetup = true, seed = 0n): Promise<ToyGroth16> {
  const { g1, g2 } = await bn254Points();
  const secret = { alpha: 11n + seed, beta: 22n, gamma: 33n, delta: 44n, ic: [55n, 66n, 77n, 88n] as const };
  const points = {
    alpha: g1(secret.alpha),
    beta: g2(secret.beta),
    gamma: g2(secret.gamma),
    delta: g2(secret.delta),
    ic: secret.ic.map(g1),
  };
  const key = verifierKeyOf(points, { controlRoot, insecureSetup });
  return {
    key,
    prove(vkey, digest, randomness = 5n) {
      const [a, b] = [randomness, randomness + 2n];
      const inputs = secret.ic[0] + secret.ic[1] * vkey + secret.ic[2] * digest + secret.ic[3] * controlRoot;
      const c = (a * b - secret.alpha * secret.beta - inputs * secret.gamma) * inverse(secret.delta);
      return encodeProof(key, { a: g1(a), b: g2(b), c: g1(c) });
    },
  };
}
