import type { ChipTrace } from '../../../../air/machine.ts';
import { fillRounds } from '../../../shared/poseidon2-fill.ts';
import { newTrace } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';
import type { Compressions } from './compressions.ts';

const INPUT = 16;

/** Fills Poseidon2: a row for each compression, then unused permutations of zeros. */
export function fillPoseidon2({ rows, inputs, uses }: Compressions): ChipTrace {
  const { trace, column, height } = newTrace(COLUMNS, rows);
  column.uses.set(uses);
  for (let row = 0; row < rows; row++) {
    fillRounds(Array.from(inputs.subarray(INPUT * row, INPUT * row + INPUT)), column, row);
  }
  if (rows < height) {
    fillRounds(new Array<number>(INPUT).fill(0), column, rows);
    for (const cells of trace.columns) cells.fill(cells[rows]!, rows + 1);
  }
  return trace;
}
