/** Fills the columns of `ROUND_COLUMNS`: one Poseidon2-KB-16 a row. */
import type { Row } from '../../air/columns.ts';
import { add, mul } from '../../field/koalabear.ts';
import {
  FIRST_CONSTANTS,
  INTERNAL_DIAGONAL,
  LAST_CONSTANTS,
  PARTIAL_CONSTANTS,
  WIDTH,
} from '../../hash/poseidon2-koalabear.ts';
import type { ROUND_COLUMNS } from './poseidon2-air.ts';

/** Writes one row; destroys `state`, which holds the 16 inputs. */
export function fillRounds(state: number[], column: Row<typeof ROUND_COLUMNS, Uint32Array>, row: number): void {
  const { input, first, partial, last } = column;
  for (let i = 0; i < WIDTH; i++) input[i]![row] = state[i]!;
  externalLayer(state);
  for (const [r, constants] of FIRST_CONSTANTS.entries()) {
    for (let i = 0; i < WIDTH; i++) first[WIDTH * r + i]![row] = state[i] = cube(add(state[i]!, constants[i]!));
    externalLayer(state);
  }
  for (const [r, constant] of PARTIAL_CONSTANTS.entries()) {
    partial[r]![row] = state[0] = cube(add(state[0]!, constant));
    const sum = state.reduce((total, lane) => add(total, lane));
    for (let i = 0; i < WIDTH; i++) state[i] = add(sum, mul(state[i]!, INTERNAL_DIAGONAL[i]!));
  }
  for (const [r, constants] of LAST_CONSTANTS.slice(0, -1).entries()) {
    for (let i = 0; i < WIDTH; i++) last[WIDTH * r + i]![row] = state[i] = cube(add(state[i]!, constants[i]!));
    externalLayer(state);
  }
}

function cube(x: number): number {
  return mul(mul(x, x), x);
}

/** circ(2*M4, M4, M4, M4), in place; the row checker compares it with the chip's expressions. */
function externalLayer(state: number[]): void {
  const sums = [0, 0, 0, 0];
  for (let q = 0; q < WIDTH; q += 4) {
    const [a, b, c, d] = [state[q]!, state[q + 1]!, state[q + 2]!, state[q + 3]!];
    const sum = add(add(a, b), add(c, d));
    state[q] = add(add(sum, a), add(b, b));
    state[q + 1] = add(add(sum, b), add(c, c));
    state[q + 2] = add(add(sum, c), add(d, d));
    state[q + 3] = add(add(sum, d), add(a, a));
    for (let k = 0; k < 4; k++) sums[k] = add(sums[k]!, state[q + k]!);
  }
  for (let i = 0; i < WIDTH; i++) state[i] = add(state[i]!, sums[i % 4]!);
}
