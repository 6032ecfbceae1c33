/** LoadWord: lw. Also for rd = x0 the row keeps its address checks. */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { access, addition, gapHighs, instruction, readRegister, wordAddress, writeRd } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const LOAD_WORD = chip({
  name: 'LoadWord',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal: real, pc, time, rs1, rd, write, immediate, b, value } = row;
    air.zero(write.mul(air.constant(1).sub(real)), 'rd is written only on real rows');
    instruction(air, {
      real,
      pc,
      time,
      operation: OPERATIONS.LW,
      rd,
      rs1,
      write,
      immediate,
    });
    addition(air, b, immediate, row.address, 'address = b + imm');
    const rs1High = readRegister(air, { name: 'rs1', register: rs1, value: b, order: row.rs1Order, at: time, real });
    const ramHigh = access(air, {
      name: 'RAM',
      address: wordAddress(air, real, row.address[0], row.address[1], 'address'),
      before: value,
      after: value,
      order: row.ramOrder,
      at: time.add(2),
      active: real,
      real,
    });
    const rdHigh = writeRd(air, { rd, before: row.rdBefore, value, order: row.rdOrder, time, active: write, real });
    gapHighs(air, real, [rs1High, ramHigh], 'rs1, RAM');
    gapHighs(air, real, [rdHigh, 0], 'rd');
  },
});
