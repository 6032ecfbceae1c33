/** eq tables on plain values: what is too small for kernels, and the reference for them. */
import * as ext from '../field/extension.ts';
import type { ExtValue } from '../field/types.ts';

/** scale * eq(point, .) on the hypercube, the first coordinate in the lowest index bit. */
export function plainEq(point: readonly ExtValue[], scale: ExtValue = ext.ONE): ExtValue[] {
  let table: ExtValue[] = [scale];
  for (const x of point) {
    const high = table.map((entry) => ext.mul(entry, x));
    table = [...table.map((entry, i) => ext.sub(entry, high[i] ?? ext.ZERO)), ...high];
  }
  return table;
}
