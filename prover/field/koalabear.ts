/**
 * The KoalaBear field, p = 2^31 - 2^24 + 1, on canonical JavaScript numbers: what verifiers, trace filling and
 * reference twins use. Kernels work in Montgomery form and never appear here.
 */

export const P = 2130706433;
/** Generator of the multiplicative group. */
export const GENERATOR = 3;
/** p - 1 = 2^24 * 127. */
export const TWO_ADICITY = 24;

export function add(a: number, b: number): number {
  const sum = a + b;
  return sum >= P ? sum - P : sum;
}

export function sub(a: number, b: number): number {
  return a >= b ? a - b : a - b + P;
}

export function neg(a: number): number {
  return a === 0 ? 0 : P - a;
}

/** Splits b at 16 bits so that every intermediate stays an exact double: a*b_hi < 2^46, (x mod p)*2^16 + a*b_lo < 2^48. */
export function mul(a: number, b: number): number {
  return (((a * (b >>> 16)) % P) * 65536 + a * (b & 0xffff)) % P;
}

export function pow(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) result = mul(result, square);
    square = mul(square, square);
  }
  return result;
}

/** 1/a by Fermat; RangeError for a = 0. */
export function inverse(a: number): number {
  if (a === 0) throw new RangeError('"a" expected a non-zero element, got 0');
  return pow(a, P - 2);
}

/** A generator of the subgroup of order 2^logOrder (logOrder at most 24): GENERATOR^((p-1)/2^logOrder). */
export function rootOfUnity(logOrder: number): number {
  if (logOrder < 0 || logOrder > TWO_ADICITY) {
    throw new RangeError(`"logOrder" expected 0..${TWO_ADICITY}, got ${logOrder}`);
  }
  return pow(GENERATOR, (P - 1) / 2 ** logOrder);
}

/** Whether a value from outside is a canonical element. */
export function isCanonical(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < P;
}
