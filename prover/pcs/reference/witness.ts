/**
 * The heavy half of an opening: the stacked polynomial and its weight, and the steps on them. `proveOpening` drives any
 * implementation; `ReferenceWitness` is the readable one, a pool with kernels is the other.
 */
import type { ExtValue } from '../../field/types.ts';
import { commitOracle } from './encode.ts';
import {
  addInto,
  bindVariable,
  eqVector,
  getExt,
  innerProduct,
  liftVector,
  powerVector,
  roundMessage,
  type ExtVector,
} from './plain-vector.ts';
import type { Side } from '../../poly/ext-vectors.ts';
import * as ext from '../../field/extension.ts';
import { pow, rootOfUnity } from '../../field/koalabear.ts';
import type { RoundMessage, TreePlace } from '../whir/opening.ts';
import type { CommittedRows, ProverHash } from '../../verifier/suite.ts';

/** State: vectors f and W over the variables not yet bound, index z = x + 2^n * y at the start. */
export interface OpeningWitness {
  /** c_0 and c_2 of the next round. `highest`: the variable of the highest index bit (columns); else the lowest. */
  roundMessage(side: Side): RoundMessage;
  /** Binds that variable in f and W. */
  bind(challenge: ExtValue, side: Side): void;
  /** Commits to f as 2^logFold interleaved parts, 2^logDomain values in all: see `commitOracle` of encode.ts. */
  commit(logDomain: number, logFold: number): CommittedRows;
  /** Multilinear extension of f. */
  evaluate(point: readonly ExtValue[]): ExtValue;
  /** W += scale * eq(point, .). */
  addEqWeight(point: readonly ExtValue[], scale: ExtValue): void;
  /** W += sum_j scales[j] * x_j^b, b the index and x_j = w^exponents[j], w of order 2^logOrder: evaluation at x_j. */
  addPowerWeights(exponents: readonly number[], logOrder: number, scales: readonly ExtValue[]): void;
  /** f, lowest variable first. */
  values(): ExtValue[];
}

/** The readable implementation, on typed arrays of canonical limbs. */
export class ReferenceWitness implements OpeningWitness {
  readonly #hash: ProverHash;
  #values: ExtVector;
  #weight: ExtVector;

  /** `stacked` is Q on the hypercube (base elements), `weight` W on it; both of 2^(n+c) entries. Neither is changed. */
  constructor(hash: ProverHash, stacked: ArrayLike<number>, weight: ExtVector) {
    if (weight.length !== 5 * stacked.length) {
      throw new RangeError(`"weight" expected ${5 * stacked.length} limbs, got ${weight.length}`);
    }
    this.#hash = hash;
    this.#values = liftVector(stacked);
    this.#weight = weight.slice();
  }

  roundMessage(side: Side): RoundMessage {
    return roundMessage(this.#values, this.#weight, side);
  }

  bind(challenge: ExtValue, side: Side): void {
    this.#values = bindVariable(this.#values, challenge, side);
    this.#weight = bindVariable(this.#weight, challenge, side);
  }

  commit(logDomain: number, logFold: number): CommittedRows {
    return commitOracle(this.#hash, this.#values, logDomain, logFold);
  }

  evaluate(point: readonly ExtValue[]): ExtValue {
    return innerProduct(this.#values, eqVector(point, ext.ONE));
  }

  addEqWeight(point: readonly ExtValue[], scale: ExtValue): void {
    addInto(this.#weight, eqVector(point, scale));
  }

  addPowerWeights(exponents: readonly number[], logOrder: number, scales: readonly ExtValue[]): void {
    const root = rootOfUnity(logOrder);
    for (const [j, exponent] of exponents.entries()) {
      addInto(this.#weight, powerVector(this.#weight.length / 5, pow(root, exponent), scales[j]!));
    }
  }

  values(): ExtValue[] {
    return Array.from({ length: this.#values.length / 5 }, (_, i) => getExt(this.#values, i));
  }
}

/** Columns of one tree with their place; heights 2^(n - logLift). */
export type PlacedColumns = TreePlace & { readonly columns: readonly Uint32Array[] };

/**
 * The stacked polynomial on the hypercube: entry x + 2^n * y is row x of stacked column y; columns nobody commits are zero. A
 * lifted tree stands for f(x^(2^d)), so its row b is at x = b * 2^d.
 */
export function stackColumns(logRows: number, logColumns: number, trees: readonly PlacedColumns[]): Uint32Array {
  const stacked = new Uint32Array(2 ** (logRows + logColumns));
  for (const { start, width, logLift, columns } of trees) {
    if (columns.length !== width) throw new RangeError(`"columns" expected ${width}, got ${columns.length}`);
    for (const [c, column] of columns.entries()) {
      if (column.length !== 2 ** (logRows - logLift)) {
        throw new RangeError(`"columns" expected height ${2 ** (logRows - logLift)}, got ${column.length}`);
      }
      const base = (start + c) * 2 ** logRows;
      for (let b = 0; b < column.length; b++) stacked[base + b * 2 ** logLift] = column[b]!;
    }
  }
  return stacked;
}
