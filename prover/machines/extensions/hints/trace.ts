import type { ChipTrace } from '../../../air/machine.ts';
import { ZkError } from '../../../core/errors.ts';
import { SYSCALLS } from '../../../vm/isa/operations.ts';
import { FIELD, HINT_FIELD, type RecordTable } from '../../../vm/execution-record.ts';
import { gap, limbRanges, limbs, newTrace, type Lookups } from '../../rv32im/shared/fill.ts';
import { COLUMNS } from './columns.ts';

/** Fills HintWrite: the words of `hints`, and after the words of each HINT_READ among `ecalls` a row that ends it. */
export function fillHintWrite(hints: RecordTable, ecalls: RecordTable, lookups: Lookups): ChipTrace {
  let calls = 0;
  for (let w = 0; w < ecalls.words.length; w += ecalls.width) {
    if (ecalls.words[w + FIELD.rs1] === SYSCALLS.HINT_READ) calls++;
  }
  const { trace, column: c } = newTrace(COLUMNS, hints.rows + calls);
  const words = hints.words;
  let row = 0;
  let h = 0;
  for (let w = 0; w < ecalls.words.length; w += ecalls.width) {
    if (ecalls.words[w + FIELD.rs1] !== SYSCALLS.HINT_READ) continue;
    const time = ecalls.words[w + FIELD.time]!;
    const start = ecalls.words[w + FIELD.rdOld]! >>> 2;
    const count = ecalls.words[w + FIELD.rs2]! >>> 2;
    for (let j = 0; j <= count; j++, row++) {
      c.isReal[row] = 1;
      c.time[row] = time;
      c.address[row] = start + j;
      c.remaining[row] = count - j;
      if (j === count) {
        c.isEnd[row] = 1;
        continue;
      }
      if (words[h + HINT_FIELD.address] !== start + j || words[h + HINT_FIELD.time] !== time) {
        throw new ZkError('TRACE', `hint word ${j} of the call at time ${time} is missing`);
      }
      const value = words[h + HINT_FIELD.value]!;
      limbs(c.value, row, value);
      limbRanges(lookups, value);
      limbs(c.before, row, words[h + HINT_FIELD.old]!);
      lookups.bytes(gap(c.order, row, time + 3, words[h + HINT_FIELD.prevTime]!, lookups), 0);
      h += hints.width;
    }
  }
  if (h !== words.length) throw new ZkError('TRACE', 'hint words without a HINT_READ');
  return trace;
}
