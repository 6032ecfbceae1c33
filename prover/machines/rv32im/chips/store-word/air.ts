/** StoreWord: sw. */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { access, addition, gapHighs, instruction, readRegister, wordAddress } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const STORE_WORD = chip({
  name: 'StoreWord',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal: real, pc, time, rs1, rs2, immediate, b, c } = row;
    instruction(air, {
      real,
      pc,
      time,
      operation: OPERATIONS.SW,
      rs1,
      rs2,
      immediate,
    });
    addition(air, b, immediate, row.address, 'address = b + imm');
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
      address: wordAddress(air, real, row.address[0], row.address[1], 'address'),
      before: row.before,
      after: c,
      order: row.ramOrder,
      at: time.add(2),
      active: real,
      real,
    });
    gapHighs(air, real, [rs1High, rs2High], 'rs1, rs2');
    gapHighs(air, real, [ramHigh, 0], 'RAM');
  },
});
