/**
 * The heavy half of an opening on the pool. While columns are bound the stacked polynomial stays in base columns and
 * its weight is produced column by column, so that the weight on all 2^(n+c) cells never exists at once.
 */
import * as ext from '../../field/extension.ts';
import type { ExtValue } from '../../field/types.ts';
import { oracleColumns } from '../../hash/merkle-koalabear-kernel.ts';
import { type ExtBuffer, ExtVectors, type Side } from '../../poly/ext-vectors.ts';
import { Ntt } from '../../poly/ntt.ts';
import type { ThreadPool } from '../../wasm/thread-pool.ts';
import type { WasmHash } from './hash-koalabear.ts';
import type { RoundMessage } from '../whir/opening.ts';
import type { CommittedRows } from '../../verifier/suite.ts';
import type { OpeningWitness } from '../reference/witness.ts';

/** The statement before the first round. */
export type StackedStatement = {
  readonly logRows: number;
  readonly logColumns: number;
  /** Byte offset of each of the 2^logColumns columns (Montgomery words); undefined for a column of zeros. */
  readonly columns: readonly (number | undefined)[];
  /** Writes the weight of column y on all 2^logRows rows. */
  readonly weightColumn: (y: number, dst: ExtBuffer) => void;
};

/** Words of a cache line. */
const LINE = 16;

export class WasmWitness implements OpeningWitness {
  readonly #pool: ThreadPool;
  readonly #hash: WasmHash;
  readonly #vectors: ExtVectors;
  readonly #statement: StackedStatement;
  /** Vectors over the rows alone, filled when the last column variable is bound. */
  readonly #rowValues: ExtBuffer;
  readonly #rowWeight: ExtBuffer;
  readonly #mark;
  #values: ExtBuffer | undefined;
  #weight: ExtBuffer | undefined;
  #columnVariables: number;

  /** Allocates on the arena; everything lives until the caller's scope ends. */
  constructor(pool: ThreadPool, hash: WasmHash, statement: StackedStatement) {
    if (statement.logColumns < 1 || statement.columns.length !== 2 ** statement.logColumns || statement.logRows < 3) {
      throw new RangeError('"statement" expected at least one column variable, three row variables and all columns');
    }
    this.#pool = pool;
    this.#hash = hash;
    this.#vectors = new ExtVectors(pool);
    this.#statement = statement;
    this.#columnVariables = statement.logColumns;
    this.#rowValues = this.#vectors.alloc(2 ** statement.logRows);
    this.#rowWeight = this.#vectors.alloc(2 ** statement.logRows);
    this.#mark = pool.arena.mark();
  }

  roundMessage(side: Side): RoundMessage {
    if (this.#values === undefined || this.#weight === undefined) return this.#firstMessage();
    return this.#vectors.round(this.#values, this.#weight, side);
  }

  bind(challenge: ExtValue, side: Side): void {
    if (side === 'highest') this.#bindColumn(challenge);
    else {
      [this.#values, this.#weight] = [this.#state()[0], this.#state()[1]].map((from) => {
        const to = this.#vectors.alloc(from.length / 2);
        this.#vectors.fold(from, to, challenge, 'lowest');
        return to;
      });
    }
  }

  commit(logDomain: number, logFold: number): CommittedRows {
    const [values] = this.#state();
    const { arena } = this.#pool;
    const planes = [0, 1, 2, 3, 4].map(() => arena.alloc(4 * 2 ** logDomain));
    const pieces = oracleColumns(planes, logDomain, logFold);
    arena.scope(() => {
      const parts = this.#interleaved(values, 2 ** logFold);
      const columns = pieces.map((piece, i) => ({ coefficients: parts[i] ?? 0, values: piece }));
      new Ntt(this.#pool).evaluate(columns, Math.log2(values.length) - logFold, logDomain - logFold);
    });
    return this.#hash.commit(pieces, logDomain - logFold);
  }

  /** For u below `step` and each limb in turn, the entries u, u + step, u + 2 step, ... */
  #interleaved(values: ExtBuffer, step: number): number[] {
    const { arena } = this.#pool;
    const length = values.length / step;
    const planes = [0, 1, 2, 3, 4].map((k) => {
      const ptr = arena.alloc(4 * values.length);
      const from = arena.u32(values.ptr + k * values.plane, values.length);
      const to = arena.u32(ptr, values.length);
      // In tiles of one cache line of each part: read in order, written a line at a time.
      for (let tile = 0; tile < length; tile += LINE) {
        const end = Math.min(tile + LINE, length);
        for (let u = 0; u < step; u++) {
          for (let b = tile, at = tile * step + u; b < end; b++, at += step) to[u * length + b] = from[at] ?? 0;
        }
      }
      return ptr;
    });
    return Array.from({ length: step }, (_, u) => planes.map((plane) => plane + 4 * u * length)).flat();
  }

  evaluate(point: readonly ExtValue[]): ExtValue {
    const [values] = this.#state();
    return this.#pool.arena.scope(() => {
      const table = this.#vectors.alloc(values.length);
      this.#vectors.eq(table, point, ext.ONE);
      return this.#vectors.dot(values, table);
    });
  }

  addEqWeight(point: readonly ExtValue[], scale: ExtValue): void {
    const [, weight] = this.#state();
    this.#pool.arena.scope(() => {
      const table = this.#vectors.alloc(weight.length);
      this.#vectors.eq(table, point, scale);
      this.#vectors.addInto(weight, table);
    });
  }

  /** sum_j s_j w^(e_j b) for all b is the transform of the sparse vector with s_j at e_j. */
  addPowerWeights(exponents: readonly number[], logOrder: number, scales: readonly ExtValue[]): void {
    const [, weight] = this.#state();
    if (weight.length > 2 ** logOrder) throw new RangeError('"logOrder" is smaller than the vector');
    const vectors = this.#vectors;
    this.#pool.arena.scope(() => {
      const sparse = vectors.allocZeroed(2 ** logOrder);
      for (const [j, exponent] of exponents.entries()) {
        vectors.set(sparse, exponent, ext.add(vectors.get(sparse, exponent), scales[j] ?? ext.ZERO));
      }
      const columns = [0, 1, 2, 3, 4].map((k) => {
        const ptr = sparse.ptr + k * sparse.plane;
        return { coefficients: ptr, values: ptr };
      });
      new Ntt(this.#pool).evaluate(columns, logOrder, logOrder);
      vectors.addInto(weight, vectors.slice(sparse, 0, weight.length));
    });
  }

  values(): ExtValue[] {
    return this.#vectors.values(this.#state()[0]);
  }

  #state(): [ExtBuffer, ExtBuffer] {
    if (this.#values === undefined || this.#weight === undefined) throw new RangeError('columns are not bound yet');
    return [this.#values, this.#weight];
  }

  /** The round of the highest column variable: pairs of columns y and y + half, one at a time. */
  #firstMessage(): RoundMessage {
    const { logRows, columns, weightColumn } = this.#statement;
    const { arena } = this.#pool;
    const half = columns.length / 2;
    return arena.scope(() => {
      const zeros = arena.allocZeroed(4 * 2 ** logRows);
      const [low, high] = [this.#vectors.alloc(2 ** logRows), this.#vectors.alloc(2 ** logRows)];
      let [c0, c2] = [ext.ZERO, ext.ZERO];
      for (let y = 0; y < half; y++) {
        const [a, b] = [columns[y], columns[y + half]];
        if (a === undefined && b === undefined) continue;
        weightColumn(y, low);
        weightColumn(y + half, high);
        const [d0, d2] = this.#vectors.roundBase(a ?? zeros, b ?? zeros, low, high);
        [c0, c2] = [ext.add(c0, d0), ext.add(c2, d2)];
      }
      return [c0, c2];
    });
  }

  #bindColumn(challenge: ExtValue): void {
    const rows = 2 ** this.#statement.logRows;
    if (this.#columnVariables === 0) throw new RangeError('all column variables are bound');
    this.#columnVariables--;
    const isLast = this.#columnVariables === 0;
    if (this.#values === undefined || this.#weight === undefined) {
      const length = rows * 2 ** this.#columnVariables;
      const values = isLast ? this.#rowValues : this.#vectors.alloc(length);
      const weight = isLast ? this.#rowWeight : this.#vectors.alloc(length);
      this.#bindFirst(challenge, values, weight);
      this.#values = values;
      this.#weight = weight;
      return;
    }
    const { ptr, length, plane } = this.#values;
    if (isLast) {
      this.#vectors.fold(this.#values, this.#rowValues, challenge, 'highest');
      this.#vectors.fold(this.#weight, this.#rowWeight, challenge, 'highest');
      this.#values = this.#rowValues;
      this.#weight = this.#rowWeight;
      this.#pool.arena.release(this.#mark);
      return;
    }
    this.#vectors.foldManyInPlace([ptr, this.#weight.ptr], plane, length / 2, challenge);
    this.#values = this.#vectors.slice(this.#values, 0, length / 2);
    this.#weight = this.#vectors.slice(this.#weight, 0, length / 2);
  }

  #bindFirst(challenge: ExtValue, values: ExtBuffer, weight: ExtBuffer): void {
    const { logRows, columns, weightColumn } = this.#statement;
    const { arena } = this.#pool;
    const rows = 2 ** logRows;
    const half = columns.length / 2;
    arena.scope(() => {
      const zeros = arena.allocZeroed(4 * rows);
      const pair = this.#vectors.alloc(2 * rows);
      for (let y = 0; y < half; y++) {
        const [a, b] = [columns[y], columns[y + half]];
        const own = this.#vectors.slice(values, y * rows, rows);
        if (a === undefined && b === undefined) this.#vectors.clear(own);
        else this.#vectors.foldBase(a ?? zeros, b ?? zeros, values, y * rows, rows, challenge);
        weightColumn(y, this.#vectors.slice(pair, 0, rows));
        weightColumn(y + half, this.#vectors.slice(pair, rows, rows));
        this.#vectors.foldInto(pair, weight, y * rows, challenge);
      }
    });
  }
}
