import { COMMIT_INDEX_BITS } from '../../../../vm/address-map.ts';
import { SYSCALLS } from '../../../../vm/isa/operations.ts';
import { ECALL_FIELD, FIELD } from '../../../../vm/execution-record.ts';
import { fillStep, gap, limbRanges, limbs, startTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillEcall: FillChip = (table, context) => {
  const { trace, column: c, words, width, rows, lookups } = startTrace(COLUMNS, table, context);
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    fillStep(c, row, words, w, context);
    const time = words[w + FIELD.time]!;
    const number = words[w + ECALL_FIELD.number]!;
    const a0 = words[w + ECALL_FIELD.a0]!;
    const a1 = words[w + ECALL_FIELD.a1]!;
    const after = words[w + ECALL_FIELD.result]!;
    if (number === SYSCALLS.HALT) {
      c.isHalt[row] = 1;
    } else if (number === SYSCALLS.WRITE) {
      c.isWrite[row] = 1;
    } else if (number === SYSCALLS.COMMIT) {
      c.isCommit[row] = 1;
    } else {
      c.isCall[row] = 1;
      c.number[row] = number;
      limbRanges(lookups, after);
    }
    limbs(c.a0, row, a0);
    limbs(c.a1, row, a1);
    limbs(c.a2, row, words[w + ECALL_FIELD.a2]!);
    limbs(c.a0After, row, after);
    const t0High = gap(c.t0Order, row, time, words[w + FIELD.rs1PrevTime]!, lookups);
    const a1High = gap(c.a1Order, row, time + 1, words[w + FIELD.rs2PrevTime]!, lookups);
    const a2High = gap(c.a2Order, row, time + 2, words[w + ECALL_FIELD.a2PrevTime]!, lookups);
    const a0High = gap(c.a0Order, row, time + 3, words[w + FIELD.rdPrevTime]!, lookups);
    lookups.bytes(t0High, a1High);
    lookups.bytes(a2High, a0High);
    if (number !== SYSCALLS.HALT && number !== SYSCALLS.COMMIT) continue;
    if (number === SYSCALLS.COMMIT) lookups.range(a0, COMMIT_INDEX_BITS);
    limbs(c.systemBefore, row, words[w + ECALL_FIELD.systemOld]!);
    lookups.bytes(gap(c.systemOrder, row, time + 3, words[w + ECALL_FIELD.systemPrevTime]!, lookups), 0);
  }
  return trace;
};
