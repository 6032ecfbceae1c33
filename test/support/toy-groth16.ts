/**
 * A Groth16 key whose secret is known to the test, and proofs made from the secret (the simulator of eprint 2016/260,
 * theorem 1): no circuit is needed to get proofs that a verifier must accept. For tests of contracts only.
 */
import { encodeProof, verifierKeyOf } from '../../prover/groth16/key/verifier-key.ts';
import type { G1Point, G2Point } from '../../prover/groth16/key/points.ts';
import type { Hex, VerifierKey } from '../../prover/api.ts';
// @ts-expect-error ffjavascript has no types.
import { buildBn128 } from 'ffjavascript';

/** Order of the groups. */
const ORDER = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;

/** Base field modulus. */
export const BASE_MODULUS = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n;

function mod(value: bigint): bigint {
  return ((value % ORDER) + ORDER) % ORDER;
}

function inverse(value: bigint): bigint {
  let [result, base, exponent] = [1n, mod(value), ORDER - 2n];
  for (; exponent > 0n; exponent >>= 1n, base = mod(base * base)) if (exponent & 1n) result = mod(result * base);
  return result;
}

export type ToyGroth16 = {
  readonly key: VerifierKey;
  /** A proof of the statement with these inputs; another `randomness` gives other bytes for the same statement. */
  prove(vkey: bigint, digest: bigint, randomness?: bigint): Hex;
};

/** Builds a key from small fixed secrets; `controlRoot` becomes its third public input. */
export async function toyGroth16(controlRoot = 0x1234n, insecureSetup = true, seed = 0n): Promise<ToyGroth16> {
  const curve = await buildBn128(true);
  const g1 = (scalar: bigint): G1Point => {
    const { G1 } = curve;
    const [x, y] = G1.toObject(G1.toAffine(G1.timesFr(G1.g, curve.Fr.e(mod(scalar))))) as [bigint, bigint];
    return { x, y };
  };
  const g2 = (scalar: bigint): G2Point => {
    const { G2 } = curve;
    const pairs = G2.toObject(G2.toAffine(G2.timesFr(G2.g, curve.Fr.e(mod(scalar))))) as [bigint, bigint][];
    const [x, y] = pairs.map(([real, imaginary]) => ({ real, imaginary }));
    return { x: x!, y: y! };
  };
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
