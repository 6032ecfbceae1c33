/** Comparison of two words, shared by LessThan and Branch: the borrows of b - c. */
import type { AirBuilder } from '../../../air/chip.ts';
import type { Expr } from '../../../air/expression.ts';
import { range, signBit, type Limbs } from './air.ts';
import type { Lookups } from './fill.ts';

export type Comparison = {
  readonly real: Expr;
  /** 1 on rows that compare signed words; 0 on padding. */
  readonly signed: Expr;
  readonly b: Limbs;
  readonly c: Limbs;
  /** Boolean columns. */
  readonly sign: Limbs;
  readonly borrow: Limbs;
};

/**
 * States that borrow[1] is "b < c". A signed comparison is the unsigned one with both top bits flipped:
 * b1' = b1 + 2^15 signed - 2^16 sign. Borrows: b0 - c0 + 2^16 borrow0 and b1' - c1' - borrow0 + 2^16 borrow1 are 16-bit,
 * which determines them because the differences lie in (-2^16 - 1, 2^16).
 */
export function comparison(air: AirBuilder, x: Comparison): void {
  const { b, c, sign, borrow, signed, real } = x;
  air.zero(sign[0].mul(air.constant(1).sub(signed)), 'sign of b only in signed rows');
  air.zero(sign[1].mul(air.constant(1).sub(signed)), 'sign of c only in signed rows');
  signBit(air, signed, b[1], sign[0], 'sign of b');
  signBit(air, signed, c[1], sign[1], 'sign of c');
  // b1' - c1': the terms 2^15 signed cancel.
  const high = b[1].sub(c[1]).sub(sign[0].sub(sign[1]).mul(2 ** 16));
  range(air, real, b[0].sub(c[0]).add(borrow[0].mul(2 ** 16)), 16, 'low difference');
  range(air, real, high.sub(borrow[0]).add(borrow[1].mul(2 ** 16)), 16, 'high difference');
}

type Pair = readonly [Uint32Array, Uint32Array];

/** Fills signs and borrows, and returns "b < c" as 0 or 1. */
export function fillComparison(
  sign: Pair,
  borrow: Pair,
  row: number,
  b: number,
  c: number,
  signed: boolean,
  lookups: Lookups,
): number {
  let signB = 0;
  let signC = 0;
  if (signed) {
    signB = b >>> 31;
    signC = c >>> 31;
    lookups.range((b >>> 16) & 0x7fff, 15);
    lookups.range((c >>> 16) & 0x7fff, 15);
  }
  const low = (b & 0xffff) - (c & 0xffff);
  const borrowLow = low < 0 ? 1 : 0;
  const high = (b >>> 16) - (c >>> 16) - (signB - signC) * 65536 - borrowLow;
  const borrowHigh = high < 0 ? 1 : 0;
  sign[0][row] = signB;
  sign[1][row] = signC;
  borrow[0][row] = borrowLow;
  borrow[1][row] = borrowHigh;
  lookups.range16(low + borrowLow * 65536);
  lookups.range16(high + borrowHigh * 65536);
  return borrowHigh;
}
