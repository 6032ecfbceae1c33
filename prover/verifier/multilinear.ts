/**
 * Multilinear polynomials on the abstract backend: equality weights and evaluation. Points list the coordinate of the lowest
 * index bit first.
 */
import { at, last } from '../core/lists.ts';
import { ONE } from '../field/extension.ts';
import type { Backend, Wires } from './backend.ts';
import { one, prefixProducts } from './products.ts';

/** eq(a, b) = 1 - a - b + 2ab of one coordinate. */
export function eqPair<W extends Wires>(on: Backend<W>, a: W['ext'], b: W['ext']): W['ext'] {
  return on.extMulAdd(on.extMulConst(a, 2), b, on.extSub(on.extSub(one(on), a), b));
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

/**
 * The same polynomial, prod_i (a_i b_i + (1 - a_i)(1 - b_i)), by other steps: the opening uses this one. Programs record the
 * steps, so to make the two one changes every lift key, the wrap key and the outermost circuit; it would save none of them a
 * row.
 */
export function eqAt<W extends Wires>(on: Backend<W>, a: readonly W['ext'][], b: readonly W['ext'][]): W['ext'] {
  if (a.length !== b.length) throw new RangeError(`"b" expected ${a.length} coordinates, got ${b.length}`);
  const one = on.extConst(ONE);
  let product = one;
  for (const [i, x] of a.entries()) {
    // 1 - x - y + 2xy
    const y = b[i]!;
    const factor = on.extAdd(on.extSub(on.extSub(one, x), y), on.extMulConst(on.extMul(x, y), 2));
    product = on.extMul(product, factor);
  }
  return product;
}

/** eq(point, b) for all b in {0,1}^k, index b with variable 0 lowest: 2^k - 1 products. */
export function eqTable<W extends Wires>(on: Backend<W>, point: readonly W['ext'][]): W['ext'][] {
  let table: W['ext'][] = [on.extConst(ONE)];
  for (const x of point) {
    const high = table.map((entry) => on.extMul(entry, x));
    table = [...table.map((entry, i) => on.extSub(entry, high[i]!)), ...high];
  }
  return table;
}

/** Multilinear extension of 2^k values at `point`. */
export function mleAt<W extends Wires>(
  on: Backend<W>,
  values: readonly W['ext'][],
  point: readonly W['ext'][],
): W['ext'] {
  if (values.length !== 2 ** point.length) {
    throw new RangeError(`"values" expected ${2 ** point.length} entries, got ${values.length}`);
  }
  let layer = [...values];
  for (const x of point) {
    layer = Array.from({ length: layer.length / 2 }, (_, i) =>
      on.extMulAdd(x, on.extSub(layer[2 * i + 1]!, layer[2 * i]!), layer[2 * i]!),
    );
  }
  return layer[0]!;
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
