/** What the number of proofs below a claim costs. The terms of one proof are in soundness.ts. */
import type { LayerParameters } from '../parameters.ts';
import { securityBits } from './soundness.ts';

/** Proofs of a layer that a claim rests on. */
export type ProofsOfLayer = { readonly layer: LayerParameters; readonly count: number };

/**
 * Bits of a claim that rests on several proofs, where a prover works as long on each of them as the bits of one allow for: the sum of
 * their errors, for one forged proof is enough. A prover who has this work for all of them together has the bits of the weakest
 * layer, whatever the number (docs/soundness.md). RangeError for none, or for numbers that are no counts.
 */
export function bitsOfMany(parts: readonly ProofsOfLayer[]): number {
  if (parts.length === 0 || parts.some(({ count }) => !Number.isSafeInteger(count) || count < 1)) {
    throw new RangeError('"parts" expected one layer at least, with a count of 1 or more each');
  }
  const terms = parts.map(({ layer, count }) => ({ bits: securityBits(layer).bits, count }));
  const least = Math.min(...terms.map(({ bits }) => bits));
  return least - Math.log2(terms.reduce((sum, { bits, count }) => sum + count * 2 ** (least - bits), 0));
}

/** Layers of what a claim of several shards rests on. */
export type ShardedLayers = {
  readonly core: LayerParameters;
  readonly span: LayerParameters;
  readonly claim: LayerParameters;
};

/** The proofs below a claim of so many shards, two or more, and verified statements, joined by twos; those of the statements not. */
export function proofsBelow({ core, span, claim }: ShardedLayers, shards: number, statements = 0): ProofsOfLayer[] {
  // A lift for each shard and a check for each statement, and the joins that make one span of each kind.
  const spans = 2 * shards - 1 + Math.max(0, 2 * statements - 1);
  return [
    { layer: core, count: shards },
    { layer: span, count: spans },
    { layer: claim, count: 1 },
  ];
}
