/** Powers and sums over them, on the abstract backend. */
import { ONE, ZERO } from '../field/extension.ts';
import * as kb from '../field/koalabear.ts';
import { at, last } from '../core/lists.ts';
import type { Backend, Wires } from './backend.ts';

/** base^0, base^1, ..., base^(count-1). */
export function powers<W extends Wires>(on: Backend<W>, base: W['ext'], count: number): W['ext'][] {
  const list = [on.extConst(ONE)];
  while (list.length < count) list.push(list.length === 1 ? base : on.extMul(last(list), base));
  return list;
}

/**
 * Terms of one inner sum, unless the backend wants it otherwise: inner sums share a table of powers, need no products between
 * them and can stay unreduced.
 */
const BLOCK = 8;

/** sum_i g^i * values[i], in blocks: sum_a (g^k)^a * sum_(b < k) g^b * values[k a + b], the outer sum by Horner's rule. */
export function powerSum<W extends Wires>(on: Backend<W>, g: W['ext'], values: readonly W['ext'][]): W['ext'] {
  const block = Math.min(on.powerBlock ?? BLOCK, Math.max(1, values.length));
  const table = powers(on, g, block + 1);
  let total: W['ext'] | undefined;
  for (let from = block * Math.floor((values.length - 1) / block); from >= 0; from -= block) {
    const terms = values.slice(from, from + block);
    const sum = block === 1 ? at(terms, 0) : on.extDot(terms, table.slice(0, terms.length));
    total = total === undefined ? sum : on.extMulAdd(total, at(table, block), sum);
  }
  return total ?? on.extConst(ZERO);
}

/** sum_i x^i * values[i] for a base-field point: a univariate polynomial in coefficient form. Blocks as in `powerSum`. */
export function evaluateAtFelt<W extends Wires>(on: Backend<W>, values: readonly W['ext'][], x: W['felt']): W['ext'] {
  const block = Math.min(on.powerBlock ?? BLOCK, Math.max(1, values.length));
  const table: W['felt'][] = [on.feltConst(1), x];
  while (table.length <= block) table.push(on.feltMul(last(table), x));
  let total: W['ext'] | undefined;
  for (let from = block * Math.floor((values.length - 1) / block); from >= 0; from -= block) {
    let sum = at(values, from);
    for (let b = 1; b < block && from + b < values.length; b++) {
      sum = on.extAdd(sum, on.extScale(at(values, from + b), at(table, b)));
    }
    total = total === undefined ? sum : on.extAdd(on.extScale(total, at(table, block)), sum);
  }
  return total ?? on.extConst(ZERO);
}

/** base^j for a static base and an index given by little-endian bits: prod_s (1 + b_s (base^(2^s) - 1)). */
export function powerFromBits<W extends Wires>(on: Backend<W>, base: number, bits: readonly W['bit'][]): W['felt'] {
  const one = on.feltConst(1);
  let product = one;
  let square = base;
  for (const bit of bits) {
    product = on.feltMul(product, on.feltAdd(one, on.feltMulConst(on.bitAsFelt(bit), kb.sub(square, 1))));
    square = kb.mul(square, square);
  }
  return product;
}
