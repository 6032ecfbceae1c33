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

const P_INVERSE = 1 / P;
/** Above the error of the double quotient: |a*b/P - a*b*P_INVERSE| < 2^31 * 3 * 2^-53 < 2^-20. */
const QUOTIENT_SLACK = 2 ** -19;

/**
 * Estimates the quotient in doubles, from below: it is exact or one short, so that the remainder, computed modulo 2^32, lies in
 * [0, 2p). 13 ns against 49 ns for two double remainders (Node 24, x86-64).
 */
export function mul(a: number, b: number): number {
  const quotient = Math.floor(a * b * P_INVERSE - QUOTIENT_SLACK);
  const remainder = (Math.imul(a, b) - Math.imul(quotient, P)) >>> 0;
  return remainder >= P ? remainder - P : remainder;
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
