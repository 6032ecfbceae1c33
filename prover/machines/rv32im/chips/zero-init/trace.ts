import type { ChipTrace } from '../../../../air/machine.ts';
import { ZkError } from '../../../../core/errors.ts';
import type { Image } from '../../../../vm/program.ts';
import { FINAL_FIELD, type RecordTable } from '../../../../vm/execution-record.ts';
import { limbs, newTrace, type Lookups } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

/**
 * Rows of ZeroInit for these touched words: one each, and one for the start of the range, where the chain begins, when that
 * word was not touched. An empty range has no chain.
 */
export function zeroInitRows(touched: RecordTable, { zeroStart, zeroEnd }: Image): number {
  const isFirstTouched = touched.rows > 0 && touched.words[FINAL_FIELD.address] === zeroStart;
  return touched.rows + (isFirstTouched || zeroStart === zeroEnd ? 0 : 1);
}

/** Fills ZeroInit from the touched words, which are ascending and in the zero range. Errors: ZkError TRACE otherwise. */
export function fillZeroInit(touched: RecordTable, image: Image, lookups: Lookups): ChipTrace {
  const { zeroStart, zeroEnd } = image;
  const words = touched.words;
  const rows = zeroInitRows(touched, image);
  const lead = rows - touched.rows;
  const { trace, column: c } = newTrace(COLUMNS, rows);
  for (let row = 0; row < rows; row++) {
    const w = (row - lead) * touched.width;
    const isLead = row < lead;
    const address = isLead ? zeroStart : words[w + FINAL_FIELD.address]!;
    const next = row + 1 < rows ? words[(row + 1 - lead) * touched.width + FINAL_FIELD.address]! : zeroEnd;
    if (address < zeroStart || next <= address || next > zeroEnd) {
      throw new ZkError('TRACE', `word ${address}: touched words expected ascending from ${zeroStart} to ${zeroEnd}`);
    }
    c.isReal[row] = 1;
    c.address[row] = address;
    c.addressLow[row] = address & 0xffff;
    lookups.range16(address & 0xffff);
    lookups.range(address >>> 16, 12);
    const step = next - address - 1;
    c.next[row] = next;
    c.stepLow[row] = step & 0xffff;
    lookups.range16(step & 0xffff);
    lookups.range(step >>> 16, 12);
    if (isLead) continue;
    limbs(c.final, row, words[w + FINAL_FIELD.value]!);
    c.finalTime[row] = words[w + FINAL_FIELD.time]!;
  }
  return trace;
}
