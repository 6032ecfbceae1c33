/** Schoolbook products of two words given as bytes. */
import type { AirBuilder } from '../../../air/chip.ts';
import type { Expr } from '../../../air/expression.ts';

type Bytes = readonly [Expr, Expr, Expr, Expr];

/** S_k = sum over i + j = k of b_i c_j, for k = 0..6. Each is at most 4 * 255^2 < 2^18 when the bytes are bytes. */
export function byteProducts(air: AirBuilder, b: Bytes, c: Bytes): Expr[] {
  const sums: Expr[] = new Array<Expr>(7).fill(air.constant(0));
  for (const [i, x] of b.entries()) {
    for (const [j, y] of c.entries()) sums[i + j] = (sums[i + j] ?? air.constant(0)).add(x.mul(y));
  }
  return sums;
}

/** The same sum over two words; exact, below 2^18. */
export function byteProductSum(b: number, c: number, k: number): number {
  let total = 0;
  for (let i = Math.max(0, k - 3); i <= 3 && i <= k; i++) {
    total += ((b >>> (8 * i)) & 0xff) * ((c >>> (8 * (k - i))) & 0xff);
  }
  return total;
}
