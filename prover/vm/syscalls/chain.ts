/**
 * Statements that a guest relies on, and the chain over them that it commits: what `zkvm::verify` does in guests
 * (docs/guest-abi.md).
 *
 * The chain starts at eight zeros; each statement makes it `hashFelts(PROTOCOL + '/chain', [chain, key digest, limbs])`.
 */
import type { Hex } from '../../core/hex.ts';
import { PROTOCOL } from '../../core/protocol.ts';
import { DIGEST_LENGTH, hashFelts } from '../../hash/sponge-koalabear.ts';
import { keyElements } from '../packed-digest.ts';

/** "A program with this key ended with exit code 0 and committed public values of this digest." */
export type ProvedStatement = {
  /** The program's verifying key, bytes32. */
  readonly vkey: Hex;
  /** sha256 of its public values, bytes32. */
  readonly publicDigest: Hex;
};

/** Elements that are hashed at each step: chain, key digest, 16 limbs. */
export const CHAIN_ELEMENTS = 32;

/** The chain before the first statement. */
export const EMPTY_CHAIN: readonly number[] = Array.from({ length: DIGEST_LENGTH }, () => 0);

/** The 16 limbs of a digest as a claim states them: word i is little-endian, its lower half first. */
export function digestLimbs(publicDigest: Hex): number[] {
  const byte = (i: number): number => Number(`0x${publicDigest.slice(2 + 2 * i, 4 + 2 * i)}`);
  return Array.from({ length: 16 }, (_, l) => byte(2 * l) + 256 * byte(2 * l + 1));
}

/** The chain after one more statement. RangeError if its key is none. */
export function chainAfter(chain: readonly number[], { vkey, publicDigest }: ProvedStatement): number[] {
  const key = keyElements(vkey);
  if (key === undefined) throw new RangeError(`"vkey" expected a verifying key, got ${vkey}`);
  return hashFelts(`${PROTOCOL}/chain`, [...chain, ...key, ...digestLimbs(publicDigest)]);
}
