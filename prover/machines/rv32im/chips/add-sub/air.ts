/** AddSub: add and sub. A subtraction is the addition a + c = b. */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { carries, gapHighs, instruction, range, readRegister, writeRd } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const ADD_SUB = chip({
  name: 'AddSub',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal: real, isSub, pc, time, rs1, rs2, rd, a, b, c } = row;
    const one = air.constant(1);
    air.zero(isSub.mul(one.sub(real)), 'sub only on real rows');
    instruction(air, {
      real,
      pc,
      time,
      operation: isSub.mul(OPERATIONS.SUB - OPERATIONS.ADD).add(OPERATIONS.ADD),
      rd,
      rs1,
      rs2,
      write: 1,
      immediate: [0, 0],
      extra: [0, 0],
      nextPc: pc.add(4),
    });
    const rs1High = readRegister(air, { name: 'rs1', register: rs1, value: b, order: row.rs1Order, at: time, real });
    const rs2High = readRegister(air, {
      name: 'rs2',
      register: rs2,
      value: c,
      order: row.rs2Order,
      at: time.add(1),
      real,
    });
    const rdHigh = writeRd(air, { rd, before: row.rdBefore, value: a, order: row.rdOrder, time, real });
    gapHighs(air, real, [rs1High, rs2High], 'rs1, rs2');
    gapHighs(air, real, [rdHigh, 0], 'rd');
    const names = ['low', 'high'] as const;
    for (const [i, carry] of carries(b, c, a).entries()) {
      air.zero(one.sub(isSub).mul(carry).mul(carry.sub(1)), `add: ${names[i]} carry is boolean`);
    }
    for (const [i, carry] of carries(a, c, b).entries()) {
      air.zero(isSub.mul(carry).mul(carry.sub(1)), `sub: ${names[i]} carry is boolean`);
    }
    range(air, real, a[0], 16, 'a low');
    range(air, real, a[1], 16, 'a high');
  },
});
