/** Conventional reductions modulo the KoalaBear prime: quotient and remainder with range checks. */
import { R } from '../../../field/bn254.ts';
import { P } from '../../../field/koalabear.ts';
import { type Int, BoundError, addScaled, bitLength, constInt, isConst, sumInts } from './linear.ts';
import { type WireKind, type Ranged, rangedWire } from './bits.ts';
import type { ConstraintSystem } from './system.ts';

const p = BigInt(P);

/** The residue of an integer, 0..p-1. */
export function residue(value: bigint): bigint {
  const remainder = value % p;
  return remainder < 0n ? remainder + p : remainder;
}

/** The smallest K with K*p + lo >= 0. */
function shiftOf(lo: bigint): bigint {
  return lo >= 0n ? 0n : (-lo + p - 1n) / p;
}

/**
 * A wire y < 2^31 with y = v mod p: v + K p = q p + y over the integers. k + 2 constraints for a k-bit expression. y need not
 * be below p; what needs a canonical value checks the bits returned.
 *
 * Soundness: both sides stay below r (checked here), so the field equation is the integer equation.
 */
export function reduceInt(system: ConstraintSystem, v: Int, kind: WireKind, why: string): Ranged {
  if (isConst(v)) {
    const value = residue(v.constant);
    return { int: constInt(value), bits: Array.from({ length: 31 }, (_, i) => constInt((value >> BigInt(i)) & 1n)) };
  }
  const shift = shiftOf(v.lo);
  const quotientBits = bitLength((v.hi + shift * p) / p);
  if ((1n << BigInt(quotientBits)) * p + (1n << 31n) >= R || v.hi + shift * p >= R) {
    throw new BoundError(`${why}: quotient of ${quotientBits} bits could wrap`);
  }
  const shifted = v.value + shift * p;
  const remainder = residue(v.value);
  const y = rangedWire(system, remainder, 31, kind, why);
  const q = rangedWire(system, (shifted - remainder) / p, quotientBits, 'late', why);
  system.enforceZero(difference(v, [q.int, y.int], [p, 1n], shift), why);
  return y;
}

/** v = 0 mod p: v + K p = q p with a ranged quotient. */
export function assertZeroMod(system: ConstraintSystem, v: Int, why: string): void {
  if (residue(v.value) !== 0n) system.fail(why);
  if (isConst(v)) return;
  const shift = shiftOf(v.lo);
  const quotientBits = bitLength((v.hi + shift * p) / p);
  if ((1n << BigInt(quotientBits)) * p >= R || v.hi + shift * p >= R) {
    throw new BoundError(`${why}: quotient of ${quotientBits} bits could wrap`);
  }
  const q = rangedWire(system, (v.value + shift * p) / p, quotientBits, 'late', why);
  system.enforceZero(difference(v, [q.int], [p], shift), why);
}

/** v + shift*p - sum_i weights[i]*terms[i], as a scalar: its bounds were checked by the caller against r. */
function difference(v: Int, terms: readonly Int[], weights: readonly bigint[], shift: bigint): Int {
  const open = { lo: 0n, hi: 0n };
  const total = sumInts([{ ...v, ...open }, ...terms.map((t) => ({ ...t, ...open }))], [1n, ...weights.map((w) => -w)]);
  return addScaled(total, { ...constInt(1n), ...open }, shift * p);
}
