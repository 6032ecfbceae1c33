/**
 * DivRem: div, divu, rem, remu, through magnitudes. Division by zero and INT_MIN / -1 need no special branch for the
 * remainder; the quotient of a division by zero is all ones.
 */
import { chip, type AirBuilder } from '../../../../air/chip.ts';
import type { Expr } from '../../../../air/expression.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { bytePair, carries, join, range, rType, signBit, sum, type Limbs } from '../../shared/air.ts';
import { byteProducts } from '../../shared/product.ts';
import { COLUMNS } from './columns.ts';

/**
 * States y = x where `copy`, y = -x mod 2^32 where `negate` (both limbs of x and y 16-bit). x + y = 0 mod 2^32 is the
 * addition with sum 0: its carries are boolean.
 */
function plusOrMinus(air: AirBuilder, copy: Expr, negate: Expr, x: Limbs, y: Limbs, label: string): void {
  const zero = air.constant(0);
  const names = ['low', 'high'] as const;
  const carry = carries(x, y, [zero, zero]);
  for (const i of [0, 1] as const) {
    air.zero(copy.mul(y[i].sub(x[i])), `${label}: ${names[i]} copied`);
    air.zero(negate.mul(carry[i]).mul(carry[i].sub(1)), `${label}: ${names[i]} negated`);
  }
}

export const DIV_REM = chip({
  name: 'DivRem',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isDiv, isDivu, isRem, isRemu, a, b, c, sign, carry, borrow, negate } = row;
    const { bMagnitude, cMagnitude, quotientMagnitude, remainderMagnitude, quotient, remainder } = row;
    const isZero = row.divisorIsZero;
    const one = air.constant(1);
    const isQuotient = isDiv.add(isDivu);
    const isRemainder = isRem.add(isRemu);
    const signed = isDiv.add(isRem);
    const real = isQuotient.add(isRemainder);
    air.bool(real, 'at most one operation');
    const operation = sum(
      isDiv.mul(OPERATIONS.DIV),
      isDivu.mul(OPERATIONS.DIVU),
      isRem.mul(OPERATIONS.REM),
      isRemu.mul(OPERATIONS.REMU),
    );
    rType(air, row, { real, operation, b, c, a });

    // Signs and magnitudes.
    air.zero(sign[0].mul(one.sub(signed)), 'sign of b only in signed rows');
    air.zero(sign[1].mul(one.sub(signed)), 'sign of c only in signed rows');
    signBit(air, signed, b[1], sign[0], 'sign of b');
    signBit(air, signed, c[1], sign[1], 'sign of c');
    const cLimbs: Limbs = [join(cMagnitude[0], cMagnitude[1]), join(cMagnitude[2], cMagnitude[3])];
    const quotientLimbs: Limbs = [
      join(quotientMagnitude[0], quotientMagnitude[1]),
      join(quotientMagnitude[2], quotientMagnitude[3]),
    ];
    bytePair(air, real, cMagnitude[0], cMagnitude[1], '|c| low');
    bytePair(air, real, cMagnitude[2], cMagnitude[3], '|c| high');
    bytePair(air, real, quotientMagnitude[0], quotientMagnitude[1], '|quotient| low');
    bytePair(air, real, quotientMagnitude[2], quotientMagnitude[3], '|quotient| high');
    const words = { '|b|': bMagnitude, '|remainder|': remainderMagnitude, quotient, remainder };
    for (const [name, word] of Object.entries(words)) {
      range(air, real, word[0], 16, `${name} low`);
      range(air, real, word[1], 16, `${name} high`);
    }
    plusOrMinus(air, one.sub(sign[0]), sign[0], b, bMagnitude, '|b|');
    plusOrMinus(air, one.sub(sign[1]), sign[1], c, cLimbs, '|c|');
    plusOrMinus(air, one.sub(sign[0]), sign[0], remainder, remainderMagnitude, 'remainder has the sign of b');

    // |b| = |quotient| |c| + |remainder| over the integers: every sum is below p, and the limbs above 2^32 are sums of
    // non-negative terms.
    const s = byteProducts(air, quotientMagnitude, cMagnitude);
    const [s0, s1, s2, s3, s4, s5, s6] = s;
    if (!s0 || !s1 || !s2 || !s3 || !s4 || !s5 || !s6) throw new RangeError('seven product sums');
    const low = sum(s0, s1.mul(256), remainderMagnitude[0]);
    air.equal(low, bMagnitude[0].add(carry.mul(2 ** 16)), 'product: low limb');
    air.equal(sum(s2, s3.mul(256), remainderMagnitude[1], carry), bMagnitude[1], 'product: high limb');
    air.zero(sum(s4, s5, s6), 'product: nothing above 2^32');
    range(air, real, carry, 12, 'carry');

    // |remainder| < |c| unless c = 0. Without the flag this forces c != 0, with it c = 0.
    air.zero(isZero.mul(one.sub(real)), 'divisor is zero only on real rows');
    air.zero(isZero.mul(c[0]), 'divisor is zero: low limb');
    air.zero(isZero.mul(c[1]), 'divisor is zero: high limb');
    const bounded = real.sub(isZero);
    const difference = cLimbs[0].sub(remainderMagnitude[0]).sub(1);
    range(air, bounded, difference.add(borrow.mul(2 ** 16)), 16, '|c| - |remainder| - 1 low');
    range(air, bounded, cLimbs[1].sub(remainderMagnitude[1]).sub(borrow), 16, '|c| - |remainder| - 1 high');

    // Quotient: negated iff the signs differ; all ones for division by zero.
    const signsDiffer = sign[0].add(sign[1]).sub(sign[0].mul(sign[1]).mul(2));
    air.equal(negate, one.sub(isZero).mul(signsDiffer), 'quotient is negated iff signs differ');
    plusOrMinus(air, bounded.sub(negate), negate, quotientLimbs, quotient, 'quotient');
    const names = ['low', 'high'] as const;
    for (const i of [0, 1] as const) {
      air.zero(isZero.mul(quotient[i].sub(0xffff)), `divisor is zero: quotient ${names[i]}`);
      const result = isQuotient.mul(quotient[i]).add(isRemainder.mul(remainder[i]));
      air.equal(a[i], result, `a ${names[i]}`);
    }
  },
});
