/**
 * "wrap": the program that verifies one lift proof, committed and hashed over BN254 so that Groth16 can verify it.
 *
 * Which lift program made the proof is a witness: its key has a path to the control root, which is an output. A guest
 * that exits with another code than 0 has no wrap proof.
 */
import type { RecursionHeights } from '../../machines/recursion/machine.ts';
import type { LayerParameters } from '../../stark/parameters.ts';
import { hintOutputs, verifyChild } from '../child.ts';
import { outputOf, recursionProgram, type RecursionKind, type RecursionProgram, type Statement } from '../program.ts';
import { recursionTarget } from '../target.ts';

/** Digest of the guest's verifying key, of its public values as 16 limbs, control root. */
const OUTPUTS = { keyDigest: [0, 8], publicDigest: [8, 24], controlRoot: [24, 32] } as const;

export type WrapKind = RecursionKind<keyof typeof OUTPUTS>;

/** What wrap reads of the proofs that it accepts. */
export type Wrapped = RecursionKind<'keyDigest' | 'exitCode' | 'publicDigest' | 'zeros'>;

/** Proofs of wrap on the machine of these heights. */
export function wrapKind(layer: LayerParameters, heights: RecursionHeights): WrapKind {
  return { name: 'wrap', target: recursionTarget(heights), layer, outputs: OUTPUTS };
}

/** Wrap for the proofs of one kind. */
export function wrapProgram(kind: WrapKind, wrapped: Wrapped): RecursionProgram {
  const accepted = { kinds: [wrapped.name], machine: wrapped.target.machine, parameters: wrapped.layer };
  const statement: Statement = (on, inputs) => {
    const input = inputs[0]!;
    const values = hintOutputs(on, input);
    // Soundness: unconditional. The limbs are canonical elements, so zero in the field is zero.
    for (const limb of outputOf(wrapped, values, 'exitCode')) {
      on.assertFeltEqual(limb, on.feltConst(0), 'exit code is zero');
    }
    for (const felt of outputOf(wrapped, values, 'zeros')) {
      on.assertFeltEqual(felt, on.feltConst(0), 'unused outputs of lift are zero');
    }
    const { root } = verifyChild(on, accepted, input, values);
    return [...outputOf(wrapped, values, 'keyDigest'), ...outputOf(wrapped, values, 'publicDigest'), ...root];
  };
  return recursionProgram({ id: 'wrap', kind, accepts: [accepted], statement });
}
