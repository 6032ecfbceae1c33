/** The operands with which each function of test/toolchain/floats is called. */
import {
  F32,
  F64,
  corners,
  decimalTexts,
  integerCorners,
  randomFloat,
  randomInteger,
  valueOf,
} from './float-operands.ts';
import type { FloatType } from './float-operands.ts';
import { Random } from './random.ts';

export type Operands = {
  /** As the guest takes them: three little-endian words each, or lines of text. */
  readonly bytes: Uint8Array;
  readonly count: number;
  /** The words of each; absent for text. */
  readonly words?: readonly (readonly bigint[])[];
  /** One of them, for messages. */
  readonly describe: (i: number) => string;
};

/** Functions of two floats. */
const BINARY = new Set(
  '+ - * / % == != < <= > >= partial_cmp total_cmp min max copysign midpoint div_euclid rem_euclid powf log hypot atan2'.split(
    ' ',
  ),
);
const EXPONENTS = [0, 1, 2, 3, 4, 7, 10, 31, 100, 1000, 2 ** 31 - 1].flatMap((n) => [n, -n]);
const RANDOM = 1_000;

/** Operands of a function, named as in `f32 sqrt`: corner cases, pairs of them, and random ones from a seed. */
export function operandsOf(name: string, seed: number): Operands {
  const random = new Random(seed);
  const type = name.startsWith('f32 ') ? F32 : F64;
  const operation = name.slice(4);
  if (operation === 'parse') return ofTexts(decimalTexts(random));
  if (operation.endsWith(' as')) return ofWords(integers(random));
  if (operation === 'powi') return ofWords(withExponents(type, random), (bits) => BigInt.asIntN(32, bits).toString());
  if (operation === 'mul_add' || operation === 'clamp') return ofFloats(type, triples(type, random));
  return ofFloats(type, BINARY.has(operation) ? pairs(type, random) : singles(type, random));
}

function singles(type: FloatType, random: Random): bigint[][] {
  return [...corners(type), ...times(2 * RANDOM, () => randomFloat(type, random))].map((bits) => [bits]);
}

function pairs(type: FloatType, random: Random): bigint[][] {
  const special = corners(type);
  const pick = (): bigint => special[random.below(special.length)] ?? 0n;
  return [
    ...times(2 * RANDOM, () => [pick(), pick()]),
    ...times(RANDOM, () => [randomFloat(type, random), randomFloat(type, random)]),
    // Near each other: differences cancel, quotients are near one.
    ...times(RANDOM, () => {
      const bits = randomFloat(type, random);
      return [bits, bits ^ BigInt(random.below(16))];
    }),
  ];
}

/** For fused multiplication: sums that cancel the product but for its last digits are where a double rounding shows. */
function triples(type: FloatType, random: Random): bigint[][] {
  const special = corners(type);
  const pick = (): bigint =>
    random.below(2) === 0 ? (special[random.below(special.length)] ?? 0n) : randomFloat(type, random);
  const sign = 1n << (type.fraction + type.exponent);
  const one = ((1n << (type.exponent - 1n)) - 1n) << type.fraction;
  return [
    ...times(3 * RANDOM, () => [pick(), pick(), pick()]),
    ...times(RANDOM, () => {
      const small = (): bigint => BigInt(1 + random.below(2 ** 12));
      return [one + small(), one + small(), (one + small() + small()) ^ sign];
    }),
  ];
}

function withExponents(type: FloatType, random: Random): bigint[][] {
  const bases = [...corners(type), ...times(100, () => randomFloat(type, random))];
  return bases.flatMap((bits) => EXPONENTS.map((exponent) => [bits, BigInt.asUintN(64, BigInt(exponent))]));
}

function integers(random: Random): bigint[][] {
  const special = integerCorners();
  return [
    ...special.flatMap((word) => [[word], [0n, word], [word, word], [1n, word]]),
    ...times(RANDOM, () => [randomInteger(random), randomInteger(random)]),
  ];
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

const ofFloats = (type: FloatType, words: bigint[][]): Operands =>
  ofWords(words, (bits) => String(valueOf(type, bits)));

function ofWords(words: readonly (readonly bigint[])[], show: (bits: bigint) => string = String): Operands {
  const view = new DataView(new ArrayBuffer(24 * words.length));
  words.forEach((list, i) => list.forEach((word, j) => view.setBigUint64(24 * i + 8 * j, word, true)));
  const describe = (i: number): string =>
    (words[i] ?? []).map((bits) => `${show(bits)} (0x${bits.toString(16)})`).join(', ');
  return { bytes: new Uint8Array(view.buffer), count: words.length, words, describe };
}

function ofTexts(texts: readonly string[]): Operands {
  const bytes = new TextEncoder().encode(texts.map((line) => `${line}\n`).join(''));
  return { bytes, count: texts.length, describe: (i) => texts[i] ?? '' };
}
