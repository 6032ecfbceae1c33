/** The two kinds of proofs that recursion makes over KoalaBear. A kind fixes the form of the outputs and the layer. */
import type { LayerParameters } from '../../stark/parameters.ts';
import type { RecursionKind } from '../program.ts';
import type { RecursionTarget } from '../target.ts';

/**
 * A span: it leads from `before` to `after`. Of an execution, whose `subject` is the digest of the program's key, these are states;
 * of checked statements, whose subject is a constant, they are chains.
 */
const SPAN_OUTPUTS = { subject: [0, 8], before: [8, 16], after: [16, 24], controlRoot: [24, 32] } as const;

/** A claim: a whole execution, with whose and how it ended in its `slot`, and the digest of its public values as 16 limbs. */
const CLAIM_OUTPUTS = { slot: [0, 8], publicDigest: [8, 24], controlRoot: [24, 32] } as const;

export type SpanKind = RecursionKind<keyof typeof SPAN_OUTPUTS>;
export type ClaimKind = RecursionKind<keyof typeof CLAIM_OUTPUTS>;

/** Spans proved on this machine and layer. */
export function spanKind(target: RecursionTarget, layer: LayerParameters): SpanKind {
  return { name: 'span', target, layer, outputs: SPAN_OUTPUTS };
}

/** Claims proved on this machine and layer. */
export function claimKind(target: RecursionTarget, layer: LayerParameters): ClaimKind {
  return { name: 'claim', target, layer, outputs: CLAIM_OUTPUTS };
}
