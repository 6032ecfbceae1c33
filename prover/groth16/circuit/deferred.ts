/**
 * Deferred reduction: congruences modulo p are recorded and proved together by one random combination after the last
 * protocol message (docs/groth16.md, "Deferred reductions").
 *
 * A relation is five integer expressions d_0..d_4 that are all 0 mod p, read as an element of F. Relation i gets the power
 * rho^i of a challenge drawn after everything the relations depend on has been absorbed; sum_i rho^i d_i = 0 in F.
 *
 * Soundness: bound wires are fixed by the absorbed string, so the residues of the relations are fixed before rho; a
 * non-zero one makes the sum a non-zero polynomial of degree < N, which vanishes at rho with probability < N/|F|. Each
 * relation has an exponent of its own. The system refuses late wires in a relation, and refuses to end the bound phase
 * while a promised absorption is missing.
 */
import { type Int, BoundError, ZERO_INT, addInt, asLinear, bitsOf, isConst, sumInts } from './r1cs/linear.ts';
import { booleanWire, rangedWire, recompose } from './r1cs/bits.ts';
import { materialise } from './r1cs/poseidon.ts';
import { mulPolynomials, reducePolynomial } from './r1cs/product.ts';
import { assertZeroMod, reduceInt, residue } from './r1cs/reduce.ts';
import { BindingError, type ConstraintSystem, wireInt } from './r1cs/system.ts';
import { REDUCED_BITS, type Reducer } from './reducer.ts';

/** Largest relation: with an F product by rho^i (34.4 bits) and a sum it stays exact. */
export const MAX_RELATION_BITS = 208;
/** Products may grow to this size and leave room for sums; large relations cost a reduction of their inner sum. */
const PRODUCT_BITS = 204;
/** Magnitude below which the final quotient checks cannot wrap. */
const SUM_LIMIT_BITS = 250;
const LIMBS = 5;

/** What the combination needs of the transcript. */
export type CombinationTranscript = {
  /** Absorbs integers below 2^31 under the combination's own tag and settles their wires. */
  absorbForCombination(values: readonly Int[]): void;
  /** The five limbs of a fresh challenge. */
  sampleLimbs(label: string): Int[];
};

type Relation = { readonly limbs: readonly Int[]; readonly bits: number; readonly why: string };

export class DeferredReducer implements Reducer {
  readonly productBits = PRODUCT_BITS;
  readonly sumBits = MAX_RELATION_BITS;
  readonly #system: ConstraintSystem;
  readonly #relations: Relation[] = [];
  readonly #absorb: Int[] = [];
  /** Base relations waiting for four others to share an F relation. */
  #base: { int: Int; why: string }[] = [];
  #finished = false;

  constructor(system: ConstraintSystem) {
    this.#system = system;
  }

  get relationCount(): number {
    return this.#relations.length;
  }

  reduce(v: Int, why: string): Int {
    if (isConst(v)) return constResidue(v);
    const e = this.hint(residue(v.value), why);
    this.assertZero(sumInts([v, e], [1n, -1n]), why);
    return e;
  }

  reduceExt(limbs: readonly Int[], why: string): Int[] {
    const reduced = limbs.map((limb) => (isConst(limb) ? constResidue(limb) : this.hint(residue(limb.value), why)));
    this.assertZeroExt(
      limbs.map((limb, i) => (isConst(limb) ? ZERO_INT : sumInts([limb, reduced[i]!], [1n, -1n]))),
      why,
    );
    return reduced;
  }

  assertZero(v: Int, why: string): void {
    if (this.#isSettledConstant(v, why)) return;
    this.#check(v, why);
    this.#base.push({ int: v, why });
    if (this.#base.length === LIMBS) this.#flushBase();
  }

  assertZeroExt(limbs: readonly Int[], why: string): void {
    const open = limbs.filter((limb) => !this.#isSettledConstant(limb, why));
    if (open.length === 0) return;
    for (const limb of open) this.#check(limb, why);
    this.#record(
      limbs.map((limb) => (isConst(limb) ? ZERO_INT : limb)),
      why,
    );
  }

  hint(value: bigint, why: string): Int {
    const { int } = rangedWire(this.#system, value, REDUCED_BITS, 'owed', why);
    this.#absorb.push(int);
    return int;
  }

  hintBits(values: readonly bigint[], why: string): Int[] {
    // Booleans are determined by their packed value, which is absorbed.
    const bits = values.map((value) => booleanWire(this.#system, value, 'bound', why));
    for (let i = 0; i < bits.length; i += REDUCED_BITS - 1) {
      this.#absorb.push(recompose(bits.slice(i, i + REDUCED_BITS - 1)));
    }
    return bits;
  }

  /** Promises to absorb a wire below 2^31 (a challenge limb) with the combination. */
  absorbLater(int: Int): void {
    this.#absorb.push(int);
  }

  /** Draws rho and proves all relations. Nothing may be recorded afterwards. */
  finish(transcript: CombinationTranscript): void {
    if (this.#finished) throw new BindingError('the combination was drawn already');
    if (this.#base.length > 0) this.#flushBase();
    this.#finished = true;
    const system = this.#system;
    system.section('combination / absorb');
    transcript.absorbForCombination(this.#absorb);
    // Soundness: from here on every wire is late, and nothing promised may be missing.
    system.startLatePhase();
    const rho = transcript.sampleLimbs('combination');

    system.section('combination / powers');
    const relations = this.#relations.toSorted((a, b) => a.bits - b.bits);
    const inner = Math.max(1, Math.ceil(Math.sqrt(relations.length)));
    const outer = Math.ceil(relations.length / inner);
    const low = this.#powers(rho, inner);
    const step = inner === 1 ? rho : this.#multiply(low[inner - 1]!, rho);
    const high = this.#powers(this.#reduceAll(step), outer);

    system.section('combination / sums');
    // Relation at place i = inner*h + l has the exponent i: unique by construction.
    let total: Int[] = new Array<Int>(LIMBS).fill(ZERO_INT);
    for (let h = 0; h < outer; h++) {
      const group = relations.slice(h * inner, (h + 1) * inner);
      let sum: Int[] = group.reduce<Int[]>((acc, { limbs }, l) => {
        const term = l === 0 ? [...limbs] : this.#multiply(limbs, low[l]!);
        return acc.map((x, k) => addInt(x, term[k]!));
      }, new Array<Int>(LIMBS).fill(ZERO_INT));
      if (h > 0) {
        if (largest(sum) + 34 + 8 > SUM_LIMIT_BITS) sum = this.#reduceAll(sum);
        sum = this.#multiply(sum, high[h]!);
      }
      if (Math.max(largest(total), largest(sum)) + 1 > SUM_LIMIT_BITS) total = this.#reduceAll(total);
      total = total.map((x, k) => addInt(x, sum[k]!));
    }
    system.section('combination / quotients');
    for (const limb of total) assertZeroMod(system, limb, 'random combination of the deferred reductions');
  }

  /** x^0..x^(count-1), each limb below 2^31. */
  #powers(x: readonly Int[], count: number): Int[][] {
    const powers: Int[][] = [[ONE], [...x]];
    while (powers.length < count) powers.push(this.#reduceAll(this.#multiply(powers[powers.length - 1]!, x)));
    return powers.slice(0, Math.max(count, 1));
  }

  #multiply(a: readonly Int[], b: readonly Int[]): Int[] {
    const short = (limbs: readonly Int[]): Int[] => limbs.map((limb) => shorten(this.#system, limb));
    return reducePolynomial(mulPolynomials(this.#system, short(a), short(b), 'combination'));
  }

  #reduceAll(limbs: readonly Int[]): Int[] {
    return limbs.map((limb) => reduceInt(this.#system, limb, 'late', 'combination').int);
  }

  #flushBase(): void {
    const limbs = this.#base.map(({ int }) => int);
    while (limbs.length < LIMBS) limbs.push(ZERO_INT);
    this.#record(limbs, this.#base.map(({ why }) => why).join('; '));
    this.#base = [];
  }

  #record(limbs: readonly Int[], why: string): void {
    if (this.#finished) throw new BindingError(`${why}: recorded after the combination challenge`);
    this.#system.observer?.relation(limbs);
    this.#relations.push({ limbs, bits: largest(limbs), why });
  }

  #isSettledConstant(v: Int, why: string): boolean {
    if (!isConst(v)) return false;
    if (residue(v.constant) !== 0n) this.#system.fail(why);
    // Constants that are not zero mod p have no satisfying witness; say so in the circuit too.
    if (residue(v.constant) !== 0n) this.#system.enforceZero(asLinear(v), why);
    return true;
  }

  #check(v: Int, why: string): void {
    if (this.#finished) throw new BindingError(`${why}: recorded after the combination challenge`);
    if (!this.#system.isBound(v)) {
      throw new BindingError(`${why}: a wire that is not bound before the combination challenge`);
    }
    if (bitsOf(v) > MAX_RELATION_BITS) {
      throw new BoundError(`${why}: a relation of ${bitsOf(v)} bits, at most ${MAX_RELATION_BITS} can be combined`);
    }
    if (residue(v.value) !== 0n) this.#system.fail(why);
  }
}

const ONE: Int = { ...ZERO_INT, constant: 1n, value: 1n, lo: 1n, hi: 1n };

function constResidue(v: Int): Int {
  const value = residue(v.constant);
  return { ...ZERO_INT, constant: value, value, lo: value, hi: value };
}

function largest(limbs: readonly Int[]): number {
  return Math.max(0, ...limbs.map(bitsOf));
}

/** Terms beyond which a product operand gets a wire of its own: it occurs in nine constraints. */
const MAX_OPERAND_TERMS = 12;

/** The same integer in few terms. */
export function shorten(system: ConstraintSystem, int: Int): Int {
  if (int.wires.length <= MAX_OPERAND_TERMS) return int;
  const wire = materialise(system, asLinear(int)).wires[0]!;
  return wireInt(wire, int.value, int.lo, int.hi);
}
