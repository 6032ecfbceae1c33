/** AddImm: addi, lui, auipc, jal, nop, fence and every result into x0. a = x[rs1] + imm, next pc from the program. */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { addition, gapHighs, instruction, range, readRegister, writeRd } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const ADD_IMM = chip({
  name: 'AddImm',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal: real, pc, time, rs1, rd, write, immediate, b, a } = row;
    air.zero(write.mul(air.constant(1).sub(real)), 'rd is written only on real rows');
    instruction(air, {
      real,
      pc,
      time,
      operation: OPERATIONS.ADD_IMM,
      rd,
      rs1,
      write,
      immediate,
      extra: row.nextPc,
      nextPc: row.nextPc,
    });
    const rs1High = readRegister(air, { name: 'rs1', register: rs1, value: b, order: row.rs1Order, at: time, real });
    const rdHigh = writeRd(air, { rd, before: row.rdBefore, value: a, order: row.rdOrder, time, active: write, real });
    gapHighs(air, real, [rs1High, rdHigh], 'rs1, rd');
    addition(air, b, immediate, a, 'a = b + imm');
    range(air, real, a[0], 16, 'a low');
    range(air, real, a[1], 16, 'a high');
  },
});
