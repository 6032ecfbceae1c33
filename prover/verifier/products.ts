/** Constants and running products of extension wires, on the abstract backend. */
import { last } from '../core/lists.ts';
import { ONE, ZERO } from '../field/extension.ts';
import type { Backend, Wires } from './backend.ts';

/** 1 as a wire. */
export function one<W extends Wires>(on: Backend<W>): W['ext'] {
  return on.extConst(ONE);
}

/** 0 as a wire. */
export function zero<W extends Wires>(on: Backend<W>): W['ext'] {
  return on.extConst(ZERO);
}

/** Products of all prefixes: entry h is the product of the first h factors, 0 <= h <= factors.length. */
export function prefixProducts<W extends Wires>(on: Backend<W>, factors: readonly W['ext'][]): W['ext'][] {
  const products = [one(on)];
  for (const [i, factor] of factors.entries()) products.push(i === 0 ? factor : on.extMul(last(products), factor));
  return products;
}

/** Products of all suffixes: entry h is the product of the factors from h on, 0 <= h <= factors.length. */
export function suffixProducts<W extends Wires>(on: Backend<W>, factors: readonly W['ext'][]): W['ext'][] {
  return prefixProducts(on, factors.toReversed()).toReversed();
}
