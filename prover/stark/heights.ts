/**
 * Heights and block positions as wires. A variable height is a one-hot vector, so that anything that depends on it is
 * an inner product with precomputed values (the code never branches on it); a constant height selects without wires.
 *
 * Soundness: the transcript, the size bound, the leaf slots, the zerocheck factors and the opening weight all use the
 * same wires. Two unlinked copies of a height would let shape and statement differ.
 */
import type { Backend, Wires } from '../verifier/backend.ts';
import { MIN_LOG_HEIGHT } from './layout.ts';
import { at } from '../core/lists.ts';

/** `oneHot[h]` is 1 for the height 2^h and 0 otherwise, for h = 0..maxLogHeight. */
export type HeightWires<W extends Wires> =
  | { readonly kind: 'constant'; readonly logHeight: number }
  | {
      readonly kind: 'variable';
      readonly maxLogHeight: number;
      readonly oneHot: readonly W['felt'][];
      /** `above[t]` is 1 when h > t. */
      readonly above: readonly W['felt'][];
      /** The log height as an integer: what the transcript observes. */
      readonly felt: W['felt'];
    };

/** A variable height as an untrusted witness: booleans that sum to one, h in MIN_LOG_HEIGHT..maxLogHeight. */
export function hintHeight<W extends Wires>(
  on: Backend<W>,
  logHeight: number,
  maxLogHeight: number,
  why: string,
): HeightWires<W> {
  const oneHot = Array.from({ length: maxLogHeight + 1 }, (_, h) =>
    h < MIN_LOG_HEIGHT ? on.feltConst(0) : on.bitAsFelt(on.hintBit(h === logHeight ? 1 : 0)),
  );
  const above = new Array<W['felt']>(maxLogHeight + 1);
  let count = on.feltConst(0);
  let felt = on.feltConst(0);
  for (let h = maxLogHeight; h >= 0; h--) {
    above[h] = count;
    if (h < MIN_LOG_HEIGHT) continue;
    count = on.feltAdd(count, at(oneHot, h));
    felt = on.feltAdd(felt, on.feltMulConst(at(oneHot, h), h));
  }
  on.assertFeltEqual(count, on.feltConst(1), `${why}: log height is in ${MIN_LOG_HEIGHT}..${maxLogHeight}`);
  return { kind: 'variable', maxLogHeight, oneHot, above, felt };
}

/** The largest log height that these wires can stand for. */
export function largestHeight<W extends Wires>(height: HeightWires<W>): number {
  return height.kind === 'constant' ? height.logHeight : height.maxLogHeight;
}

/** values[h], for a list with one entry per possible height. */
export function selectByHeight<W extends Wires>(
  on: Backend<W>,
  height: HeightWires<W>,
  values: readonly W['ext'][],
): W['ext'] {
  if (height.kind === 'constant') return at(values, height.logHeight);
  const weights: W['ext'][] = [];
  const terms: W['ext'][] = [];
  for (let h = MIN_LOG_HEIGHT; h <= height.maxLogHeight; h++) {
    weights.push(on.extFromFelt(at(height.oneHot, h)));
    terms.push(at(values, h));
  }
  return on.extDot(terms, weights);
}

/** 2^h as a base element. */
export function heightAsFelt<W extends Wires>(on: Backend<W>, height: HeightWires<W>): W['felt'] {
  if (height.kind === 'constant') return on.feltConst(2 ** height.logHeight);
  let sum = on.feltConst(0);
  for (let h = MIN_LOG_HEIGHT; h <= height.maxLogHeight; h++) {
    sum = on.feltAdd(sum, on.feltMulConst(at(height.oneHot, h), 2 ** h));
  }
  return sum;
}

/** 1 when h > bound, else 0. */
export function heightAbove<W extends Wires>(on: Backend<W>, height: HeightWires<W>, bound: number): W['felt'] {
  if (height.kind === 'constant') return on.feltConst(height.logHeight > bound ? 1 : 0);
  if (bound >= height.maxLogHeight) return on.feltConst(0);
  return bound < MIN_LOG_HEIGHT ? on.feltConst(1) : at(height.above, bound);
}

/**
 * The first cell of a block, as bits. Asserts that the block is aligned to its size: bit i is zero for i < h + k.
 */
export function blockPosition<W extends Wires>(
  on: Backend<W>,
  position: W['felt'],
  bitCount: number,
  height: HeightWires<W>,
  logWidth: number,
  why: string,
): W['felt'][] {
  const bits = on.feltBits(position, bitCount, why).map((bit) => on.bitAsFelt(bit));
  let misaligned = on.feltConst(0);
  for (const [i, bit] of bits.entries()) {
    const inside = heightAbove(on, height, i - logWidth);
    misaligned = on.feltAdd(misaligned, on.feltMul(bit, inside));
  }
  // A sum of at most 30 bits is zero in the field only if every term is zero.
  on.assertFeltEqual(misaligned, on.feltConst(0), `${why} is aligned to its block`);
  return bits;
}

/**
 * Asserts that a block ends inside the main window: its last column, position bits with ones below the block's size,
 * is below `mainColumns`. `bits` are those of `blockPosition`, 2^logRows rows per column.
 */
export function assertInWindow<W extends Wires>(
  on: Backend<W>,
  bits: readonly W['felt'][],
  height: HeightWires<W>,
  logWidth: number,
  logRows: number,
  mainColumns: number,
  why: string,
): void {
  const largest = mainColumns - 1;
  // last <= largest iff for no bit i with largest_i = 0: last_i = 1 while last_j = 1 at all higher j with largest_j = 1.
  let allOnes = on.feltConst(1);
  for (let i = bits.length - 1; i >= logRows; i--) {
    const inside = heightAbove(on, height, i - logWidth);
    const product = on.feltMul(allOnes, on.feltAdd(at(bits, i), inside));
    if (Math.floor(largest / 2 ** (i - logRows)) % 2 === 1) allOnes = product;
    else on.assertFeltEqual(product, on.feltConst(0), `${why} lies in the main window`);
  }
}
