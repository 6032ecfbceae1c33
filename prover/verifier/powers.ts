/** Powers and sums over them, on the abstract backend. */
import { ONE, ZERO } from '../field/extension.ts';
import * as kb from '../field/koalabear.ts';
import { last } from '../core/lists.ts';
import type { Backend, Wires } from './backend.ts';

/** base^0, base^1, ..., base^(count-1). */
export function powers<W extends Wires>(on: Backend<W>, base: W['ext'], count: number): W['ext'][] {
  const list = [on.extConst(ONE)];
  while (list.length < count) list.push(list.length === 1 ? base : on.extMul(last(list), base));
  return list;
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
