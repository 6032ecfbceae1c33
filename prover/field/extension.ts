/** F = F_p[X]/(X^5 + X^2 - 1) on plain canonical tuples, low degree first. 25 base products, then X^5 = 1 - X^2. */
import type { ExtValue } from './types.ts';
import {
  P,
  add as addBase,
  inverse as inverseBase,
  mul as mulBase,
  neg as negBase,
  sub as subBase,
} from './koalabear.ts';

export const DEGREE = 5;
export const ZERO: ExtValue = [0, 0, 0, 0, 0];
export const ONE: ExtValue = [1, 0, 0, 0, 0];

export function fromBase(a: number): ExtValue {
  return [a, 0, 0, 0, 0];
}

export function add(a: ExtValue, b: ExtValue): ExtValue {
  return [addBase(a[0], b[0]), addBase(a[1], b[1]), addBase(a[2], b[2]), addBase(a[3], b[3]), addBase(a[4], b[4])];
}

export function sub(a: ExtValue, b: ExtValue): ExtValue {
  return [subBase(a[0], b[0]), subBase(a[1], b[1]), subBase(a[2], b[2]), subBase(a[3], b[3]), subBase(a[4], b[4])];
}

export function neg(a: ExtValue): ExtValue {
  return [negBase(a[0]), negBase(a[1]), negBase(a[2]), negBase(a[3]), negBase(a[4])];
}

export function scale(a: ExtValue, k: number): ExtValue {
  return [mulBase(a[0], k), mulBase(a[1], k), mulBase(a[2], k), mulBase(a[3], k), mulBase(a[4], k)];
}

/** sum_j x_j*y_j mod p for up to five products: high and low halves are summed exactly, then reduced once. */
function reduce(high: number, low: number): number {
  return ((high % P) * 65536 + low) % P;
}

export function mul(a: ExtValue, b: ExtValue): ExtValue {
  const [a0, a1, a2, a3, a4] = a;
  const h0 = b[0] >>> 16,
    h1 = b[1] >>> 16,
    h2 = b[2] >>> 16,
    h3 = b[3] >>> 16,
    h4 = b[4] >>> 16;
  const l0 = b[0] & 0xffff,
    l1 = b[1] & 0xffff,
    l2 = b[2] & 0xffff,
    l3 = b[3] & 0xffff,
    l4 = b[4] & 0xffff;
  const d0 = reduce(a0 * h0, a0 * l0);
  const d1 = reduce(a0 * h1 + a1 * h0, a0 * l1 + a1 * l0);
  const d2 = reduce(a0 * h2 + a1 * h1 + a2 * h0, a0 * l2 + a1 * l1 + a2 * l0);
  const d3 = reduce(a0 * h3 + a1 * h2 + a2 * h1 + a3 * h0, a0 * l3 + a1 * l2 + a2 * l1 + a3 * l0);
  const d4 = reduce(a0 * h4 + a1 * h3 + a2 * h2 + a3 * h1 + a4 * h0, a0 * l4 + a1 * l3 + a2 * l2 + a3 * l1 + a4 * l0);
  const d5 = reduce(a1 * h4 + a2 * h3 + a3 * h2 + a4 * h1, a1 * l4 + a2 * l3 + a3 * l2 + a4 * l1);
  const d6 = reduce(a2 * h4 + a3 * h3 + a4 * h2, a2 * l4 + a3 * l3 + a4 * l2);
  const d7 = reduce(a3 * h4 + a4 * h3, a3 * l4 + a4 * l3);
  const d8 = reduce(a4 * h4, a4 * l4);
  // X^5 = 1 - X^2, X^6 = X - X^3, X^7 = X^2 - X^4, X^8 = X^3 + X^2 - 1.
  return [
    subBase(addBase(d0, d5), d8),
    addBase(d1, d6),
    addBase(subBase(addBase(d2, d7), d5), d8),
    addBase(subBase(d3, d6), d8),
    subBase(d4, d7),
  ];
}

/** Powers of the Frobenius on X: row i-1 of FROBENIUS[k-1] is X^(i*p^k) for i = 1..4. Computed once at load. */
const FROBENIUS: readonly (readonly ExtValue[])[] = (() => {
  const power = (base: ExtValue, exponent: number): ExtValue => {
    let result = ONE;
    let square = base;
    for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
      if (e % 2 === 1) result = mul(result, square);
      square = mul(square, square);
    }
    return result;
  };
  const tables: ExtValue[][] = [];
  let image: ExtValue = [0, 1, 0, 0, 0];
  for (let k = 1; k <= 4; k++) {
    image = power(image, P);
    const rows: ExtValue[] = [image];
    for (let i = 2; i <= 4; i++) rows.push(mul(rows[i - 2] ?? ONE, image));
    tables.push(rows);
  }
  return tables;
})();

/** a^(p^k), k = 1..4. */
export function frobenius(a: ExtValue, k: number): ExtValue {
  const rows = FROBENIUS[k - 1];
  if (rows === undefined) throw new RangeError(`"k" expected 1..4, got ${k}`);
  let result = fromBase(a[0]);
  for (const [i, row] of rows.entries()) result = add(result, scale(row, a[i + 1] ?? 0));
  return result;
}

/** 1/a through the norm: a^(p+p^2+p^3+p^4) / N(a), N(a) in the base field. RangeError for a = 0. */
export function inverse(a: ExtValue): ExtValue {
  const conjugates = mul(mul(frobenius(a, 1), frobenius(a, 2)), mul(frobenius(a, 3), frobenius(a, 4)));
  const norm = mul(conjugates, a)[0];
  return scale(conjugates, inverseBase(norm));
}

export function equals(a: ExtValue, b: ExtValue): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3] && a[4] === b[4];
}
