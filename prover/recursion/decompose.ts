/** Bits of base elements, by chains of Bit rows. */
import { inverse, neg, sub } from '../field/koalabear.ts';
import { VerificationError } from '../core/errors.ts';
import type { Wire } from './form.ts';
import type { Recorder } from './recorder.ts';

/** Bits of a canonical element. */
const FELT_BITS = 31;
/** p - 1 = 2^24 * 127: the seven top bits and the rest. */
const TOP_BITS = 7;
const LOW_BITS = FELT_BITS - TOP_BITS;
const TOP_MAX = 2 ** TOP_BITS - 1;

/**
 * The `count` little-endian bits of `felt`, which must be below 2^count; count <= 30.
 * Soundness: 2^30 < p, so the bits are unique.
 */
export function bitsBelow(recorder: Recorder, felt: Wire, count: number, where: string): Wire[] {
  if (!Number.isInteger(count) || count < 0 || count > 30) throw new RangeError(`"count" expected 0..30, got ${count}`);
  const value = felt.value[0];
  if (value >= 2 ** count && (recorder.strict || felt.constant)) {
    throw new VerificationError('out-of-range', where, `${value} is not below 2^${count}`);
  }
  if (felt.constant) {
    return Array.from({ length: count }, (_, i) => recorder.felt(bitOf(value, i)));
  }
  if (count === 0) {
    recorder.assertEqual({ s2: 1, c: felt }, recorder.felt(0), 'out-of-range', where);
    return [];
  }
  return chain(recorder, value, count, felt).bits;
}

/** All 31 little-endian bits of the canonical representative of `felt`. */
export function canonicalBits(recorder: Recorder, felt: Wire, where: string): Wire[] {
  const value = felt.value[0];
  if (felt.constant) return Array.from({ length: FELT_BITS }, (_, i) => recorder.felt(bitOf(value, i)));
  const { bits, top } = chain(recorder, value, FELT_BITS, felt);
  assertCanonical(recorder, felt, top!, where);
  return bits;
}

/** Asserts that the low `count` bits (<= 24) of the canonical representative of `felt` are zero. */
export function assertLowBitsZero(recorder: Recorder, felt: Wire, count: number, code: string, where: string): void {
  if (!Number.isInteger(count) || count < 0 || count > LOW_BITS) {
    throw new RangeError(`"count" expected 0..${LOW_BITS}, got ${count}`);
  }
  const value = felt.value[0];
  if (value % 2 ** count !== 0 && (recorder.strict || felt.constant)) {
    throw new VerificationError(code, where, `the low ${count} bits are not zero`);
  }
  if (felt.constant || count === 0) return;
  const { sum, top } = chain(recorder, Math.floor(value / 2 ** count), FELT_BITS - count, undefined);
  recorder.assertEqual({ s2: 2 ** count, c: sum }, felt, code, where);
  assertCanonical(recorder, felt, top!, where);
}

/**
 * Asserts that the decomposition whose seven top bits are `top` is that of an integer below p = 127*2^24 + 1: top = 127
 * forces the rest, felt - 2^24*top, to be zero. With h free, (127 - top)*h = 1 is only possible for top < 127.
 * Soundness: rest*(1 - (127 - top)*h) = 0; the rest is a sum of 24 bits, so it is zero mod p iff it is zero.
 */
function assertCanonical(recorder: Recorder, felt: Wire, top: Wire, where: string): void {
  const distance = sub(TOP_MAX, top.value[0]);
  const [h] = recorder.hintFelts([distance === 0 ? 0 : inverse(distance)]);
  const gap = recorder.compute({ s2: neg(1), c: top, s1: TOP_MAX, a: recorder.felt(1), b: recorder.felt(1) });
  const isTop = recorder.compute({ s1: neg(1), a: gap, b: h!, s2: 1, c: recorder.felt(1) });
  const rest = recorder.compute({ s1: neg(2 ** LOW_BITS), a: top, b: recorder.felt(1), s2: 1, c: felt });
  recorder.assertEqual({ s1: 1, a: rest, b: isTop }, recorder.felt(0), 'out-of-range', where);
}

/** `count` bits of `value`, most significant first, from a zero sum; the last sum is `target`, or a new cell. */
function chain(
  recorder: Recorder,
  value: number,
  count: number,
  target: Wire | undefined,
): { bits: Wire[]; sum: Wire; top: Wire | undefined } {
  const bits: Wire[] = [];
  let sum = recorder.felt(0);
  let top: Wire | undefined;
  for (let i = count - 1; i >= 0; i--) {
    const next = i === 0 && target !== undefined ? { target } : 'new';
    const row = recorder.bit(bitOf(value, i), sum, next);
    bits.unshift(row.bit);
    sum = row.sum!;
    if (count - i === TOP_BITS) top = sum;
  }
  return { bits, sum, top };
}

function bitOf(value: number, i: number): 0 | 1 {
  return Math.floor(value / 2 ** i) % 2 === 1 ? 1 : 0;
}
