/**
 * Groth16 proofs of any statement under the committed development key, made from its secrets, which are public: the simulator
 * of eprint 2016/260, theorem 1. No circuit and no proving key is needed. That this works is why the key is called INSECURE;
 * here it gives tests proofs that a verifier must accept.
 */
import { inverse, mod } from '../../prover/field/bn254.ts';
import { insecureToxicWaste } from '../../prover/groth16/snarkjs/setup-scalars.ts';
import { INSECURE_DEVELOPMENT_SEED } from '../../prover/groth16/snarkjs/setup.ts';
import { encodeProof } from '../../prover/groth16/key/verifier-key.ts';
import type { Groth16Proof } from '../../prover/groth16/key/points.ts';
import type { Hex, Proof } from '../../prover/index.ts';
import { VERIFYING_KEY } from '../../prover/system/generated/groth16-key.ts';
import { groth16Verifier, publicInputs } from '../../prover/proofs/groth16.ts';
import { bn254Points } from './bn254-points.ts';

/** A proof file's contents for a statement that nobody has proved. */
export async function forgedProof(vkey: Hex, publicValues: Hex): Promise<Proof> {
  const { curve, g1, g2 } = await bn254Points();
  const { G1, Fr } = curve;
  const times = (point: Uint8Array, scalar: bigint): Uint8Array => G1.timesFr(point, Fr.e(mod(scalar)));
  const { alpha, beta, gamma, delta } = insecureToxicWaste(INSECURE_DEVELOPMENT_SEED);
  const [a, b] = [5n, 7n];
  const inputs = publicInputs(vkey, publicValues, groth16Verifier().controlRoot);
  const points = VERIFYING_KEY.ic.map(({ x, y }) => G1.fromObject([x, y, 1n]));
  const sum = [1n, ...inputs].reduce((acc, x, i) => G1.add(acc, times(points[i]!, x)), G1.zero);
  // a b = alpha beta + gamma (public inputs' point) + delta c
  const scale = inverse(delta);
  const c = G1.sub(times(G1.g, (a * b - mod(alpha * beta)) * scale), times(sum, gamma * scale));
  const [x, y] = G1.toObject(G1.toAffine(c)) as [bigint, bigint];
  const proof: Groth16Proof = { a: g1(a), b: g2(b), c: { x, y } };
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
