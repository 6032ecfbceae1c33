/** eq tables of a few variables on plain values: what is too small for kernels. */
import * as ext from '../field/extension.ts';
import type { ExtValue } from '../field/types.ts';

/** eq(point, .) on the hypercube, the first coordinate in the lowest index bit. */
export function plainEq(point: readonly ExtValue[]): ExtValue[] {
  let table: ExtValue[] = [ext.ONE];
  for (const x of point) {
    const high = table.map((entry) => ext.mul(entry, x));
    table = [...table.map((entry, i) => ext.sub(entry, high[i] ?? ext.ZERO)), ...high];
  }
  return table;
}
