/** The heavy half of an opening on the pool: `ColumnRounds` while columns are bound, vectors over the rows afterwards. */
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
import { ColumnRounds, type StackedStatement } from './column-rounds.ts';

/** Words of a cache line. */
const LINE = 16;

export class WasmWitness implements OpeningWitness {
  readonly #pool: ThreadPool;
  readonly #hash: WasmHash;
  readonly #vectors: ExtVectors;
  readonly #logRows: number;
  readonly #columns: ColumnRounds;
  /** Over the rows alone, once the columns are bound. */
  #values: ExtBuffer | undefined;
  #weight: ExtBuffer | undefined;

  /** Allocates on the arena; everything lives until the caller's scope ends. */
  constructor(pool: ThreadPool, hash: WasmHash, statement: StackedStatement) {
    if (statement.logColumns < 1 || statement.logRows < 3) {
      throw new RangeError('"statement" expected at least one column variable and three row variables');
    }
    this.#pool = pool;
    this.#hash = hash;
    this.#vectors = new ExtVectors(pool);
    this.#logRows = statement.logRows;
    this.#columns = new ColumnRounds(this.#vectors, statement);
  }

  roundMessage(side: Side): RoundMessage {
    if (this.#values === undefined || this.#weight === undefined) return this.#columns.message();
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

  #bindColumn(challenge: ExtValue): void {
    this.#columns.bind(challenge);
    if (this.#columns.left > 0) return;
    const [values, weight] = [this.#vectors.alloc(2 ** this.#logRows), this.#vectors.alloc(2 ** this.#logRows)];
    this.#columns.finish(values, weight);
    [this.#values, this.#weight] = [values, weight];
  }
}
