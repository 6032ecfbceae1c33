/**
 * The verifier backend that records a Groth16 circuit. Base and extension elements are integer expressions with tracked
 * bounds, reduced modulo p only when a product would leave the exact range; how, is the reducer's business.
 *
 * Wires are cells: reducing or naming an expression updates the cell, so that work on a shared value is done once. The
 * decisions depend on bounds and term counts only, never on values: any two runs of one verifier record the same circuit.
 */
import { VerificationError } from '../../core/errors.ts';
import * as kb from '../../field/koalabear.ts';
import { inverse as extInverseValue, equals, ZERO as EXT_ZERO } from '../../field/extension.ts';
import { isCanonicalScalar } from '../../field/bn254.ts';
import type { ExtValue } from '../../field/types.ts';
import { pathLengthBn } from '../../hash/merkle-bn254.ts';
import { assertCap, type ConstantCap } from './constant-cap.ts';
import type { Backend, DigestValue, OpenedRow, TreeShape } from '../../verifier/backend.ts';
import { DeferredReducer, shorten } from './deferred.ts';
import { rangedWire } from './r1cs/bits.ts';
import {
  type Int,
  type Linear,
  ZERO_INT,
  addInt,
  addLinear,
  bitsOf,
  constInt,
  constLinear,
  isConst,
  isZero,
  scaleInt,
  subInt,
  sumInts,
} from './r1cs/linear.ts';
import { hashRowCircuit, pathRootCircuit, selectConstant } from './r1cs/merkle.ts';
import { mulInt, mulPolynomials, reducePolynomial } from './r1cs/product.ts';
import { residue } from './r1cs/reduce.ts';
import type { ConstraintSystem } from './r1cs/system.ts';
import { ConventionalReducer, REDUCED_BITS, type Reducer, type ReductionStrategy } from './reducer.ts';
import { R1csTranscript, type TranscriptHost } from './transcript.ts';

/** A base element: an integer expression congruent to it. `uses` counts products. */
export type FeltCell = { int: Int; uses?: number };
/** An extension element: five integer expressions, low degree first. */
export type ExtCell = { limbs: readonly Int[]; uses?: number };

export type R1csWires = { felt: FeltCell; ext: ExtCell; bit: Int; digest: Linear; row: readonly FeltCell[] };

const LIMBS = 5;
/** Terms beyond which a sum gets a wire of its own. */
const MAX_SUM_TERMS = 200;
/**
 * When reductions are spent ahead of need: a base factor of an extension element beyond this size (its own reduction is
 * cheaper than the product's), and any factor at its third use. Found by counting constraints of the wrap verifier.
 */
const MAX_FACTOR_BITS = 93;
const SHARED_USES = 3;
const SHARED_EXT_BITS = 66;
/** Bits a product of five terms may gain over its operands: log2(5) and the reduction by X^5 + X^2 - 1. */
const EXT_PRODUCT_SLACK = 4;

export class R1csBackend implements Backend<R1csWires>, TranscriptHost {
  readonly system: ConstraintSystem;
  readonly strategy: ReductionStrategy;
  readonly #reducer: Reducer;
  readonly #deferred: DeferredReducer | undefined;
  #transcript: R1csTranscript | undefined;
  #stage = 'start';

  readonly #caps: ReadonlyMap<bigint, ConstantCap>;

  /** `caps`: trees whose root is a constant of the circuit and whose upper nodes are therefore constants too. */
  constructor(system: ConstraintSystem, strategy: ReductionStrategy, caps: readonly ConstantCap[] = []) {
    for (const cap of caps) assertCap(cap);
    this.#caps = new Map(caps.map((cap) => [cap.root, cap]));
    this.system = system;
    this.strategy = strategy;
    this.#deferred = strategy === 'deferred' ? new DeferredReducer(system) : undefined;
    this.#reducer = this.#deferred ?? new ConventionalReducer(system);
    this.work('start');
  }

  /** Ends the circuit: with deferred reductions, draws the combination challenge and proves all recorded relations. */
  finish(): void {
    if (this.#deferred === undefined) return;
    if (this.#transcript === undefined) throw new RangeError('deferred reductions need a transcript');
    this.#deferred.finish(this.#transcript);
  }

  /** Relations recorded so far; 0 for conventional reductions. */
  get relationCount(): number {
    return this.#deferred?.relationCount ?? 0;
  }

  // -- host of the transcript

  work(kind: string, stage?: string): void {
    if (stage !== undefined) this.#stage = stage.replace(/:.*/, '');
    this.system.section(`${this.#stage} / ${kind}`);
  }

  small(felt: FeltCell): Int {
    const { int } = felt;
    if (isConst(int)) return constInt(residue(int.constant));
    if (int.lo < 0n || int.hi >> BigInt(REDUCED_BITS) !== 0n) felt.int = this.#reduceInt(int, 'observed value');
    return felt.int;
  }

  felt(int: Int): FeltCell {
    return { int };
  }

  ext(limbs: readonly Int[]): ExtCell {
    return { limbs };
  }

  absorbLater(int: Int): void {
    this.#deferred?.absorbLater(int);
  }

  // -- base field

  feltConst(value: number): FeltCell {
    return { int: constInt(centered(value)) };
  }

  feltAdd(a: FeltCell, b: FeltCell): FeltCell {
    this.#makeRoom([a, b], 1);
    return this.#settleFelt(addInt(a.int, b.int));
  }

  feltSub(a: FeltCell, b: FeltCell): FeltCell {
    this.#makeRoom([a, b], 1);
    return this.#settleFelt(subInt(a.int, b.int));
  }

  feltMul(a: FeltCell, b: FeltCell): FeltCell {
    if (!isConst(a.int) && !isConst(b.int)) {
      this.#shareFelt(a);
      this.#shareFelt(b);
      while (bitsOf(a.int) + bitsOf(b.int) > this.#reducer.productBits) {
        const larger = bitsOf(a.int) >= bitsOf(b.int) ? a : b;
        if (bitsOf(larger.int) <= REDUCED_BITS) break;
        larger.int = this.#reduceInt(larger.int, 'product operand');
      }
      this.work('product');
      return { int: mulInt(this.system, this.#short(a), this.#short(b), 'base product') };
    }
    return isConst(a.int)
      ? this.feltMulConst(b, Number(residue(a.int.constant)))
      : this.feltMulConst(a, Number(residue(b.int.constant)));
  }

  feltMulConst(a: FeltCell, k: number): FeltCell {
    const factor = centered(k);
    if (!isConst(a.int)) this.#makeRoom([a], bitsOf(constInt(factor)));
    return this.#settleFelt(scaleInt(a.int, factor));
  }

  assertFeltEqual(a: FeltCell, b: FeltCell, why: string): void {
    const difference = this.feltSub(a, b);
    this.work('equation');
    this.#reducer.assertZero(difference.int, why);
  }

  // -- bits

  bitAsFelt(bit: Int): FeltCell {
    return { int: bit };
  }

  bitConst(value: 0 | 1): Int {
    return constInt(BigInt(value));
  }

  hintBit(value: number): Int {
    this.work('hint');
    return this.#reducer.hintBits([BigInt(value)], 'hinted bit')[0]!;
  }

  hintFelt(value: number): FeltCell {
    this.work('hint');
    return { int: this.#reducer.hint(BigInt(value), 'hinted element') };
  }

  feltBits(a: FeltCell, count: number, why: string): Int[] {
    if (count < 0 || count > 30) throw new RangeError(`"count" expected 0..30, got ${count}`);
    const value = residue(a.int.value);
    if (value >> BigInt(count) !== 0n) this.system.fail(`${why}: ${value} is not below 2^${count}`);
    const digits = Array.from({ length: count }, (_, i) => (value >> BigInt(i)) & 1n);
    if (isConst(a.int)) return digits.map(constInt);
    this.#makeRoom([a], 1);
    this.work('bits');
    const bits = this.#reducer.hintBits(digits, why);
    const recomposed = sumInts(
      bits,
      bits.map((_, i) => 1n << BigInt(i)),
    );
    this.#reducer.assertZero(subInt(a.int, recomposed), why);
    return bits;
  }

  // -- extension field

  extConst(value: ExtValue): ExtCell {
    return { limbs: value.map((limb) => constInt(centered(limb))) };
  }

  extFromFelt(a: FeltCell): ExtCell {
    return { limbs: [a.int, ZERO_INT, ZERO_INT, ZERO_INT, ZERO_INT] };
  }

  extFromLimbs(limbs: readonly FeltCell[]): ExtCell {
    if (limbs.length !== LIMBS) throw new RangeError(`"limbs" expected ${LIMBS} elements, got ${limbs.length}`);
    return { limbs: limbs.map(({ int }) => int) };
  }

  extAdd(a: ExtCell, b: ExtCell): ExtCell {
    this.#makeRoomExt([a, b], 1);
    return this.#settleExt(a.limbs.map((x, i) => addInt(x, b.limbs[i]!)));
  }

  extSub(a: ExtCell, b: ExtCell): ExtCell {
    this.#makeRoomExt([a, b], 1);
    return this.#settleExt(a.limbs.map((x, i) => subInt(x, b.limbs[i]!)));
  }

  extMul(a: ExtCell, b: ExtCell): ExtCell {
    const constant = a.limbs.every(isConst) || b.limbs.every(isConst);
    if (!constant) {
      this.#shareExt(a);
      this.#shareExt(b);
    }
    this.#fitProduct(a, b, EXT_PRODUCT_SLACK);
    this.work('product');
    if (!constant) {
      this.#shortExt(a);
      this.#shortExt(b);
    }
    const product = reducePolynomial(mulPolynomials(this.system, a.limbs, b.limbs, 'extension product'));
    return this.#settleExt(product);
  }

  extMulAdd(a: ExtCell, b: ExtCell, c: ExtCell): ExtCell {
    return this.extAdd(this.extMul(a, b), c);
  }

  extMulConst(a: ExtCell, k: number): ExtCell {
    const factor = centered(k);
    if (!a.limbs.every(isConst)) this.#makeRoomExt([a], bitsOf(constInt(factor)));
    return this.#settleExt(a.limbs.map((limb) => scaleInt(limb, factor)));
  }

  extScale(a: ExtCell, k: FeltCell): ExtCell {
    if (isConst(k.int)) return this.extMulConst(a, Number(residue(k.int.constant)));
    if (a.limbs.every(isConst)) {
      const top = largest(a.limbs);
      if (bitsOf(k.int) + top > this.#reducer.sumBits) k.int = this.#reduceInt(k.int, 'product operand');
      return this.#settleExt(a.limbs.map((limb) => scaleInt(k.int, limb.constant)));
    }
    this.#shareExt(a);
    this.#shareFelt(k);
    if (bitsOf(k.int) > MAX_FACTOR_BITS) k.int = this.#reduceInt(k.int, 'factor');
    while (largest(a.limbs) + bitsOf(k.int) > this.#reducer.productBits) {
      if (bitsOf(k.int) >= largest(a.limbs) && bitsOf(k.int) > REDUCED_BITS) {
        k.int = this.#reduceInt(k.int, 'product operand');
      } else if (largest(a.limbs) > REDUCED_BITS) this.#reduceExt(a, 'product operand');
      else break;
    }
    this.work('product');
    this.#shortExt(a);
    const factor = this.#short(k);
    return { limbs: a.limbs.map((limb) => mulInt(this.system, limb, factor, 'scaled element')) };
  }

  extInverse(a: ExtCell, why: string): ExtCell {
    const value = extValueOf(a);
    const isZeroValue = equals(value, EXT_ZERO);
    if (isZeroValue) this.system.fail(`${why}: zero has no inverse`);
    const inverse = isZeroValue ? EXT_ZERO : extInverseValue(value);
    if (a.limbs.every(isConst)) return this.extConst(inverse);
    this.work('hint');
    const result: ExtCell = { limbs: inverse.map((limb) => this.#reducer.hint(BigInt(limb), why)) };
    const difference = this.extSub(this.extMul(a, result), this.extConst([1, 0, 0, 0, 0]));
    this.work('equation');
    this.#reducer.assertZeroExt(difference.limbs, why);
    return result;
  }

  extDot(a: readonly ExtCell[], b: readonly ExtCell[]): ExtCell {
    if (a.length !== b.length) throw new RangeError(`"b" expected ${a.length} elements, got ${b.length}`);
    return this.#sum(a.map((x, i) => this.extMul(x, b[i]!)));
  }

  assertExtEqual(a: ExtCell, b: ExtCell, why: string): void {
    const difference = this.extSub(a, b);
    this.work('equation');
    this.#reducer.assertZeroExt(difference.limbs, why);
  }

  // -- hashing and proof data

  transcript(domain: string): R1csTranscript {
    if (this.#transcript !== undefined) throw new RangeError('one circuit has one transcript');
    this.#transcript = new R1csTranscript(this, domain);
    return this.#transcript;
  }

  digestConst(value: DigestValue): Linear {
    if (!isCanonicalScalar(value)) throw new TypeError('"value" expected a canonical BN254 scalar');
    return constLinear(value);
  }

  hashFelts(): never {
    throw new TypeError('"hashFelts" exists in the KoalaBear suite only');
  }

  digestFelts(): never {
    throw new TypeError('"digestFelts" exists in the KoalaBear suite only');
  }

  digestFromFelts(): never {
    throw new TypeError('"digestFromFelts" exists in the KoalaBear suite only');
  }

  checkPath(root: Linear, leaf: Linear, index: readonly Int[], path: readonly DigestValue[], why: string): void {
    const expected = pathLengthBn(index.length);
    if (!Array.isArray(path) || path.length !== expected) {
      throw new VerificationError('proof-shape', why, `expected ${expected} digests in the path`);
    }
    const scalars = path.map((digest): bigint => {
      if (!isCanonicalScalar(digest)) throw new VerificationError('non-canonical', why, 'not a canonical digest');
      return digest;
    });
    this.work('Merkle path');
    const cap = isConst(root) ? this.#caps.get(root.value) : undefined;
    const below = cap === undefined ? index.length : index.length - cap.logNodes;
    if (below < 0 || (cap !== undefined && below % 3 !== 0)) throw new RangeError('the cap does not fit this tree');
    const lower = index.slice(0, below);
    const reached = pathRootCircuit(this.system, leaf, lower, scalars.slice(0, pathLengthBn(below)));
    const expectedNode = cap === undefined ? root : selectConstant(this.system, index.slice(below), cap.nodes);
    const negated: Linear = {
      wires: expectedNode.wires,
      coeffs: expectedNode.coeffs.map((c) => -c),
      constant: -expectedNode.constant,
      value: -expectedNode.value,
    };
    this.system.enforceZero(addLinear(reached, negated), `${why}: the path does not lead to the root`);
  }

  openRow(root: Linear, shape: TreeShape, index: readonly Int[], opened: OpenedRow, why: string): readonly FeltCell[] {
    if (index.length !== shape.logRows) {
      throw new RangeError(`"index" expected ${shape.logRows} bits, got ${index.length}`);
    }
    const { row, path } = opened;
    if (!Array.isArray(row) || row.length !== shape.width) {
      throw new VerificationError('proof-shape', why, `expected ${shape.width} elements in the row`);
    }
    this.#stage = why.replace(/:.*/, '');
    this.work('row limbs');
    // Bound: a limb under an absorbed root at an index determined by absorbed data.
    const ints = row.map((value: unknown) => {
      if (!kb.isCanonical(value)) throw new VerificationError('non-canonical', why, 'not a canonical base element');
      return rangedWire(this.system, BigInt(value), REDUCED_BITS, 'bound', why).int;
    });
    this.work('row hash');
    const leaf = hashRowCircuit(this.system, ints);
    this.checkPath(root, leaf, index, path, why);
    return ints.map((int) => ({ int }));
  }

  rowDot(row: readonly FeltCell[], weights: readonly ExtCell[]): ExtCell {
    if (weights.length > row.length) {
      throw new RangeError(`"weights" expected at most ${row.length} elements, got ${weights.length}`);
    }
    return this.#sum(weights.map((weight, i) => this.extScale(weight, row[i]!)));
  }

  rowExts(row: readonly FeltCell[]): ExtCell[] {
    if (row.length % LIMBS !== 0) throw new RangeError(`"row" expected a multiple of 5 elements, got ${row.length}`);
    return Array.from({ length: row.length / LIMBS }, (_, i) => ({
      limbs: row.slice(LIMBS * i, LIMBS * (i + 1)).map(({ int }) => int),
    }));
  }

  // -- bounds

  #reduceInt(int: Int, why: string): Int {
    this.work('reduction');
    return this.#reducer.reduce(int, why);
  }

  #reduceExt(cell: ExtCell, why: string): void {
    if (cell.limbs.every((limb) => isConst(limb) || isSmall(limb))) return;
    this.work('reduction');
    cell.limbs = this.#reducer.reduceExt(cell.limbs, why);
  }

  /** Reduces operands of a sum that would exceed the limit with `extra` more bits. */
  #makeRoom(cells: readonly FeltCell[], extra: number): void {
    for (const cell of cells) {
      if (!isConst(cell.int) && bitsOf(cell.int) + extra > this.#reducer.sumBits) {
        cell.int = this.#reduceInt(cell.int, 'summand');
      }
    }
  }

  #makeRoomExt(cells: readonly ExtCell[], extra: number): void {
    for (const cell of cells) {
      if (largest(cell.limbs) + extra > this.#reducer.sumBits) this.#reduceExt(cell, 'summand');
    }
  }

  /** Reduces the larger operand first, until the product fits. */
  #fitProduct(a: ExtCell, b: ExtCell, slack: number): void {
    const constant = a.limbs.every(isConst) || b.limbs.every(isConst);
    const limit = constant ? this.#reducer.sumBits : this.#reducer.productBits;
    while (largest(a.limbs) + largest(b.limbs) + slack > limit) {
      const larger = largest(a.limbs) >= largest(b.limbs) ? a : b;
      if (largest(larger.limbs) <= REDUCED_BITS) break;
      this.#reduceExt(larger, 'product operand');
    }
  }

  /** A factor used again is reduced: once for all further products. */
  #shareFelt(cell: FeltCell): void {
    if (isConst(cell.int)) return;
    cell.uses = (cell.uses ?? 0) + 1;
    if (cell.uses === SHARED_USES && bitsOf(cell.int) > REDUCED_BITS)
      cell.int = this.#reduceInt(cell.int, 'shared factor');
  }

  #shareExt(cell: ExtCell): void {
    if (cell.limbs.every(isConst)) return;
    cell.uses = (cell.uses ?? 0) + 1;
    if (cell.uses === SHARED_USES && largest(cell.limbs) > SHARED_EXT_BITS) this.#reduceExt(cell, 'shared factor');
  }

  #sum(terms: readonly ExtCell[]): ExtCell {
    if (terms.length === 0) return this.extConst(EXT_ZERO);
    const extra = Math.ceil(Math.log2(terms.length));
    this.#makeRoomExt(terms, extra);
    return this.#settleExt(Array.from({ length: LIMBS }, (_, c) => sumInts(terms.map(({ limbs }) => limbs[c]!))));
  }

  #settleFelt(int: Int): FeltCell {
    return { int: this.#settle(int) };
  }

  #settleExt(limbs: readonly Int[]): ExtCell {
    return { limbs: limbs.map((limb) => this.#settle(limb)) };
  }

  /** Keeps constants reduced and sums short. */
  #settle(int: Int): Int {
    if (isConst(int)) return isZero(int) ? int : constInt(centered(Number(residue(int.constant))));
    return int.wires.length > MAX_SUM_TERMS ? shorten(this.system, int) : int;
  }

  #short(cell: FeltCell): Int {
    cell.int = shorten(this.system, cell.int);
    return cell.int;
  }

  #shortExt(cell: ExtCell): void {
    cell.limbs = cell.limbs.map((limb) => shorten(this.system, limb));
  }
}

/** The representative of a base element with the smallest magnitude. */
function centered(value: number): bigint {
  return BigInt(value > kb.P / 2 ? value - kb.P : value);
}

function isSmall(int: Int): boolean {
  return int.lo >= 0n && int.hi >> BigInt(REDUCED_BITS) === 0n;
}

function largest(limbs: readonly Int[]): number {
  return Math.max(0, ...limbs.map(bitsOf));
}

/** The element a cell stands for in the honest witness. */
export function extValueOf(cell: ExtCell): ExtValue {
  const [a, b, c, d, e] = cell.limbs.map((limb) => Number(residue(limb.value)));
  return [a!, b!, c!, d!, e!];
}
