import type { ChipTrace } from '../../../../air/machine.ts';
import { NODE_FIELD, type RecordTable } from '../../../../vm/execution-record.ts';
import { newTrace } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

const DIGESTS = ['leftInit', 'leftFinal', 'rightInit', 'rightFinal', 'outInit', 'outFinal'] as const;
const NUMBERS = ['level', 'index', 'touchedLeft', 'touchedRight'] as const;

/** Fills Merkle from the touched nodes. */
export function fillMerkle({ words, width, rows }: RecordTable): ChipTrace {
  const { trace, column: c } = newTrace(COLUMNS, rows);
  const copies: [column: Uint32Array, field: number][] = [
    ...NUMBERS.map((name): [Uint32Array, number] => [c[name], NODE_FIELD[name]]),
    ...DIGESTS.flatMap((name) => c[name].map((column, i): [Uint32Array, number] => [column, NODE_FIELD[name] + i])),
  ];
  c.isReal.fill(1, 0, rows);
  for (const [column, field] of copies) {
    for (let row = 0, w = field; row < rows; row++, w += width) column[row] = words[w]!;
  }
  return trace;
}
