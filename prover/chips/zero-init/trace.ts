import type { ChipTrace } from '../../air/machine.ts';
import { ZkError } from '../../core/errors.ts';
import { FINAL_FIELD, type RecordTable } from '../../vm/records.ts';
import { limbs, newTrace, type Lookups } from '../shared/fill.ts';
import { COLUMNS } from './columns.ts';

/** The end of the chain: one more than the highest word address. */
export const END_OF_RAM = 2 ** 28;

/** Fills ZeroInit from the touched words (ascending, at or above `imageEnd`). The first row is always `imageEnd`. */
export function fillZeroInit(touched: RecordTable, imageEnd: number, lookups: Lookups): ChipTrace {
  const words = touched.words;
  const first = touched.rows === 0 ? undefined : words[FINAL_FIELD.address];
  const lead = first === imageEnd ? 0 : 1;
  const { trace, column: c } = newTrace(COLUMNS, touched.rows + lead);
  const rows = touched.rows + lead;
  for (let row = 0; row < rows; row++) {
    const w = (row - lead) * touched.width;
    const isLead = row < lead;
    const address = isLead ? imageEnd : words[w + FINAL_FIELD.address]!;
    const next = row + 1 < rows ? words[(row + 1 - lead) * touched.width + FINAL_FIELD.address]! : END_OF_RAM;
    if (address < imageEnd || next <= address) {
      throw new ZkError('TRACE', `word ${address}: touched words expected ascending from the image end ${imageEnd}`);
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
