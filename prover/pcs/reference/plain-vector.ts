/** Vectors of extension elements on plain typed arrays, and the sumcheck steps on them: the reference of the kernels. */
import * as ext from '../../field/extension.ts';
import * as kb from '../../field/koalabear.ts';
import type { ExtValue } from '../../field/types.ts';
import type { Side } from '../../poly/ext-vectors.ts';
import { plainEq } from '../../poly/plain-eq.ts';
import type { RoundMessage } from '../whir/opening.ts';

/** Five canonical limbs per element, elements in order. */
export type ExtVector = Uint32Array;

export function getExt(vector: ExtVector, i: number): ExtValue {
  const at = 5 * i;
  return [vector[at]!, vector[at + 1]!, vector[at + 2]!, vector[at + 3]!, vector[at + 4]!];
}

export function setExt(vector: ExtVector, i: number, value: ExtValue): void {
  vector.set(value, 5 * i);
}

/** Base elements as extension elements. */
export function liftVector(values: ArrayLike<number>): ExtVector {
  const result = new Uint32Array(5 * values.length);
  for (let i = 0; i < values.length; i++) result[5 * i] = values[i]!;
  return result;
}

/** Positions of the pair b of a vector of `length` elements. */
function pair(length: number, side: Side, b: number): [number, number] {
  return side === 'highest' ? [b, b + length / 2] : [2 * b, 2 * b + 1];
}

/** c_0 and c_2 of sum_b f(b, X) g(b, X): sum f_0 g_0 and sum (f_1 - f_0)(g_1 - g_0). */
export function roundMessage(f: ExtVector, g: ExtVector, side: Side): RoundMessage {
  const length = f.length / 5;
  let c0 = ext.ZERO;
  let c2 = ext.ZERO;
  for (let b = 0; b < length / 2; b++) {
    const [low, high] = pair(length, side, b);
    const f0 = getExt(f, low);
    const g0 = getExt(g, low);
    c0 = ext.add(c0, ext.mul(f0, g0));
    c2 = ext.add(c2, ext.mul(ext.sub(getExt(f, high), f0), ext.sub(getExt(g, high), g0)));
  }
  return [c0, c2];
}

/** Binds one variable to r: f_0 + r (f_1 - f_0). */
export function bindVariable(f: ExtVector, r: ExtValue, side: Side): ExtVector {
  const length = f.length / 5;
  const result = new Uint32Array(f.length / 2);
  for (let b = 0; b < length / 2; b++) {
    const [low, high] = pair(length, side, b);
    const f0 = getExt(f, low);
    setExt(result, b, ext.add(f0, ext.mul(r, ext.sub(getExt(f, high), f0))));
  }
  return result;
}

/** scale * eq(point, .) on the hypercube, variable 0 lowest. */
export function eqVector(point: readonly ExtValue[], scale: ExtValue): ExtVector {
  const table = plainEq(point, scale);
  const result = new Uint32Array(5 * table.length);
  for (const [i, entry] of table.entries()) setExt(result, i, entry);
  return result;
}

/** scale * x^b for every index b: the weight of evaluation at x. */
export function powerVector(length: number, x: number, scale: ExtValue): ExtVector {
  const result = new Uint32Array(5 * length);
  let entry = scale;
  for (let b = 0; b < length; b++) {
    setExt(result, b, entry);
    entry = ext.scale(entry, x);
  }
  return result;
}

/** a += b, entry by entry. */
export function addInto(a: ExtVector, b: ExtVector): void {
  for (let i = 0; i < a.length; i++) a[i] = kb.add(a[i]!, b[i]!);
}

/** sum_b f(b) g(b). */
export function innerProduct(f: ExtVector, g: ExtVector): ExtValue {
  let sum = ext.ZERO;
  for (let b = 0; b < f.length / 5; b++) sum = ext.add(sum, ext.mul(getExt(f, b), getExt(g, b)));
  return sum;
}
