import type { ChipTrace } from '../../../air/machine.ts';
import { ACCESS_FIELD, CALL_FIELD, callsOf, type ExecutionRecord } from '../../../vm/execution-record.ts';
import { countRows, type RowCounts } from '../../rv32im/row-counts.ts';
import { countWordAddress, gap, limbRanges, limbs, newTrace, type FillContext } from '../../rv32im/shared/fill.ts';
import { HINT_LEN, HINT_READ } from './air.ts';
import { COLUMNS } from './columns.ts';

/** A row per call, and one per word that is read. */
export const HINT_ROWS: RowCounts = [
  { of: `calls:${HINT_LEN}`, each: 1 },
  { of: `calls:${HINT_READ}`, each: 1 },
  { of: `accesses:${HINT_READ}`, each: 1 },
];

/** Fills Hints: first all HINT_LENs, then every HINT_READ with its words behind it. */
export function fillHints(record: ExecutionRecord, { lookups }: FillContext): ChipTrace {
  const { trace, column: c } = newTrace(COLUMNS, countRows(record, HINT_ROWS));
  const lengths = callsOf(record, HINT_LEN);
  const reads = callsOf(record, HINT_READ);
  const { words: accesses, width } = record.accesses;
  let row = 0;
  for (const table of [lengths, reads]) {
    const { words } = table;
    for (let w = 0; w < words.length; w += table.width) {
      const time = words[w + CALL_FIELD.time]!;
      const [a0, a1] = [words[w + CALL_FIELD.a0]!, words[w + CALL_FIELD.a1]!];
      (table === reads ? c.isRead : c.isLength)[row] = 1;
      c.time[row] = time;
      limbs(c.first, row, a0);
      limbs(c.second, row, a1);
      limbs(c.third, row, words[w + CALL_FIELD.a2]!);
      limbs(c.value, row, words[w + CALL_FIELD.result]!);
      row++;
      if (table === lengths) continue;
      countWordAddress(lookups, a0);
      countWordAddress(lookups, a1);
      const count = words[w + CALL_FIELD.accesses]!;
      let at = words[w + CALL_FIELD.firstAccess]! * width;
      for (let left = count; left > 0; left--, row++, at += width) {
        const value = accesses[at + ACCESS_FIELD.new]!;
        c.isWord[row] = 1;
        c.time[row] = time;
        c.first[0][row] = accesses[at + ACCESS_FIELD.address]!;
        c.first[1][row] = left;
        limbs(c.second, row, accesses[at + ACCESS_FIELD.old]!);
        limbs(c.value, row, value);
        limbRanges(lookups, value);
        lookups.bytes(gap(c.third, row, time + 3, accesses[at + ACCESS_FIELD.prevTime]!, lookups), 0);
      }
    }
  }
  return trace;
}
