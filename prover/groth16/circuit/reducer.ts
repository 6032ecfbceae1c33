/**
 * How the R1CS backend keeps integers small and checks equations modulo p. Two strategies with one interface:
 * `ConventionalReducer` proves each with a quotient; `DeferredReducer` (deferred.ts) collects them for one random
 * combination.
 */
import { booleanWire, rangedWire } from './r1cs/bits.ts';
import type { Int } from './r1cs/linear.ts';
import { assertZeroMod, reduceInt } from './r1cs/reduce.ts';
import type { ConstraintSystem } from './r1cs/system.ts';

export interface Reducer {
  /** Products are kept below this many bits; operands are reduced first. */
  readonly productBits: number;
  /** Sums are kept below this many bits. */
  readonly sumBits: number;
  /** A value below 2^31 congruent to `v`. */
  reduce(v: Int, why: string): Int;
  /** The same for the five limbs of an extension element. */
  reduceExt(limbs: readonly Int[], why: string): Int[];
  assertZero(v: Int, why: string): void;
  assertZeroExt(limbs: readonly Int[], why: string): void;
  /** A wire below 2^31 that the prover chooses, fit for relations. */
  hint(value: bigint, why: string): Int;
  /** A boolean wire that the prover chooses, fit for relations. */
  hintBits(values: readonly bigint[], why: string): Int[];
}

/** Names of the two strategies. */
export type ReductionStrategy = 'conventional' | 'deferred';

/** Bits a value takes that has passed a range check. */
export const REDUCED_BITS = 31;

/** Quotient and remainder for every reduction. Nothing is left to the end; classes of wires do not matter. */
export class ConventionalReducer implements Reducer {
  readonly productBits = 250;
  readonly sumBits = 250;
  readonly #system: ConstraintSystem;

  constructor(system: ConstraintSystem) {
    this.#system = system;
  }

  reduce(v: Int, why: string): Int {
    return reduceInt(this.#system, v, 'bound', why).int;
  }

  reduceExt(limbs: readonly Int[], why: string): Int[] {
    return limbs.map((limb) => this.reduce(limb, why));
  }

  assertZero(v: Int, why: string): void {
    assertZeroMod(this.#system, v, why);
  }

  assertZeroExt(limbs: readonly Int[], why: string): void {
    for (const limb of limbs) this.assertZero(limb, why);
  }

  hint(value: bigint, why: string): Int {
    return rangedWire(this.#system, value, REDUCED_BITS, 'bound', why).int;
  }

  hintBits(values: readonly bigint[], why: string): Int[] {
    return values.map((value) => booleanWire(this.#system, value, 'bound', why));
  }
}
