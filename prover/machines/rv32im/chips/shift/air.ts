/**
 * Shift: sll, srl, sra and their immediate forms. Bytes are multiplied by 2^k (left) or 2^(8-k) (right), split into low
 * and high byte, recombined with their neighbour, then moved by whole bytes.
 */
import { chip } from '../../../../air/chip.ts';
import type { Expr } from '../../../../air/expression.ts';
import { IMMEDIATE, OPERATIONS } from '../../../../vm/isa/operations.ts';
import { BYTE_AND } from '../../buses.ts';
import { bytePair, join, rType, sum, type Limbs } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const SHIFT = chip({
  name: 'Shift',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isImmediate, immediate, a, b, bits, power, multiplier, low, high, fill } = row;
    const zero = air.constant(0);
    const one = air.constant(1);
    const isLeft = row.isSll;
    const isRight = row.isSrl.add(row.isSra);
    const real = isLeft.add(isRight);
    air.bool(real, 'at most one operation');
    const operation = sum(
      row.isSll.mul(OPERATIONS.SLL),
      row.isSrl.mul(OPERATIONS.SRL),
      row.isSra.mul(OPERATIONS.SRA),
      isImmediate.mul(IMMEDIATE),
    );
    const bLimbs: Limbs = [join(b[0], b[1]), join(b[2], b[3])];
    const lowByte = bits.reduce<Expr>((total, bit, j) => total.add(bit.mul(2 ** j)), zero);
    const value: Limbs = [join(lowByte, row.cByte1), row.cHigh];
    // Soundness: the second byte must be a byte, or the amount would not be tied to the operand.
    const pair = [row.cByte1, 'second byte of c, rd'] as const;
    rType(air, row, { real, operation, b: bLimbs, c: value, a, form: { isImmediate, immediate }, pair });

    bytePair(air, real, b[0], b[1], 'b low');
    bytePair(air, real, b[2], b[3], 'b high');
    // power = 2^(bit0 + 2 bit1 + 4 bit2).
    const powers = one
      .add(bits[0])
      .mul(one.add(bits[1].mul(3)))
      .mul(one.add(bits[2].mul(15)));
    air.equal(power, powers, 'power of the bit shift');
    air.zero(isLeft.mul(multiplier.sub(power)), 'left: multiplier = 2^k');
    air.zero(isRight.mul(multiplier.mul(power).sub(256)), 'right: multiplier = 2^(8-k)');
    // b_i * multiplier < 2^16, so that its two bytes are unique.
    for (const i of [0, 1, 2, 3] as const) {
      air.equal(b[i].mul(multiplier), join(low[i], high[i]), `byte ${i} times multiplier`);
      bytePair(air, real, low[i], high[i], `byte ${i} times multiplier`);
    }

    air.zero(fill.mul(one.sub(row.isSra)), 'sign fill only in sra');
    air.send(BYTE_AND, row.isSra, [b[3], 128, fill.mul(128)], 'byte and: sign of b');
    air.equal(row.fillBits, fill.mul(air.constant(256).sub(multiplier)), 'sign bits of the top byte');

    // One-hot number of whole bytes, linear in the columns.
    const both = row.bothByteBits;
    air.equal(both, bits[3].mul(bits[4]), 'both byte bits');
    const move = [one.sub(bits[3]).sub(bits[4]).add(both), bits[3].sub(both), bits[4].sub(both), both];
    const left = [low[0], low[1].add(high[0]), low[2].add(high[1]), low[3].add(high[2])];
    const right = [high[0].add(low[1]), high[1].add(low[2]), high[2].add(low[3]), high[3].add(row.fillBits)];
    const filled = fill.mul(255);
    const movedLeft = (i: number): Expr =>
      move.reduce((total, flag, q) => total.add(flag.mul(left[i - q] ?? zero)), zero);
    const movedRight = (i: number): Expr =>
      move.reduce((total, flag, q) => total.add(flag.mul(right[i + q] ?? filled)), zero);
    air.zero(isLeft.mul(a[0].sub(join(movedLeft(0), movedLeft(1)))), 'left: a low');
    air.zero(isLeft.mul(a[1].sub(join(movedLeft(2), movedLeft(3)))), 'left: a high');
    air.zero(isRight.mul(a[0].sub(join(movedRight(0), movedRight(1)))), 'right: a low');
    air.zero(isRight.mul(a[1].sub(join(movedRight(2), movedRight(3)))), 'right: a high');
  },
});
