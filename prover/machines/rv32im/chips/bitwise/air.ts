/** Bitwise: and, or, xor and their immediate forms, from b AND c byte by byte: b|c = b+c-and, b^c = b+c-2and. */
import { chip } from '../../../../air/chip.ts';
import { IMMEDIATE, OPERATIONS } from '../../../../vm/isa/operations.ts';
import { BYTE_AND } from '../../buses.ts';
import { join, rType, sum, type Limbs } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const BITWISE = chip({
  name: 'Bitwise',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isImmediate, immediate, a, b, c, and } = row;
    const real = sum(row.isAnd, row.isOr, row.isXor);
    air.bool(real, 'at most one operation');
    const operation = sum(
      row.isAnd.mul(OPERATIONS.AND),
      row.isOr.mul(OPERATIONS.OR),
      row.isXor.mul(OPERATIONS.XOR),
      isImmediate.mul(IMMEDIATE),
    );
    const bLimbs: Limbs = [join(b[0], b[1]), join(b[2], b[3])];
    const cLimbs: Limbs = [join(c[0], c[1]), join(c[2], c[3])];
    rType(air, row, { real, operation, b: bLimbs, c: cLimbs, a, form: { isImmediate, immediate } });

    // The lookups also prove that the bytes are bytes, and thereby that the result has 16-bit limbs.
    for (const i of [0, 1, 2, 3] as const) air.send(BYTE_AND, real, [b[i], c[i], and[i]], `byte and: byte ${i}`);
    const result = ([0, 1, 2, 3] as const).map((i) => {
      const both = b[i].add(c[i]);
      const or = row.isOr.mul(both.sub(and[i]));
      return sum(row.isAnd.mul(and[i]), or, row.isXor.mul(both.sub(and[i].mul(2))));
    });
    const [r0, r1, r2, r3] = result;
    if (r0 === undefined || r1 === undefined || r2 === undefined || r3 === undefined) throw new RangeError('4 bytes');
    air.equal(a[0], join(r0, r1), 'a low');
    air.equal(a[1], join(r2, r3), 'a high');
  },
});
