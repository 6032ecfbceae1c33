/**
 * The chain of statements that a program has verified: a sponge over one after another, which the program computes as it goes
 * and the recursion computes again over proofs of them.
 */
import { PROTOCOL } from '../../core/protocol.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';

/** The subject of a span of checked statements, where that of an execution has the digest of a key; nobody knows such a key. */
export const CHECKED_SUBJECT: readonly number[] = [1, 0, 0, 0, 0, 0, 0, 0];

/**
 * The chain with one statement more: a program with this key ended with code 0 and these public values (16 limbs).
 * Soundness: a sponge. A row of a Merkle tree would leave one of its two halves to the prover.
 */
export function nextChain<W extends Wires>(
  on: Backend<W>,
  chain: readonly W['felt'][],
  keyDigest: readonly W['felt'][],
  publicDigest: readonly W['felt'][],
): W['felt'][] {
  return on.digestFelts(on.hashFelts(`${PROTOCOL}/chain`, [...chain, ...keyDigest, ...publicDigest]));
}
