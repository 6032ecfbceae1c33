import { FIELD } from '../../../../vm/execution-record.ts';
import { REGISTERS, countWordAddress, fillStep, gap, limbs, startTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillStoreWord: FillChip = (table, context) => {
  const { trace, column: c, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = fillStep(c, row, words, w, context);
    const time = words[w + FIELD.time]!;
    c.isReal[row] = 1;
    c.rs1[row] = REGISTERS + rom.rs1[i]!;
    c.rs2[row] = REGISTERS + rom.rs2[i]!;
    limbs(c.immediate, row, rom.immediate[i]!);
    limbs(c.b, row, words[w + FIELD.rs1]!);
    limbs(c.c, row, words[w + FIELD.rs2]!);
    const address = (words[w + FIELD.rs1]! + rom.immediate[i]!) >>> 0;
    limbs(c.address, row, address);
    countWordAddress(lookups, address);
    limbs(c.before, row, words[w + FIELD.memoryOld]!);
    const rs1High = gap(c.rs1Order, row, time, words[w + FIELD.rs1PrevTime]!, lookups);
    const rs2High = gap(c.rs2Order, row, time + 1, words[w + FIELD.rs2PrevTime]!, lookups);
    lookups.bytes(rs1High, rs2High);
    lookups.bytes(gap(c.ramOrder, row, time + 2, words[w + FIELD.memoryPrevTime]!, lookups), 0);
  }
  return trace;
};
