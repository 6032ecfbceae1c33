import type { ChipTrace } from '../../../../air/machine.ts';
import { QUAD_FIELD, type RecordTable } from '../../../../vm/execution-record.ts';
import { limbs, newTrace } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

/** Fills Boundary from the touched quads. */
export function fillBoundary({ words, width, rows }: RecordTable): ChipTrace {
  const { trace, column: c } = newTrace(COLUMNS, rows);
  const pairs = (columns: readonly Uint32Array[]) =>
    [0, 1, 2, 3].map((k): [Uint32Array, Uint32Array] => [columns[2 * k]!, columns[2 * k + 1]!]);
  const [init, final] = [pairs(c.init), pairs(c.final)];
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    c.isReal[row] = 1;
    c.index[row] = words[w + QUAD_FIELD.index]!;
    for (let k = 0; k < 4; k++) {
      limbs(init[k]!, row, words[w + QUAD_FIELD.init + k]!);
      limbs(final[k]!, row, words[w + QUAD_FIELD.final + k]!);
      c.finalTime[k]![row] = words[w + QUAD_FIELD.times + k]!;
    }
  }
  return trace;
}
