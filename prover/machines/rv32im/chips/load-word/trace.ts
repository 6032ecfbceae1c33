import { FIELD } from '../../../../vm/execution-record.ts';
import { REGISTERS, countWordAddress, fillStep, gap, limbs, startTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillLoadWord: FillChip = (table, context) => {
  const { trace, column: c, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = fillStep(c, row, words, w, context);
    const time = words[w + FIELD.time]!;
    c.isReal[row] = 1;
    c.rd[row] = REGISTERS + rom.rd[i]!;
    c.rs1[row] = REGISTERS + rom.rs1[i]!;
    c.write[row] = rom.write[i]!;
    limbs(c.immediate, row, rom.immediate[i]!);
    limbs(c.b, row, words[w + FIELD.rs1]!);
    const address = (words[w + FIELD.rs1]! + rom.immediate[i]!) >>> 0;
    limbs(c.address, row, address);
    countWordAddress(lookups, address);
    limbs(c.value, row, words[w + FIELD.memoryOld]!);
    limbs(c.rdBefore, row, words[w + FIELD.rdOld]!);
    const rs1High = gap(c.rs1Order, row, time, words[w + FIELD.rs1PrevTime]!, lookups);
    const ramHigh = gap(c.ramOrder, row, time + 2, words[w + FIELD.memoryPrevTime]!, lookups);
    lookups.bytes(rs1High, ramHigh);
    lookups.bytes(gap(c.rdOrder, row, time + 3, words[w + FIELD.rdPrevTime]!, lookups), 0);
  }
  return trace;
};
