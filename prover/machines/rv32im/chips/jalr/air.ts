/** Jalr: next pc = (x[rs1] + imm) with bit 0 cleared. A set bit 1, or a target of 2^30 or more, has no proof. */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { addition, gapHighs, instruction, range, readRegister, wordAddress, writeRd } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const JALR = chip({
  name: 'Jalr',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal: real, pc, time, rs1, rd, write, immediate, b, link } = row;
    air.zero(write.mul(air.constant(1).sub(real)), 'rd is written only on real rows');
    const low = row.sum[0].sub(row.lowestBit);
    instruction(air, {
      real,
      pc,
      time,
      operation: OPERATIONS.JALR,
      rd,
      rs1,
      write,
      immediate,
      extra: link[0].add(link[1].mul(2 ** 16)),
      nextPc: low.add(row.sum[1].mul(2 ** 16)),
    });
    const rs1High = readRegister(air, { name: 'rs1', register: rs1, value: b, order: row.rs1Order, at: time, real });
    const rdHigh = writeRd(air, {
      rd,
      before: row.rdBefore,
      value: link,
      order: row.rdOrder,
      time,
      active: write,
      real,
    });
    gapHighs(air, real, [rs1High, rdHigh], 'rs1, rd');
    // Soundness: the program has the link as one felt. With 16 and 14 bits it is below 2^30 < p, so its limbs are unique.
    range(air, real, link[0], 16, 'link low');
    range(air, real, link[1], 14, 'link high');
    addition(air, b, immediate, row.sum, 'sum = b + imm');
    // Soundness: without the bound on the high limb targets in [p, 2^31) would alias low addresses.
    wordAddress(air, real, low, row.sum[1], 'target');
  },
});
