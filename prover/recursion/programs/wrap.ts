/**
 * "wrap": the program that verifies one claim, committed and hashed over BN254 so that Groth16 can verify it.
 *
 * Which program made the claim is a witness: its key has a path to the control root, which is an output. The slot is taken as
 * the digest of a key: an execution that ended with another code than 0 has a slot that is no key's.
 */
import { at } from '../../core/lists.ts';
import type { RecursionHeights } from '../../machines/recursion/machine.ts';
import type { LayerParameters } from '../../stark/parameters.ts';
import { accept, verifyChildren } from '../child.ts';
import { outputOf, recursionProgram, type RecursionKind, type RecursionProgram } from '../program.ts';
import { recursionTarget } from '../target.ts';
import type { ClaimKind } from './kinds.ts';

/** Digest of the guest's verifying key, of its public values as 16 limbs, control root. */
const OUTPUTS = { keyDigest: [0, 8], publicDigest: [8, 24], controlRoot: [24, 32] } as const;

export type WrapKind = RecursionKind<keyof typeof OUTPUTS>;

/** Proofs of wrap on the machine of these heights. */
export function wrapKind(layer: LayerParameters, heights: RecursionHeights): WrapKind {
  return { name: 'wrap', target: recursionTarget(heights), layer, outputs: OUTPUTS };
}

/** Wrap for claims of this kind. */
export function wrapProgram(kind: WrapKind, claim: ClaimKind): RecursionProgram {
  return recursionProgram({
    id: 'wrap',
    kind,
    accepts: [accept(claim)],
    statement: (on, inputs) => {
      const { values, root } = verifyChildren(on, [claim], inputs);
      const outputs = at(values, 0);
      return [...outputOf(claim, outputs, 'slot'), ...outputOf(claim, outputs, 'publicDigest'), ...root];
    },
  });
}
