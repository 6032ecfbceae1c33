/** StoreNarrow: sb, sh. A half at an odd address has no proof. */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import {
  access,
  addition,
  bytePair,
  gapHighs,
  instruction,
  INVERSE_256,
  join,
  readRegister,
  sum,
  wordAddress,
} from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const STORE_NARROW = chip({
  name: 'StoreNarrow',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isSb, isSh, pc, time, rs1, rs2, immediate, b, c, address, offset, before, half, cByte, newHalf } = row;
    const one = air.constant(1);
    const real = isSb.add(isSh);
    air.bool(real, 'at most one operation');
    instruction(air, {
      real,
      pc,
      time,
      operation: isSb.mul(OPERATIONS.SB).add(isSh.mul(OPERATIONS.SH)),
      rs1,
      rs2,
      immediate,
    });
    addition(air, b, immediate, address, 'address = b + imm');
    const aligned = address[0].sub(offset[0]).sub(offset[1].mul(2));
    const rs1High = readRegister(air, { name: 'rs1', register: rs1, value: b, order: row.rs1Order, at: time, real });
    const rs2High = readRegister(air, {
      name: 'rs2',
      register: rs2,
      value: c,
      order: row.rs2Order,
      at: time.add(1),
      real,
    });
    const ramHigh = access(air, {
      name: 'RAM',
      address: wordAddress(air, real, aligned, address[1], 'address'),
      before,
      after: row.after,
      order: row.ramOrder,
      at: time.add(2),
      active: real,
      real,
    });
    gapHighs(air, real, [rs1High, rs2High], 'rs1, rs2');
    gapHighs(air, real, [ramHigh, 0], 'RAM');

    air.zero(isSh.mul(offset[0]), 'halves are aligned');
    air.equal(join(half[0], half[1]), before[0].add(offset[1].mul(before[1].sub(before[0]))), 'selected half');
    bytePair(air, real, half[0], half[1], 'selected half');
    bytePair(air, real, cByte, c[0].sub(cByte).mul(INVERSE_256), 'low limb of c');
    const withByte = sum(offset[0].mul(join(half[0], cByte)), one.sub(offset[0]).mul(join(cByte, half[1])));
    air.equal(newHalf, isSh.mul(c[0]).add(isSb.mul(withByte)), 'changed half');
    air.equal(row.after[0], newHalf.add(offset[1].mul(before[0].sub(newHalf))), 'low half after');
    air.equal(row.after[1], before[1].add(offset[1].mul(newHalf.sub(before[1]))), 'high half after');
  },
});
