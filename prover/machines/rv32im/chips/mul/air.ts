/** Mul: mul, mulh, mulhsu, mulhu. The signed high word is the unsigned one minus sign_b c minus sign_c b, mod 2^32. */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { bytePair, join, range, rType, signBit, sum, type Limbs } from '../../shared/air.ts';
import { byteProducts } from '../../shared/product.ts';
import { COLUMNS } from './columns.ts';

export const MUL = chip({
  name: 'Mul',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isMul, isMulh, isMulhsu, isMulhu, a, b, c, product, carry, sign, borrow } = row;
    const one = air.constant(1);
    const isHigh = sum(isMulh, isMulhsu, isMulhu);
    const real = isMul.add(isHigh);
    air.bool(real, 'at most one operation');
    const operation = sum(
      isMul.mul(OPERATIONS.MUL),
      isMulh.mul(OPERATIONS.MULH),
      isMulhsu.mul(OPERATIONS.MULHSU),
      isMulhu.mul(OPERATIONS.MULHU),
    );
    const bLimbs: Limbs = [join(b[0], b[1]), join(b[2], b[3])];
    const cLimbs: Limbs = [join(c[0], c[1]), join(c[2], c[3])];
    rType(air, row, { real, operation, b: bLimbs, c: cLimbs, a });
    bytePair(air, real, b[0], b[1], 'b low');
    bytePair(air, real, b[2], b[3], 'b high');
    bytePair(air, real, c[0], c[1], 'c low');
    bytePair(air, real, c[2], c[3], 'c high');

    // S_2j + 256 S_2j+1 + k_j-1 = P_j + 2^16 k_j.
    // Soundness: both sides are below p (2^27 and 2^28 + 2^16) with P_j < 2^16 and k_j < 2^12 looked up as they stand,
    // so this is an equation of integers. A carry is never range-checked after a division or scaling.
    const s = byteProducts(air, b, c);
    const [k0, k1, k2] = carry;
    const zero = air.constant(0);
    const carryIn = [zero, k0, k1, k2];
    const carryOut = [k0, k1, k2, zero];
    for (const j of [0, 1, 2, 3] as const) {
      const left = sum(s[2 * j] ?? zero, (s[2 * j + 1] ?? zero).mul(256), carryIn[j] ?? zero);
      air.equal(left, product[j].add((carryOut[j] ?? zero).mul(2 ** 16)), `limb ${j} of the product`);
      range(air, real, product[j], 16, `limb ${j} of the product`);
    }
    for (const j of [0, 1, 2] as const) range(air, real, carry[j], 12, `carry ${j}`);

    air.zero(sign[0].mul(one.sub(isMulh).sub(isMulhsu)), 'sign of b only in signed rows');
    air.zero(sign[1].mul(one.sub(isMulh)), 'sign of c only in signed rows');
    signBit(air, isMulh.add(isMulhsu), bLimbs[1], sign[0], 'sign of b');
    signBit(air, isMulh, cLimbs[1], sign[1], 'sign of c');
    for (const i of [0, 1] as const) {
      air.zero(borrow[i].mul(borrow[i].sub(1)).mul(borrow[i].sub(2)), `borrow ${i} is 0, 1 or 2`);
    }
    const corrected = (i: 0 | 1): ReturnType<typeof sum> =>
      product[i === 0 ? 2 : 3]
        .sub(sign[0].mul(cLimbs[i]))
        .sub(sign[1].mul(bLimbs[i]))
        .add(borrow[i].mul(2 ** 16));
    const high = [corrected(0), corrected(1).sub(borrow[0])] as const;
    const names = ['low', 'high'] as const;
    for (const i of [0, 1] as const) {
      air.zero(isMul.mul(a[i].sub(product[i])), `mul: a ${names[i]}`);
      air.zero(isHigh.mul(a[i].sub(high[i])), `high word: a ${names[i]}`);
      range(air, real, a[i], 16, `a ${names[i]}`);
    }
  },
});
