/** LessThan: slt, sltu and their immediate forms. */
import { chip } from '../../../../air/chip.ts';
import { IMMEDIATE, OPERATIONS } from '../../../../vm/isa/operations.ts';
import { gapHighs, instruction, readRegister, secondOperand, sum, writeRd } from '../../shared/air.ts';
import { comparison } from '../../shared/compare.ts';
import { COLUMNS } from './columns.ts';

export const LESS_THAN = chip({
  name: 'LessThan',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { pc, time, rs1, rs2, rd, isImmediate, immediate, b, c, borrow } = row;
    const real = row.isSlt.add(row.isSltu);
    air.bool(real, 'at most one operation');
    const operation = sum(row.isSlt.mul(OPERATIONS.SLT), row.isSltu.mul(OPERATIONS.SLTU), isImmediate.mul(IMMEDIATE));
    instruction(air, {
      real,
      pc,
      time,
      operation,
      rd,
      rs1,
      rs2,
      write: 1,
      immediate,
      extra: [0, 0],
      nextPc: pc.add(4),
    });
    const rs1High = readRegister(air, { name: 'rs1', register: rs1, value: b, order: row.rs1Order, at: time, real });
    const rs2High = secondOperand(air, { real, isImmediate, value: c, immediate, rs2, order: row.rs2Order, time });
    const rdHigh = writeRd(air, { rd, before: row.rdBefore, value: [borrow[1], 0], order: row.rdOrder, time, real });
    gapHighs(air, real, [rs1High, rs2High], 'rs1, rs2');
    gapHighs(air, real, [rdHigh, 0], 'rd');
    comparison(air, { real, signed: row.isSlt, b, c, sign: row.sign, borrow });
  },
});
