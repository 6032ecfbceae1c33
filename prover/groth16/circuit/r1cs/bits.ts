/** Bit decompositions: range checks, the canonical form of a scalar, canonical base elements. */
import { R, R_BITS, mod } from '../../../field/bn254.ts';
import { type Int, type Linear, addInt, constInt, isConst, scaleInt, subInt, sumInts } from './linear.ts';
import { type ConstraintSystem, wireInt } from './system.ts';

/** How the wires of a range check are classed (see `ConstraintSystem`). */
export type WireKind = 'bound' | 'owed' | 'late';

function allocate(system: ConstraintSystem, kind: WireKind, value: bigint): number {
  if (kind === 'owed') return system.allocateOwed(value);
  return kind === 'bound' ? system.allocate(value) : system.allocateLate(value);
}

/** One boolean wire: b*(b - 1) = 0. */
export function booleanWire(system: ConstraintSystem, value: bigint, kind: WireKind, why: string): Int {
  const bit = wireInt(allocate(system, kind, value), value, 0n, 1n);
  system.enforce(bit, subInt(bit, constInt(1n)), constInt(0n), why);
  return bit;
}

/** A wire below 2^bits and its bits, little-endian. The top bit is an expression: `bits` constraints in all. */
export type Ranged = { readonly int: Int; readonly bits: readonly Int[] };

/**
 * Allocates a wire with value in [0, 2^bits). bits - 1 boolean wires; t = v - sum_{i < bits-1} 2^i b_i is forced into
 * {0, 2^(bits-1)}, so the recomposition costs nothing.
 */
export function rangedWire(system: ConstraintSystem, value: bigint, bits: number, kind: WireKind, why: string): Ranged {
  if (value < 0n || value >> BigInt(bits) !== 0n) system.fail(`${why}: ${value} is not below 2^${bits}`);
  const canonical = mod(value);
  if (bits === 0) {
    const int = wireInt(allocate(system, kind, canonical), canonical, 0n, 0n);
    system.enforceZero(int, why);
    if (kind === 'owed') for (const wire of int.wires) system.settle(wire); // constant zero
    return { int, bits: [] };
  }
  const int = wireInt(allocate(system, kind, canonical), canonical, 0n, (1n << BigInt(bits)) - 1n);
  if (bits === 1) {
    system.enforce(int, subInt(int, constInt(1n)), constInt(0n), why);
    return { int, bits: [int] };
  }
  // Bits are determined by the wire they decompose.
  const bitKind: WireKind = kind === 'late' ? 'late' : 'bound';
  const low: Int[] = [];
  for (let i = 0; i < bits - 1; i++) low.push(booleanWire(system, (canonical >> BigInt(i)) & 1n, bitKind, why));
  const rest = topPart(int, low);
  const top = 1n << BigInt(bits - 1);
  system.enforce(rest, subInt(rest, constInt(top)), constInt(0n), why);
  return { int, bits: [...low, topBit(rest, bits - 1)] };
}

/** v - sum 2^i b_i. */
function topPart(int: Int, low: readonly Int[]): Int {
  return sumInts([int, ...low], [1n, ...low.map((_, i) => -(1n << BigInt(i)))]);
}

/** The part above the low bits is 0 or 2^shift; divided by 2^shift in the field it is the top bit. */
function topBit(rest: Int, shift: number): Int {
  const inverse = INVERSE_POWERS[shift] ?? inversePower(shift);
  return {
    wires: rest.wires,
    coeffs: rest.coeffs.map((c) => mod(c * inverse)),
    constant: mod(rest.constant * inverse),
    value: rest.value >> BigInt(shift),
    lo: 0n,
    hi: 1n,
  };
}

const INVERSE_POWERS: bigint[] = [];
function inversePower(shift: number): bigint {
  const half = (R + 1n) / 2n;
  let value = 1n;
  for (let i = 0; i <= shift; i++) {
    INVERSE_POWERS[i] = value;
    value = (value * half) % R;
  }
  return INVERSE_POWERS[shift]!;
}

/**
 * The bits of the canonical representative of a scalar, little-endian; `zeroLow` of them are forced to 0. 254 bits, each
 * compared with r - 1: at a zero bit of r - 1 the constraint b*(b - 1 + m) = 0, m = all bits at higher ones of r - 1 set,
 * is boolean and refuses b = 1 in a larger number.
 */
export function canonicalBits(system: ConstraintSystem, scalar: Linear, zeroLow: number, why: string): Int[] {
  const value = mod(scalar.value);
  const max = R - 1n;
  const bound = system.isBound(scalar);
  const bits = new Array<Int>(R_BITS);
  let match: Int = constInt(1n);
  for (let i = R_BITS - 1; i >= 0; i--) {
    const actual = (value >> BigInt(i)) & 1n;
    if (i < zeroLow) {
      if (actual !== 0n) system.fail(`${why}: bit ${i} is set`);
      bits[i] = constInt(0n);
      continue;
    }
    const bit = wireInt(bound ? system.allocate(actual) : system.allocateLate(actual), actual, 0n, 1n);
    bits[i] = bit;
    if ((max >> BigInt(i)) & 1n) {
      system.enforce(bit, subInt(bit, constInt(1n)), constInt(0n), why);
      if (i > lastZeroAbove(zeroLow)) {
        if (isConst(match)) match = bit;
        else {
          const product = match.value * bit.value;
          const next = wireInt(system.allocateFrom(product, match, bit), product, 0n, 1n);
          system.enforce(match, bit, next, why);
          match = next;
        }
      }
    } else {
      system.enforce(bit, addInt(subInt(bit, constInt(1n)), match), constInt(0n), why);
    }
  }
  const terms = bits.map((bit, i) => ({ bit, i })).filter(({ bit }) => !isConst(bit));
  system.enforceZero(
    {
      ...mergeTerms(scalar, terms),
      constant: scalar.constant,
      value: mod(value - terms.reduce((sum, { bit, i }) => sum + (bit.value << BigInt(i)), 0n)),
    },
    why,
  );
  return bits;
}

/** Lowest zero bit of r - 1 that is still decomposed: ones below it need no match. */
function lastZeroAbove(zeroLow: number): number {
  for (let i = zeroLow; i < R_BITS; i++) if ((((R - 1n) >> BigInt(i)) & 1n) === 0n) return i;
  return R_BITS;
}

function mergeTerms(scalar: Linear, terms: readonly { bit: Int; i: number }[]): { wires: number[]; coeffs: bigint[] } {
  return {
    wires: [...scalar.wires, ...terms.map(({ bit }) => bit.wires[0]!)],
    coeffs: [...scalar.coeffs, ...terms.map(({ i }) => -(1n << BigInt(i)))],
  };
}

/** Forces 31 bits to a canonical KoalaBear element: p - 1 = 0x7f000000, so bits 24..30 all set allow no lower bit. */
export function assertCanonicalFelt(system: ConstraintSystem, bits: readonly Int[], why: string): void {
  if (bits.length !== 31) throw new RangeError(`"bits" expected 31, got ${bits.length}`);
  let all = bits[24]!;
  for (let i = 25; i < 31; i++) {
    const product = all.value * bits[i]!.value;
    const next = wireInt(system.allocateFrom(product, all, bits[i]!), product, 0n, 1n);
    system.enforce(bits[i]!, all, next, why);
    all = next;
  }
  system.enforce(sumInts(bits.slice(0, 24)), all, constInt(0n), why);
}

/** sum 2^i bits[i]. */
export function recompose(bits: readonly Int[]): Int {
  return sumInts(
    bits.map((bit) => scaleInt(bit, 1n)),
    bits.map((_, i) => 1n << BigInt(i)),
  );
}
