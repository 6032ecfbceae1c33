/** LessThan: slt, sltu and their immediate forms. */
import { chip } from '../../../../air/chip.ts';
import { IMMEDIATE, OPERATIONS } from '../../../../vm/isa/operations.ts';
import { rType, sum } from '../../shared/air.ts';
import { comparison } from '../../shared/compare.ts';
import { COLUMNS } from './columns.ts';

export const LESS_THAN = chip({
  name: 'LessThan',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isImmediate, immediate, b, c, borrow } = row;
    const real = row.isSlt.add(row.isSltu);
    air.bool(real, 'at most one operation');
    const operation = sum(row.isSlt.mul(OPERATIONS.SLT), row.isSltu.mul(OPERATIONS.SLTU), isImmediate.mul(IMMEDIATE));
    rType(air, row, { real, operation, b, c, a: [borrow[1], 0], form: { isImmediate, immediate } });
    comparison(air, { real, signed: row.isSlt, b, c, sign: row.sign, borrow });
  },
});
