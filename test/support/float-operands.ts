/** Operands for functions of floats: corner cases of IEEE 754 and seeded random ones, as 64-bit words and as text. */
import type { Random } from './random.ts';

/** One of Rust's two types: bits of the fraction and of the exponent. */
export type FloatType = { readonly name: 'f32' | 'f64'; readonly fraction: bigint; readonly exponent: bigint };

export const F32: FloatType = { name: 'f32', fraction: 23n, exponent: 8n };
export const F64: FloatType = { name: 'f64', fraction: 52n, exponent: 11n };

/** The bits of a float whose value is that of a double, rounded. */
export function bitsOf(type: FloatType, value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (type.name === 'f64') {
    view.setFloat64(0, value);
    return view.getBigUint64(0);
  }
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}

/** The value of a float with the given bits. */
export function valueOf(type: FloatType, bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  if (type.name === 'f64') {
    view.setBigUint64(0, bits);
    return view.getFloat64(0);
  }
  view.setUint32(0, Number(bits));
  return view.getFloat32(0);
}

/** Zeros, subnormals, the ends of the range, infinities, NaNs (quiet and signalling), bounds of integers, halfway cases. */
export function corners(type: FloatType): bigint[] {
  const { fraction, exponent } = type;
  const infinity = ((1n << exponent) - 1n) << fraction;
  const bits = [0n, 1n, 2n, (1n << fraction) - 1n, 1n << fraction, (1n << fraction) + 1n, infinity - 1n, infinity];
  // Quiet NaNs with and without payload, signalling ones.
  bits.push(infinity | (1n << (fraction - 1n)), infinity | (1n << (fraction - 1n)) | 5n, infinity | 1n, infinity | 77n);
  const values = [
    0.1,
    0.5,
    1,
    1.5,
    2,
    2.5,
    3,
    3.5,
    Math.PI,
    Math.E,
    Math.PI / 2,
    10,
    88.7,
    100,
    709.7,
    745.1,
    1e10,
    1e22,
  ];
  for (const power of [7, 8, 15, 16, 24, 31, 32, 53, 63, 64, 127]) values.push(2 ** power);
  for (const value of values) {
    const middle = bitsOf(type, value);
    // Neighbours: the last float below a bound, halfway cases at 2^24 and 2^53.
    bits.push(middle - 1n, middle, middle + 1n);
  }
  const sign = 1n << (fraction + exponent);
  return [...new Set(bits)].flatMap((positive) => [positive, positive | sign]);
}

/** A random float: any bits, or one of moderate size, or an integer or half of one. */
export function randomFloat(type: FloatType, random: Random): bigint {
  const bits = (BigInt(random.u32()) << 32n) | BigInt(random.u32());
  const uniform = BigInt.asUintN(Number(type.fraction + type.exponent + 1n), bits);
  switch (random.below(4)) {
    case 0:
      return uniform;
    case 1:
      return bitsOf(type, (random.u32() - 2 ** 31) / 2 ** random.below(64));
    case 2:
      return bitsOf(type, (random.below(4_000) - 2_000) / 2);
    default: {
      // An exponent near that of one, any fraction.
      const bias = (1n << (type.exponent - 1n)) - 1n;
      const exponent = bias + BigInt(random.below(40) - 20);
      const sign = BigInt(random.below(2)) << (type.fraction + type.exponent);
      return sign | (exponent << type.fraction) | BigInt.asUintN(Number(type.fraction), bits);
    }
  }
}

/** A random integer of 64 bits with any number of leading zeros, of either sign. */
export function randomInteger(random: Random): bigint {
  const bits = (BigInt(random.u32()) << 32n) | BigInt(random.u32());
  const short = bits >> BigInt(random.below(64));
  return random.below(2) === 0 ? short : BigInt.asUintN(64, -short);
}

/** Powers of two, their neighbours and their halfway cases between floats, of either sign. */
export function integerCorners(): bigint[] {
  const all = [0n, 1n, 2n, 3n];
  for (let power = 2n; power <= 64n; power++) {
    for (const offset of [-1n, 0n, 1n]) all.push((1n << power) + offset);
    // Halfway between two floats, and beside it, for both types.
    for (const fraction of [24n, 53n]) {
      if (power <= fraction) continue;
      const half = 1n << (power - fraction - 1n);
      for (const offset of [-1n, 0n, 1n]) all.push((1n << power) + half + offset, (1n << power) + 3n * half + offset);
    }
  }
  return [...new Set(all.flatMap((value) => [value, -value]).map((value) => BigInt.asUintN(64, value)))];
}

/** Decimal texts: halfway cases, ends of the range, many digits, and what is no number. */
export function decimalTexts(random: Random): string[] {
  const texts = [
    '0',
    '-0',
    '+1',
    '1.',
    '.5',
    '1e5',
    '1E-5',
    'inf',
    '-infinity',
    'NaN',
    'nan',
    '',
    'x',
    '1e',
    '--1',
    '0x10',
  ];
  texts.push('1e400', '-1e400', '1e-400', '1e39', '3.4028235e38', '3.4028236e38', '1.7976931348623157e308');
  texts.push('1.7976931348623159e308', '4.9e-324', '2.4703282292062327e-324', '2.4703282292062328e-324', '1.4e-45');
  texts.push('7.0064923216240853e-46', '7.006492321624086e-46', '2.2250738585072011e-308', '1.1754942e-38');
  texts.push(
    '9007199254740993',
    '9007199254740993.00000000000000000000000000001',
    '16777217',
    '16777217.0000000000001',
  );
  texts.push(
    '16777219',
    '0.1',
    '0.3',
    '123456789012345678901234567890',
    `1${'0'.repeat(400)}e-400`,
    `0.${'0'.repeat(400)}1e401`,
  );
  for (let i = 0; i < 600; i++) {
    const digits = Array.from({ length: 1 + random.below(40) }, () => String(random.below(10))).join('');
    const at = random.below(digits.length + 1);
    texts.push(`${random.below(2) ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at)}e${random.below(700) - 350}`);
    // What JavaScript prints, as most programs write floats.
    texts.push(String(valueOf(F64, randomFloat(F64, random))), String(valueOf(F32, randomFloat(F32, random))));
  }
  return texts;
}
