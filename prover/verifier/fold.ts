/** Folding of one Reed-Solomon leaf on plain values. */
import { add, mul, scale, sub } from '../field/extension.ts';
import { inverse, mul as mulBase, rootOfUnity } from '../field/koalabear.ts';
import type { ExtValue } from '../field/types.ts';

const HALF = inverse(2);

/**
 * Folds the 2^k values f(x*w^u), w of order 2^k, at `challenges` r_0..r_(k-1): each step pairs u with u + half, x with -x, and
 * gives (f(x)+f(-x))/2*(1-r) + (f(x)-f(-x))/(2x)*r at x^2.
 *
 * `xInverse` is 1/x of value 0; value u of a step stands at x*w^u. RangeError unless there are 2^k values.
 */
export function foldLeaf(values: readonly ExtValue[], xInverse: number, challenges: readonly ExtValue[]): ExtValue {
  if (values.length !== 2 ** challenges.length) {
    throw new RangeError(`"values" expected ${2 ** challenges.length} elements, got ${values.length}`);
  }
  let layer = [...values];
  let inverseX = xInverse;
  for (const [step, r] of challenges.entries()) {
    const half = layer.length / 2;
    const rootInverse = inverse(rootOfUnity(challenges.length - step));
    const next: ExtValue[] = [];
    let inverseAt = inverseX;
    for (let u = 0; u < half; u++) {
      next.push(foldPair(layer[u]!, layer[u + half]!, inverseAt, r));
      inverseAt = mulBase(inverseAt, rootInverse);
    }
    layer = next;
    inverseX = mulBase(inverseX, inverseX);
  }
  return layer[0]!;
}

/** One step: from f(x), f(-x) and 1/x to f_e(x^2)*(1-r) + f_o(x^2)*r = f_e + r*(f_o - f_e). */
export function foldPair(plus: ExtValue, minus: ExtValue, xInverse: number, r: ExtValue): ExtValue {
  const even = scale(add(plus, minus), HALF);
  const odd = scale(sub(plus, minus), mulBase(HALF, xInverse));
  return add(even, mul(r, sub(odd, even)));
}
