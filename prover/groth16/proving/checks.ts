/** Checks that every Groth16 implementation has to make, whatever it is made of. */
import { ZkError } from '../../core/errors.ts';
import { Q, R } from '../../field/bn254.ts';
import type { ConstraintSystem } from '../circuit/r1cs/system.ts';
import { type Groth16Proof, type Groth16VerifyingKey, wordsOfProof } from '../key/points.ts';

/** Refuses a witness that violates a constraint: no valid proof of it exists. ZkError GROTH16_WITNESS. */
export function assertWitness(system: ConstraintSystem): void {
  const [violation] = system.check(system.values, 1);
  if (violation === undefined) return;
  const { constraint, section } = violation;
  throw new ZkError('GROTH16_WITNESS', `the witness violates constraint ${constraint} (${section})`);
}

/**
 * Whether these can be public inputs under the key.
 *
 * Soundness: an input and its alias input + r are the same to the pairing, so only the canonical one is good.
 */
export function areInputsOf({ ic }: Groth16VerifyingKey, publicInputs: readonly bigint[]): boolean {
  return publicInputs.length === ic.length - 1 && publicInputs.every((input) => input >= 0n && input < R);
}

/**
 * Whether all coordinates are below the modulus of the base field: a proof has one form only, as for the precompiles of
 * EIP-196 and EIP-197. Whether they are those of points, the pairing says.
 */
export function isCanonicalProof(proof: Groth16Proof): boolean {
  return wordsOfProof(proof).every((coordinate) => coordinate >= 0n && coordinate < Q);
}
