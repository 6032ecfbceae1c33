/** What an execution left in its system words, opened in the root of its last memory. */
import { at } from '../../core/lists.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';
import { expectDigest, expectLength } from '../../verifier/proof-input.ts';
import { ROOT_LEVEL, SYSTEM_WORD } from '../../vm/address-map.ts';
import {
  digestsOfOpening,
  OPENED_QUADS,
  SYSTEM_LEVEL,
  systemSubtree,
  type SystemOpening,
} from '../../vm/system-opening.ts';

/** Limbs of 16 bits, low ones first. */
export type SystemLimbs<W extends Wires> = {
  /** Of the digest of the public values: 16. */
  readonly publicDigest: readonly W['felt'][];
  /** Of the chain: 16, two for each felt. */
  readonly chain: readonly W['felt'][];
  readonly exitCode: readonly [W['felt'], W['felt']];
};

/**
 * The system words under this root. That limbs have 16 bits follows from the root: it is one that an execution reached from the
 * memory of a program.
 */
export function openedWords<W extends Wires>(
  on: Backend<W>,
  root: readonly W['felt'][],
  opening: SystemOpening,
): SystemLimbs<W> {
  expectShape(opening);
  const levels = systemSubtree(opening);
  const hint = (digest: readonly number[]): W['felt'][] => digest.map((felt) => on.hintFelt(felt));
  // Soundness: the root of their subtree is a witness that the path to the root binds, and it binds the quads; positions are constant.
  const top = on.digestFromFelts(hint(at(at(levels, SYSTEM_LEVEL), 0)));
  const ones = Array.from({ length: ROOT_LEVEL - SYSTEM_LEVEL }, () => on.bitConst(1));
  on.checkPath(on.digestFromFelts(root), top, ones, opening.siblings, 'system words stand in the memory');
  const limbs = opening.quads.flatMap((quad, k) => {
    const wires = hint(quad);
    const index = Array.from({ length: SYSTEM_LEVEL }, (_, level) => Math.floor(k / 2 ** level));
    const path = index.map((i, level) => at(at(levels, level), i % 2 === 0 ? i + 1 : i - 1));
    const bits = index.map((i) => on.bitConst(i % 2 === 0 ? 0 : 1));
    on.checkPath(top, on.digestFromFelts(wires), bits, path, 'a quad of system words stands among them');
    return wires;
  });
  const words = (first: number, count: number): W['felt'][] => limbs.slice(2 * first, 2 * (first + count));
  const [low, high] = words(SYSTEM_WORD.exitCode, 1) as [W['felt'], W['felt']];
  return {
    publicDigest: words(SYSTEM_WORD.publicDigest, 8),
    chain: words(SYSTEM_WORD.chain, 8),
    exitCode: [low, high],
  };
}

/** Soundness: a shorter path would lead to another node of the tree. */
function expectShape(opening: SystemOpening): void {
  const where = 'opening of the system words';
  expectLength(opening.quads, OPENED_QUADS, where);
  expectLength(opening.rest, 2, where);
  expectLength(opening.siblings, ROOT_LEVEL - SYSTEM_LEVEL, where);
  for (const digest of digestsOfOpening(opening)) expectDigest(digest, where);
}

/** Asserts that no statement was verified. Soundness: limb by limb, as a word p would be the felt 0. */
export function assertNoChain<W extends Wires>(on: Backend<W>, { chain }: SystemLimbs<W>): void {
  for (const limb of chain) {
    on.assertFeltEqual(limb, on.feltConst(0), 'the program verified no statements that are not checked');
  }
}

/** Bits of a word below p: seven at the top, which are not all one unless the rest is zero. */
const HIGH_BITS = 15;
const TOP_BITS = 7;

/** The chain as eight felts. Asserts that every word is below p, so that no two chains are the same felts. */
export function chainFelts<W extends Wires>(on: Backend<W>, { chain }: SystemLimbs<W>): W['felt'][] {
  const why = 'a word of the chain is below p';
  return Array.from({ length: chain.length / 2 }, (_, i) => {
    const [low, high] = chain.slice(2 * i, 2 * i + 2) as [W['felt'], W['felt']];
    const bits = on.feltBits(high, HIGH_BITS, why).map((bit) => on.bitAsFelt(bit));
    const isTop = bits.slice(HIGH_BITS - TOP_BITS).reduce((product, bit) => on.feltMul(product, bit));
    const rest = bits
      .slice(0, HIGH_BITS - TOP_BITS)
      .reduce((sum, bit, k) => on.feltAdd(sum, on.feltMulConst(bit, 2 ** (16 + k))), low);
    // p - 1 is 127 * 2^24. The rest is below 2^24, so it is zero in the field only where it is zero.
    on.assertFeltEqual(on.feltMul(isTop, rest), on.feltConst(0), why);
    return on.feltAdd(low, on.feltMulConst(high, 2 ** 16));
  });
}
