/**
 * Linear combinations of R1CS wires that stand for integers: every expression carries exact bounds lo <= value <= hi, and
 * |bounds| < 2^252 < r/2, so that the scalar it has in the field determines the integer. Immutable.
 */
import { mod } from '../../../field/bn254.ts';

/** sum_i coeffs[i]*wires[i] + constant with ascending wires. `value` is the scalar of the honest witness. */
export type Linear = {
  readonly wires: readonly number[];
  readonly coeffs: readonly bigint[];
  readonly constant: bigint;
  readonly value: bigint;
};

/** A linear combination that is an integer within [lo, hi]; `value` is that integer. */
export type Int = Linear & { readonly lo: bigint; readonly hi: bigint };

/** Bounds stay strictly inside (-2^252, 2^252): sums of two field elements of this size cannot be confused mod r. */
export const INT_LIMIT = 1n << 252n;

/** Raised at circuit-build time when an integer expression could leave the range in which the field is exact. */
export class BoundError extends RangeError {
  readonly code = 'R1CS_BOUND';
}

function bounded(int: Int): Int {
  if (int.lo <= -INT_LIMIT || int.hi >= INT_LIMIT) {
    throw new BoundError(`integer expression could reach ${bitsOf(int)} bits, at most 252 are exact`);
  }
  return int;
}

export function constInt(value: bigint): Int {
  return bounded({ wires: [], coeffs: [], constant: value, value, lo: value, hi: value });
}

export const ZERO_INT: Int = constInt(0n);
export const ONE_INT: Int = constInt(1n);

export function isConst(a: Linear): boolean {
  return a.wires.length === 0;
}

export function isZero(a: Linear): boolean {
  return a.wires.length === 0 && a.constant === 0n;
}

/** Bits of a non-negative integer. */
export function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  const hex = value.toString(16);
  return 4 * hex.length - Math.clz32(parseInt(hex.charAt(0), 16)) + 28;
}

/** Bit length of the largest magnitude an expression can have. */
export function bitsOf(a: { readonly lo: bigint; readonly hi: bigint }): number {
  const low = a.lo < 0n ? -a.lo : a.lo;
  const high = a.hi < 0n ? -a.hi : a.hi;
  const top = low > high ? low : high;
  return bitLength(top);
}

function merge(a: Linear, b: Linear, k: bigint): { wires: number[]; coeffs: bigint[] } {
  const wires: number[] = [];
  const coeffs: bigint[] = [];
  let i = 0;
  let j = 0;
  while (i < a.wires.length || j < b.wires.length) {
    const wa = a.wires[i] ?? Infinity;
    const wb = b.wires[j] ?? Infinity;
    const coeff = (wa <= wb ? a.coeffs[i++]! : 0n) + (wb <= wa ? k * b.coeffs[j++]! : 0n);
    if (coeff === 0n) continue;
    wires.push(Math.min(wa, wb));
    coeffs.push(coeff);
  }
  return { wires, coeffs };
}

/** a + k*b. */
export function addScaled(a: Int, b: Int, k: bigint): Int {
  const [low, high] = k >= 0n ? [k * b.lo, k * b.hi] : [k * b.hi, k * b.lo];
  return bounded({
    ...merge(a, b, k),
    constant: a.constant + k * b.constant,
    value: a.value + k * b.value,
    lo: a.lo + low,
    hi: a.hi + high,
  });
}

export function addInt(a: Int, b: Int): Int {
  if (isZero(a)) return b;
  return isZero(b) ? a : addScaled(a, b, 1n);
}

export function subInt(a: Int, b: Int): Int {
  return isZero(b) ? a : addScaled(a, b, -1n);
}

export function scaleInt(a: Int, k: bigint): Int {
  if (k === 1n) return a;
  return k === 0n ? ZERO_INT : addScaled(ZERO_INT, a, k);
}

/** sum_i coeffs[i]*terms[i], in one pass. */
export function sumInts(terms: readonly Int[], weights?: readonly bigint[]): Int {
  const collected = new Map<number, bigint>();
  let constant = 0n;
  let value = 0n;
  let lo = 0n;
  let hi = 0n;
  for (const [t, term] of terms.entries()) {
    const k = weights?.[t] ?? 1n;
    for (let i = 0; i < term.wires.length; i++) {
      const wire = term.wires[i]!;
      collected.set(wire, (collected.get(wire) ?? 0n) + k * term.coeffs[i]!);
    }
    constant += k * term.constant;
    value += k * term.value;
    lo += k >= 0n ? k * term.lo : k * term.hi;
    hi += k >= 0n ? k * term.hi : k * term.lo;
  }
  const wires = [...collected.keys()].filter((w) => collected.get(w) !== 0n).sort((x, y) => x - y);
  return bounded({ wires, coeffs: wires.map((w) => collected.get(w)!), constant, value, lo, hi });
}

/** Bounds of a product. */
export function productBounds(a: Int, b: Int): { lo: bigint; hi: bigint } {
  const corners = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  let lo = corners[0]!;
  let hi = corners[0]!;
  for (const c of corners) {
    if (c < lo) lo = c;
    if (c > hi) hi = c;
  }
  return { lo, hi };
}

/** Linear combination over the field, without bounds: for digests and sponge lanes. */
export function addLinear(a: Linear, b: Linear): Linear {
  return { ...merge(a, b, 1n), constant: mod(a.constant + b.constant), value: mod(a.value + b.value) };
}

export function constLinear(value: bigint): Linear {
  return { wires: [], coeffs: [], constant: mod(value), value: mod(value) };
}

/** The same combination read as a scalar. */
export function asLinear(a: Int): Linear {
  return { wires: a.wires, coeffs: a.coeffs, constant: a.constant, value: mod(a.value) };
}
