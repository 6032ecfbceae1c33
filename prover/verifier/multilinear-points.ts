/** Multilinear equality weights over a verifier backend. Points list the coordinate of the lowest bit first. */
import type { Backend, Wires } from './backend.ts';

/** 1 as a wire. */
export function one<W extends Wires>(on: Backend<W>): W['ext'] {
  return on.extConst([1, 0, 0, 0, 0]);
}

/** 0 as a wire. */
export function zero<W extends Wires>(on: Backend<W>): W['ext'] {
  return on.extConst([0, 0, 0, 0, 0]);
}

/** eq(a, b) = 1 - a - b + 2ab of one coordinate. */
export function eqPair<W extends Wires>(on: Backend<W>, a: W['ext'], b: W['ext']): W['ext'] {
  return on.extMulAdd(on.extMulConst(a, 2), b, on.extSub(on.extSub(one(on), a), b));
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

/** eq(a, b) over all coordinates of two points of equal length. */
export function eqPoints<W extends Wires>(on: Backend<W>, a: readonly W['ext'][], b: readonly W['ext'][]): W['ext'] {
  if (a.length !== b.length) throw new RangeError(`"b" expected ${a.length} coordinates, got ${b.length}`);
  return last(
    prefixProducts(
      on,
      a.map((x, i) => eqPair(on, x, at(b, i))),
    ),
  );
}

/** base^0, base^1, ..., base^(count-1). */
export function powers<W extends Wires>(on: Backend<W>, base: W['ext'], count: number): W['ext'][] {
  const list = [one(on)];
  while (list.length < count) list.push(list.length === 1 ? base : on.extMul(last(list), base));
  return list;
}

/** An element that the caller knows to be there; RangeError otherwise. */
export function at<T>(list: readonly T[], index: number): T {
  if (index < 0 || index >= list.length) throw new RangeError(`"index" expected 0..${list.length - 1}, got ${index}`);
  return list[index] as T;
}

function last<T>(list: readonly T[]): T {
  return at(list, list.length - 1);
}

/**
 * eq of the coordinates from some position on with constant bits. Products are shared: the weight of a node is its
 * parent's times x or 1 - x, and the two children of a node cost one product together.
 */
export class ConstantEq<W extends Wires> {
  readonly #on: Backend<W>;
  readonly #point: readonly W['ext'][];
  readonly #known = new Map<string, W['ext']>();

  constructor(on: Backend<W>, point: readonly W['ext'][]) {
    this.#on = on;
    this.#point = point;
  }

  /** Product over i >= from of eq(point_i, bit (i - from) of value). */
  weight(from: number, value: number): W['ext'] {
    if (value < 0 || value >= 2 ** (this.#point.length - from)) {
      throw new RangeError(`"value" expected ${this.#point.length - from} bits, got ${value}`);
    }
    if (from === this.#point.length) return one(this.#on);
    const key = `${from}:${value}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const parent = this.weight(from + 1, Math.floor(value / 2));
    const upper = this.#upper(from, Math.floor(value / 2), parent);
    const weight = value % 2 === 1 ? upper : this.#on.extSub(parent, upper);
    this.#known.set(key, weight);
    return weight;
  }

  #upper(from: number, parentValue: number, parent: W['ext']): W['ext'] {
    const key = `${from}:${parentValue * 2 + 1}`;
    let upper = this.#known.get(key);
    if (upper === undefined) {
      upper = from + 1 === this.#point.length ? at(this.#point, from) : this.#on.extMul(parent, at(this.#point, from));
      this.#known.set(key, upper);
    }
    return upper;
  }
}
