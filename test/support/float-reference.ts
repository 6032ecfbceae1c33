/** Binary floating point in exact integer arithmetic: what a result must be, for formats that JavaScript does not have. */

/** Bits of the significand, and of the exponent. */
export type Format = { readonly bits: number; readonly exponentBits: number };

export const BINARY32: Format = { bits: 24, exponentBits: 8 };
export const BINARY64: Format = { bits: 53, exponentBits: 11 };
export const BINARY128: Format = { bits: 113, exponentBits: 15 };

/** A number as value * 2^power, with a sign for zeros; or one of the others. */
export type Real =
  | { readonly kind: 'finite'; readonly negative: boolean; readonly value: bigint; readonly power: number }
  | { readonly kind: 'infinite'; readonly negative: boolean }
  | { readonly kind: 'nan' };

const biasOf = ({ exponentBits }: Format): number => 2 ** (exponentBits - 1) - 1;

/** What some bits mean. */
export function decode(bits: bigint, format: Format): Real {
  const width = BigInt(format.bits - 1);
  const negative = bits >> (width + BigInt(format.exponentBits)) === 1n;
  const exponent = Number((bits >> width) & ((1n << BigInt(format.exponentBits)) - 1n));
  const fraction = bits & ((1n << width) - 1n);
  if (exponent === 2 ** format.exponentBits - 1)
    return fraction === 0n ? { kind: 'infinite', negative } : { kind: 'nan' };
  const value = exponent === 0 ? fraction : fraction | (1n << width);
  return { kind: 'finite', negative, value, power: Math.max(exponent, 1) - biasOf(format) - Number(width) };
}

/** The nearest number's bits for numerator / denominator * 2^power, ties to even. A NaN is the quiet one without a sign. */
export function encode(real: Real, format: Format, denominator = 1n): bigint {
  const width = BigInt(format.bits - 1);
  const infinity = (1n << (width + BigInt(format.exponentBits))) - (1n << width);
  if (real.kind === 'nan') return infinity | (1n << (width - 1n));
  const sign = (real.negative ? 1n : 0n) << (width + BigInt(format.exponentBits));
  if (real.kind === 'infinite') return sign | infinity;
  if (real.value === 0n) return sign;
  const lowest = 1 - biasOf(format) - Number(width);
  // The weight of the last place, such that the quotient has as many bits as the format, or that of subnormals.
  const digits = real.value.toString(2).length - denominator.toString(2).length;
  let place = Math.max(real.power + digits - format.bits, lowest);
  for (;;) {
    const shift = BigInt(real.power - place);
    const numerator = shift >= 0n ? real.value << shift : real.value;
    const divisor = shift >= 0n ? denominator : denominator << -shift;
    const [quotient, rest] = [numerator / divisor, numerator % divisor];
    if (quotient >> BigInt(format.bits) !== 0n) {
      place++;
      continue;
    }
    const up = 2n * rest > divisor || (2n * rest === divisor && (quotient & 1n) === 1n);
    const rounded = quotient + (up ? 1n : 0n);
    const isNormal = rounded >> width !== 0n;
    const bits = isNormal ? (BigInt(place - lowest + 1) << width) + (rounded - (1n << width)) : rounded;
    return sign | (bits >= infinity ? infinity : bits);
  }
}

const isFinite = (real: Real): real is Real & { kind: 'finite' } => real.kind === 'finite';

/** Sum, exact until it is encoded. Zeros of different signs add up to a positive one. */
export function add(a: Real, b: Real): Real {
  if (a.kind === 'nan' || b.kind === 'nan') return { kind: 'nan' };
  if (!isFinite(a)) return !isFinite(b) && a.negative !== b.negative ? { kind: 'nan' } : a;
  if (!isFinite(b)) return b;
  const power = Math.min(a.power, b.power);
  const whole = (x: Real & { kind: 'finite' }): bigint =>
    (x.negative ? -1n : 1n) * (x.value << BigInt(x.power - power));
  const sum = whole(a) + whole(b);
  const negative = sum < 0n || (sum === 0n && a.negative && b.negative);
  return { kind: 'finite', negative, value: sum < 0n ? -sum : sum, power };
}

/** The number with the other sign. */
export function negate(a: Real): Real {
  return a.kind === 'nan' ? a : { ...a, negative: !a.negative };
}

/** Product, exact until it is encoded. */
export function multiply(a: Real, b: Real): Real {
  if (a.kind === 'nan' || b.kind === 'nan') return { kind: 'nan' };
  const negative = a.negative !== b.negative;
  if (isFinite(a) && isFinite(b)) {
    return { kind: 'finite', negative, value: a.value * b.value, power: a.power + b.power };
  }
  const hasZero = (isFinite(a) && a.value === 0n) || (isFinite(b) && b.value === 0n);
  return hasZero ? { kind: 'nan' } : { kind: 'infinite', negative };
}

/** Bits of the quotient. */
export function divide(a: Real, b: Real, format: Format): bigint {
  if (a.kind === 'nan' || b.kind === 'nan') return encode({ kind: 'nan' }, format);
  const negative = a.negative !== b.negative;
  if (!isFinite(a)) return encode(isFinite(b) ? { kind: 'infinite', negative } : { kind: 'nan' }, format);
  if (!isFinite(b)) return encode({ kind: 'finite', negative, value: 0n, power: 0 }, format);
  if (b.value === 0n) return encode(a.value === 0n ? { kind: 'nan' } : { kind: 'infinite', negative }, format);
  return encode({ kind: 'finite', negative, value: a.value, power: a.power - b.power }, format, b.value);
}

/** Bits 0 to 6: less, less or equal, greater, greater or equal, equal, not equal, unordered. */
export function compare(a: Real, b: Real): number {
  if (a.kind === 'nan' || b.kind === 'nan') return 0b1100000;
  const [x, y] = [orderOf(a), orderOf(b)];
  const power = Math.min(x.power, y.power);
  const difference = (x.value << BigInt(x.power - power)) - (y.value << BigInt(y.power - power));
  return difference < 0n ? 0b0100011 : difference > 0n ? 0b0101100 : 0b0011010;
}

function orderOf(real: Exclude<Real, { kind: 'nan' }>): { value: bigint; power: number } {
  const [value, power] = real.kind === 'finite' ? [real.value, real.power] : [1n, 40000];
  return { value: real.negative ? -value : value, power };
}

/** The integer towards zero, kept within limits; a NaN is the upper one. */
export function truncate(a: Real, least: bigint, largest: bigint): bigint {
  if (a.kind === 'nan') return largest;
  if (a.kind === 'infinite') return a.negative ? least : largest;
  const magnitude = a.power >= 0 ? a.value << BigInt(a.power) : a.value >> BigInt(-a.power);
  const value = a.negative ? -magnitude : magnitude;
  return value < least ? least : value > largest ? largest : value;
}
