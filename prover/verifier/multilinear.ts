/** Small multilinear and univariate evaluations over the abstract backend. Index 0 is the lowest variable. */
import * as kb from '../field/koalabear.ts';
import { ONE, ZERO } from '../field/extension.ts';
import type { Backend, Wires } from './backend.ts';

/** prod_i (a_i b_i + (1 - a_i)(1 - b_i)). */
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

/** Sums of powers run in blocks of this many: inner sums need no products between powers and can stay unreduced. */
const BLOCK = 8;

/** sum_i g^i * values[i], in blocks of eight: sum_a (g^8)^a * sum_b g^b * values[8a + b]. */
export function powerSum<W extends Wires>(on: Backend<W>, g: W['ext'], values: readonly W['ext'][]): W['ext'] {
  const one = on.extConst(ONE);
  const powers: W['ext'][] = [one, g];
  while (powers.length <= Math.min(BLOCK, values.length)) powers.push(on.extMul(powers.at(-1)!, g));
  const step = powers[BLOCK];
  const sums: W['ext'][] = [];
  const steps: W['ext'][] = [];
  for (let at = 0; at < values.length; at += BLOCK) {
    const block = values.slice(at, at + BLOCK);
    sums.push(on.extDot(block, powers.slice(0, block.length)));
    steps.push(at === 0 ? one : on.extMul(steps.at(-1)!, step!));
  }
  return on.extDot(sums, steps);
}

/** sum_i x^i * values[i] for a base-field point: a univariate polynomial in coefficient form. Blocks as in `powerSum`. */
export function evaluateAtFelt<W extends Wires>(on: Backend<W>, values: readonly W['ext'][], x: W['felt']): W['ext'] {
  const powers: W['felt'][] = [on.feltConst(1), x];
  while (powers.length <= Math.min(BLOCK, values.length)) powers.push(on.feltMul(powers.at(-1)!, x));
  const step = powers[BLOCK];
  let total = on.extConst(ZERO);
  let stepPower: W['felt'] = on.feltConst(1);
  for (let at = 0; at < values.length; at += BLOCK) {
    let sum: W['ext'] = values[at]!;
    for (let b = 1; b < BLOCK && at + b < values.length; b++) {
      sum = on.extAdd(sum, on.extScale(values[at + b]!, powers[b]!));
    }
    if (at > 0) stepPower = on.feltMul(stepPower, step!);
    total = on.extAdd(total, on.extScale(sum, stepPower));
  }
  return total;
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
