import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { REGISTERS, countWordAddress, fillStep, gap, limbs, startTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillStoreNarrow: FillChip = (table, context) => {
  const { trace, column: c, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = fillStep(c, row, words, w, context);
    const time = words[w + FIELD.time]!;
    const isByte = rom.operation[i] === OPERATIONS.SB;
    if (isByte) c.isSb[row] = 1;
    else c.isSh[row] = 1;
    c.rs1[row] = REGISTERS + rom.rs1[i]!;
    c.rs2[row] = REGISTERS + rom.rs2[i]!;
    limbs(c.immediate, row, rom.immediate[i]!);
    limbs(c.b, row, words[w + FIELD.rs1]!);
    const stored = words[w + FIELD.rs2]!;
    limbs(c.c, row, stored);
    const address = (words[w + FIELD.rs1]! + rom.immediate[i]!) >>> 0;
    limbs(c.address, row, address);
    countWordAddress(lookups, address - (address & 3));
    c.offset[0][row] = address & 1;
    c.offset[1][row] = (address >>> 1) & 1;
    const before = words[w + FIELD.memoryOld]!;
    limbs(c.before, row, before);
    const upper = (address & 2) !== 0;
    const half = upper ? before >>> 16 : before & 0xffff;
    c.half[0][row] = half & 0xff;
    c.half[1][row] = half >>> 8;
    lookups.bytes(half & 0xff, half >>> 8);
    const cByte = stored & 0xff;
    c.cByte[row] = cByte;
    lookups.bytes(cByte, (stored >>> 8) & 0xff);
    let newHalf = stored & 0xffff;
    if (isByte) newHalf = (address & 1) === 0 ? (half & 0xff00) | cByte : (half & 0xff) | (cByte << 8);
    c.newHalf[row] = newHalf;
    c.after[0][row] = upper ? before & 0xffff : newHalf;
    c.after[1][row] = upper ? newHalf : before >>> 16;
    const rs1High = gap(c.rs1Order, row, time, words[w + FIELD.rs1PrevTime]!, lookups);
    const rs2High = gap(c.rs2Order, row, time + 1, words[w + FIELD.rs2PrevTime]!, lookups);
    lookups.bytes(rs1High, rs2High);
    lookups.bytes(gap(c.ramOrder, row, time + 2, words[w + FIELD.memoryPrevTime]!, lookups), 0);
  }
  return trace;
};
