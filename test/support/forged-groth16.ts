/**
 * Groth16 proofs of any statement under the committed development key, made from its secrets, which are public: the simulator
 * of eprint 2016/260, theorem 1. No circuit and no proving key is needed. That this works is why the key is called INSECURE;
 * here it gives tests proofs that a verifier must accept.
 */
import { inverse, mod } from '../../prover/field/bn254.ts';
import { insecureToxicWaste } from '../../prover/groth16/snarkjs/setup-scalars.ts';
import { INSECURE_DEVELOPMENT_SEED } from '../../prover/groth16/snarkjs/setup.ts';
import { encodeProof } from '../../prover/groth16/key/verifier-key.ts';
import type { G1Point } from '../../prover/groth16/key/points.ts';
import type { Hex, Proof } from '../../prover/index.ts';
import { VERIFYING_KEY } from '../../prover/system/generated/groth16-key.ts';
import { groth16Verifier, publicInputs } from '../../prover/proofs/groth16.ts';
// @ts-expect-error ffjavascript has no types.
import { buildBn128 } from 'ffjavascript';

/** A proof file's contents for a statement that nobody has proved. */
export async function forgedProof(vkey: Hex, publicValues: Hex): Promise<Proof> {
  const { G1, G2, Fr } = await buildBn128(true);
  const times = (group: typeof G1, point: unknown, scalar: bigint): unknown => group.timesFr(point, Fr.e(mod(scalar)));
  const { alpha, beta, gamma, delta } = insecureToxicWaste(INSECURE_DEVELOPMENT_SEED);
  const [a, b] = [5n, 7n];
  const inputs = publicInputs(vkey, publicValues, groth16Verifier().controlRoot);
  const points = VERIFYING_KEY.ic.map(({ x, y }) => G1.fromObject([x, y, 1n]));
  const sum = [1n, ...inputs].reduce((acc: unknown, x, i) => G1.add(acc, times(G1, points[i], x)), G1.zero);
  // a b = alpha beta + gamma (public inputs' point) + delta c
  const scale = inverse(delta);
  const c = G1.sub(times(G1, G1.g, (a * b - mod(alpha * beta)) * scale), times(G1, sum, gamma * scale));
  const g1 = (point: unknown): G1Point => {
    const [x, y] = G1.toObject(G1.toAffine(point)) as [bigint, bigint];
    return { x, y };
  };
  const pairs = G2.toObject(G2.toAffine(times(G2, G2.g, b))) as [bigint, bigint][];
  const [x, y] = pairs.map(([real, imaginary]) => ({ real, imaginary }));
  const proof = { a: g1(times(G1, G1.g, a)), b: { x: x!, y: y! }, c: g1(c) };
  return {
    format: 'hardhat-zkvm-proof',
    version: 1,
    mode: 'groth16',
    vkey,
    publicValues,
    exitCode: 0,
    proof: encodeProof(groth16Verifier(), proof),
    stats: { cycles: 1, seconds: { execute: 1, verify: 1 }, peakMemoryBytes: 1, securityBits: 100 },
  };
}
