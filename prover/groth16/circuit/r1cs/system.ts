/**
 * A rank-1 constraint system over the BN254 scalar field with its witness, built in one pass: three sparse matrices in
 * compressed rows over typed arrays, coefficients interned. Wire 0 is the constant one, then come the public inputs.
 *
 * Every wire has a class (docs/groth16.md, "Deferred reductions"): BOUND wires are determined by what has been or
 * will be absorbed before the combination challenge, LATE wires are not and may not occur in a deferred relation.
 */
import { R, mod } from '../../../field/bn254.ts';
import { VerificationError, ZkError } from '../../../core/errors.ts';
import type { Int, Linear } from './linear.ts';

/** Rows of one matrix: terms of row i are [starts[i], starts[i+1]). */
export type SparseMatrix = {
  readonly starts: Uint32Array;
  readonly wires: Uint32Array;
  /** Indices into the system's coefficient table. */
  readonly coeffs: Uint32Array;
};

class MatrixBuilder {
  starts: Uint32Array = new Uint32Array(1024);
  wires: Uint32Array = new Uint32Array(4096);
  coeffs: Uint32Array = new Uint32Array(4096);
  rows = 0;
  terms = 0;

  push(wire: number, coeff: number): void {
    if (this.terms === this.wires.length) {
      this.wires = grown(this.wires);
      this.coeffs = grown(this.coeffs);
    }
    this.wires[this.terms] = wire;
    this.coeffs[this.terms] = coeff;
    this.terms++;
  }

  endRow(): void {
    this.rows++;
    if (this.rows === this.starts.length) this.starts = grown(this.starts);
    this.starts[this.rows] = this.terms;
  }

  view(): SparseMatrix {
    return {
      starts: this.starts.subarray(0, this.rows + 1),
      wires: this.wires.subarray(0, this.terms),
      coeffs: this.coeffs.subarray(0, this.terms),
    };
  }
}

function grown(array: Uint32Array): Uint32Array {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** A constraint that the witness violates. */
export type Violation = { readonly constraint: number; readonly section: string };

/** A deferred relation or absorption that would void the random combination; raised at circuit-build time. */
export class BindingError extends ZkError {
  constructor(message: string) {
    super('R1CS_BINDING', message);
  }
}

/** 'witness' refuses values that violate a constraint as soon as they appear; 'shape' records constraints for any values. */
export type BuildMode = 'witness' | 'shape';

const LATE = 0;
const BOUND = 1;
/** Bound on condition that it is absorbed before the combination challenge. */
const OWED = 2;

/** Sees what is built, for audits of the circuit. */
export type BuildObserver = {
  /** A wire that must be absorbed before the combination challenge. */
  owed(wire: number): void;
  /** A deferred relation: integers that are 0 modulo p. */
  relation(limbs: readonly Int[]): void;
};

export class ConstraintSystem {
  readonly publicCount: number;
  readonly mode: BuildMode;
  readonly observer: BuildObserver | undefined;
  /** Witness, indexed by wire; canonical. */
  readonly values: bigint[];
  readonly #a = new MatrixBuilder();
  readonly #b = new MatrixBuilder();
  readonly #c = new MatrixBuilder();
  readonly #coefficients: bigint[] = [];
  readonly #interned = new Map<bigint, number>();
  #classes: Uint8Array = new Uint8Array(4096);
  #owed = 0;
  #allLate = false;
  #section = '';
  readonly #sectionStarts: { section: string; from: number }[] = [];

  constructor(options: { publicCount: number; mode: BuildMode; observer?: BuildObserver | undefined }) {
    this.publicCount = options.publicCount;
    this.mode = options.mode;
    this.observer = options.observer;
    this.values = [1n, ...new Array<bigint>(options.publicCount).fill(0n)];
    // Soundness: the prover chooses public inputs after the combination challenge, so they are late; one is constant.
    this.#classes[0] = BOUND;
  }

  get constraintCount(): number {
    return this.#a.rows;
  }

  get wireCount(): number {
    return this.values.length;
  }

  /** Interned coefficients, canonical. */
  get coefficients(): readonly bigint[] {
    return this.#coefficients;
  }

  get matrices(): { readonly a: SparseMatrix; readonly b: SparseMatrix; readonly c: SparseMatrix } {
    return { a: this.#a.view(), b: this.#b.view(), c: this.#c.view() };
  }

  /** Names the work that follows, for statistics and for messages. */
  section(name: string): void {
    if (name === this.#section) return;
    this.#section = name;
    this.#sectionStarts.push({ section: name, from: this.constraintCount });
  }

  get currentSection(): string {
    return this.#section;
  }

  /** Constraints by section. */
  statistics(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [i, { section, from }] of this.#sectionStarts.entries()) {
      const to = this.#sectionStarts[i + 1]?.from ?? this.constraintCount;
      if (to > from) counts.set(section, (counts.get(section) ?? 0) + to - from);
    }
    return counts;
  }

  /** Index of a coefficient in the table. */
  intern(coefficient: bigint): number {
    let index = this.#interned.get(coefficient);
    if (index === undefined) {
      const canonical = mod(coefficient);
      index = this.#interned.get(canonical);
      if (index === undefined) {
        index = this.#coefficients.push(canonical) - 1;
        this.#interned.set(canonical, index);
      }
      this.#interned.set(coefficient, index);
    }
    return index;
  }

  // -- wires

  /** A wire that bound wires determine, or that is otherwise bound by the caller's constraints. */
  allocate(value: bigint): number {
    return this.#allocate(value, BOUND);
  }

  /** A wire the prover chooses freely within its constraints; may not enter deferred relations. */
  allocateLate(value: bigint): number {
    return this.#allocate(value, LATE);
  }

  /** A wire that counts as bound provided it is absorbed (`settle`) before the combination challenge. */
  allocateOwed(value: bigint): number {
    const wire = this.#allocate(value, OWED);
    this.observer?.owed(wire);
    return wire;
  }

  /** A wire of the class its inputs give: late if any of them is. */
  allocateFrom(value: bigint, ...inputs: readonly Linear[]): number {
    return this.#allocate(value, inputs.every((x) => this.isBound(x)) ? BOUND : LATE);
  }

  setPublic(index: number, value: bigint): void {
    if (index < 0 || index >= this.publicCount) {
      throw new RangeError(`"index" expected 0..${this.publicCount - 1}, got ${index}`);
    }
    this.values[1 + index] = mod(value);
  }

  publicInput(index: number): Linear {
    return { wires: [1 + index], coeffs: [1n], constant: 0n, value: this.values[1 + index]! };
  }

  isBound(expression: Linear): boolean {
    return expression.wires.every((wire) => this.#classes[wire] !== LATE);
  }

  /** Marks a wire as absorbed. */
  settle(wire: number): void {
    if (this.#classes[wire] !== OWED) return;
    this.#classes[wire] = BOUND;
    this.#owed--;
  }

  /** Whether the wire still waits to be absorbed. */
  isOwed(wire: number): boolean {
    return this.#classes[wire] === OWED;
  }

  /** Ends the phase of bound wires: every wire from here on is late. Refuses while an owed wire has not been absorbed. */
  startLatePhase(): void {
    if (this.#owed > 0)
      throw new BindingError(`${this.#owed} wires were promised to the transcript and never absorbed`);
    this.#allLate = true;
  }

  #allocate(value: bigint, kind: number): number {
    const wire = this.values.push(mod(value)) - 1;
    if (wire >= this.#classes.length) {
      const larger = new Uint8Array(2 * this.#classes.length);
      larger.set(this.#classes);
      this.#classes = larger;
    }
    const actual = this.#allLate ? LATE : kind;
    this.#classes[wire] = actual;
    if (actual === OWED) this.#owed++;
    return wire;
  }

  // -- constraints

  /** a*b = c over the field. In witness mode a violation is refused at once. */
  enforce(a: Linear, b: Linear, c: Linear, why: string): void {
    this.pushLinear('a', a);
    this.pushLinear('b', b);
    this.pushLinear('c', c);
    this.endConstraint();
    if (this.mode === 'witness' && mod(a.value * b.value - c.value) !== 0n) this.fail(why);
  }

  /** a = 0. The combination stands in C, which the proving key does not store. */
  enforceZero(a: Linear, why: string): void {
    this.pushLinear('c', a);
    this.endConstraint();
    if (this.mode === 'witness' && mod(a.value) !== 0n) this.fail(why);
  }

  /** In witness mode: the proof is refused here. */
  fail(why: string): void {
    if (this.mode === 'witness') {
      const section = this.#section === '' ? 'r1cs' : this.#section;
      throw new VerificationError('R1CS_UNSATISFIED', section, why, 'The outermost circuit refuses the wrap proof');
    }
  }

  /** Adds one term to the row under construction. For gadgets with precomputed rows. */
  pushTerm(matrix: 'a' | 'b' | 'c', wire: number, coeffIndex: number): void {
    (matrix === 'a' ? this.#a : matrix === 'b' ? this.#b : this.#c).push(wire, coeffIndex);
  }

  pushLinear(matrix: 'a' | 'b' | 'c', expression: Linear): void {
    const target = matrix === 'a' ? this.#a : matrix === 'b' ? this.#b : this.#c;
    if (expression.constant !== 0n) target.push(0, this.intern(expression.constant));
    for (let i = 0; i < expression.wires.length; i++) {
      target.push(expression.wires[i]!, this.intern(expression.coeffs[i]!));
    }
  }

  endConstraint(): void {
    this.#a.endRow();
    this.#b.endRow();
    this.#c.endRow();
  }

  /** All constraints that `values` violates (at most `limit`). */
  check(values: readonly bigint[] = this.values, limit = 10): Violation[] {
    const violations: Violation[] = [];
    const { a, b, c } = this.matrices;
    for (let row = 0; row < this.constraintCount && violations.length < limit; row++) {
      const product = this.#rowValue(a, row, values) * this.#rowValue(b, row, values);
      if ((product - this.#rowValue(c, row, values)) % R !== 0n) {
        violations.push({ constraint: row, section: this.sectionOf(row) });
      }
    }
    return violations;
  }

  sectionOf(constraint: number): string {
    let found = '';
    for (const { section, from } of this.#sectionStarts) {
      if (from > constraint) break;
      found = section;
    }
    return found;
  }

  #rowValue(matrix: SparseMatrix, row: number, values: readonly bigint[]): bigint {
    let sum = 0n;
    for (let t = matrix.starts[row]!; t < matrix.starts[row + 1]!; t++) {
      sum += this.#coefficients[matrix.coeffs[t]!]! * values[matrix.wires[t]!]!;
    }
    return sum % R;
  }
}

/** A wire read as an integer with the bounds the caller's constraints prove. */
export function wireInt(wire: number, value: bigint, lo: bigint, hi: bigint): Int {
  return { wires: [wire], coeffs: [1n], constant: 0n, value, lo, hi };
}
