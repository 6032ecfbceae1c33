import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { REGISTERS, countWordAddress, fillStep, gap, limbs, startTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillLoadNarrow: FillChip = (table, context) => {
  const { trace, column: c, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  const flags = [c.isLb, c.isLbu, c.isLh, c.isLhu];
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = fillStep(c, row, words, w, context);
    const time = words[w + FIELD.time]!;
    const operation = rom.operation[i]!;
    flags[operation - OPERATIONS.LB]![row] = 1;
    c.rd[row] = REGISTERS + rom.rd[i]!;
    c.rs1[row] = REGISTERS + rom.rs1[i]!;
    c.write[row] = rom.write[i]!;
    limbs(c.immediate, row, rom.immediate[i]!);
    limbs(c.b, row, words[w + FIELD.rs1]!);
    const address = (words[w + FIELD.rs1]! + rom.immediate[i]!) >>> 0;
    limbs(c.address, row, address);
    countWordAddress(lookups, address - (address & 3));
    c.offset[0][row] = address & 1;
    c.offset[1][row] = (address >>> 1) & 1;
    const word = words[w + FIELD.memoryOld]!;
    limbs(c.word, row, word);
    const half = (address & 2) === 0 ? word & 0xffff : word >>> 16;
    const byte = (address & 1) === 0 ? half & 0xff : half >>> 8;
    c.half[0][row] = half & 0xff;
    c.half[1][row] = half >>> 8;
    lookups.bytes(half & 0xff, half >>> 8);
    c.byte[row] = byte;
    let sign = 0;
    if (operation === OPERATIONS.LB) {
      sign = byte >>> 7;
      lookups.range(byte & 0x7f, 7);
    } else if (operation === OPERATIONS.LH) {
      sign = half >>> 15;
      lookups.range(half & 0x7fff, 15);
    }
    c.sign[row] = sign;
    c.aLow[row] = operation <= OPERATIONS.LBU ? byte + 0xff00 * sign : half;
    limbs(c.rdBefore, row, words[w + FIELD.rdOld]!);
    const rs1High = gap(c.rs1Order, row, time, words[w + FIELD.rs1PrevTime]!, lookups);
    const ramHigh = gap(c.ramOrder, row, time + 2, words[w + FIELD.memoryPrevTime]!, lookups);
    lookups.bytes(rs1High, ramHigh);
    lookups.bytes(gap(c.rdOrder, row, time + 3, words[w + FIELD.rdPrevTime]!, lookups), 0);
  }
  return trace;
};
