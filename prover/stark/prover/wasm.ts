/**
 * The layer prover on kernels: the heavy steps of a layer proof in shared memory, on all threads. The readable twin is
 * `reference.ts`; a test proves the same statement on both and compares the proofs.
 */
import type { RecordedChip } from '../../air/chip.ts';
import { ChipRunner } from '../../air/kernel/chip-runner.ts';
import { closedColumns } from '../../air/evaluate.ts';
import * as ext from '../../field/extension.ts';
import { MONT_ONE } from '../../field/montgomery.ts';
import { FieldVectors } from '../../field/vector-kernel.ts';
import type { ExtValue } from '../../field/types.ts';
import type { ArenaRows, WasmHash } from '../../pcs/wasm/hash-koalabear.ts';
import type { WeightTerm } from '../../pcs/wasm/column-rounds.ts';
import { WasmWitness } from '../../pcs/wasm/witness.ts';
import type { CommittedRows, ProverHash } from '../../verifier/suite.ts';
import { ExtVectors } from '../../poly/ext-vectors.ts';
import { plainEq } from '../../poly/plain-eq.ts';
import { Ntt } from '../../poly/ntt.ts';
import type { ThreadPool } from '../../wasm/thread-pool.ts';
import type { CreateLayerProver, LayerProver, Placement, ProvingKey, WeightData } from './interface.ts';
import { FractionTree, type SlotBuffer } from '../gkr/fraction-tree.ts';
import type { LayerLayout } from '../layout.ts';
import { at } from '../../core/lists.ts';
import type { CommitColumns } from '../setup.ts';
import type { LookupChallenges } from '../statement.ts';
import { WasmChipSumcheck } from '../zerocheck/wasm.ts';

/** The prover's hash over a pool: fast grinding. Its `commitRows` is the suite's own and not used by the pool. */
export function wasmProverHash(suite: ProverHash, hash: WasmHash): ProverHash {
  return { ...suite, transcript: (domain, log) => hash.transcript(domain, log) };
}

/** Commits to canonical columns; the trees live in the arena until the caller's scope ends. */
export function commitOnThreads(pool: ThreadPool, hash: WasmHash): (...inputs: Parameters<CommitColumns>) => ArenaRows {
  return (_hash, logRows, logInverseRate, columns) => {
    const rows = 2 ** logRows;
    const logDomain = logRows + logInverseRate;
    const values = columns.map(() => pool.arena.alloc(4 * 2 ** logDomain));
    pool.arena.scope(() => {
      const base = pool.arena.alloc(4 * rows * columns.length);
      for (const [c, column] of columns.entries()) pool.arena.u32(base + 4 * rows * c, rows).set(column);
      new FieldVectors(pool).toMontgomery(base, base, rows * columns.length);
      const pairs = values.map((to, c) => ({ coefficients: base + 4 * rows * c, values: to }));
      new Ntt(pool).evaluate(pairs, logRows, logDomain);
    });
    return hash.commit(values, logDomain);
  };
}

/** As `commitOnThreads`, into a copy outside the arena, which lives as long as somebody has it. The hash has to offer it. */
export function commitOutside(pool: ThreadPool, hash: WasmHash): CommitColumns {
  const commit = commitOnThreads(pool, hash);
  return (...inputs) =>
    pool.arena.scope(() => {
      const start = pool.arena.mark();
      const rows: ArenaRows = commit(...inputs);
      if (rows.in === undefined) throw new RangeError('this hash has no commitments outside the arena');
      const copy = pool.arena.u32(start, (pool.arena.mark() - start) / 4).slice();
      return rows.in((ptr, length) => copy.subarray((ptr - start) / 4, (ptr - start) / 4 + length));
    });
}

/** Layer provers on this thread pool. Run each proof in its own arena scope. */
export function createWasmLayerProver(pool: ThreadPool, hash: WasmHash): CreateLayerProver {
  return (_hash, layout, provingKey, trace, placement) =>
    new WasmLayer(
      pool,
      hash,
      layout,
      provingKey,
      trace.map((chip) => chip.columns),
      placement,
    );
}

class WasmLayer implements LayerProver {
  readonly #pool: ThreadPool;
  readonly #hash: WasmHash;
  readonly #layout: LayerLayout;
  readonly #key: ProvingKey;
  readonly #placement: Placement;
  readonly #vectors: ExtVectors;
  readonly #base: FieldVectors;
  /** The main stack, cell by cell; then the key's own matrix. Montgomery form. */
  readonly #main: number;
  readonly #pre: number;
  /** Stacked columns that hold any block; the others are zero. */
  readonly #usedColumns: number;
  readonly #closed: readonly (readonly number[])[];
  /** Every stacked column at full height; undefined where it is zero. */
  readonly #stack: readonly (number | undefined)[];
  #lastDots: { readonly point: readonly ExtValue[]; readonly dots: readonly ExtValue[] } | undefined;

  constructor(
    pool: ThreadPool,
    hash: WasmHash,
    layout: LayerLayout,
    key: ProvingKey,
    main: readonly (readonly Uint32Array[])[],
    placement: Placement,
  ) {
    this.#pool = pool;
    this.#hash = hash;
    this.#layout = layout;
    this.#key = key;
    this.#placement = placement;
    this.#vectors = new ExtVectors(pool);
    this.#base = new FieldVectors(pool);
    const { logRows, logPreRows, logPreColumns } = layout.parameters;
    const heights = placement.logHeights;
    const end = layout.mainBlocks.reduce(
      (max, block, b) => Math.max(max, at(placement.mainStarts, b) + 2 ** (at(heights, block.chip) + block.logWidth)),
      1,
    );
    this.#usedColumns = Math.ceil(end / 2 ** logRows);
    this.#main = this.#stackCells(this.#usedColumns * 2 ** logRows, layout.mainBlocks, placement.mainStarts, main);
    this.#pre = this.#stackCells(2 ** (logPreRows + logPreColumns), layout.preBlocks, key.starts, key.columns);
    this.#closed = layout.chips.map(({ chip }, a) => this.#closedForms(chip, at(heights, a)));
    this.#stack = this.#stackedColumns();
  }

  step<T>(body: () => T): T {
    return this.#pool.arena.scope(body);
  }

  commitMain(): CommittedRows {
    const { logRows, logInverseRate, mainColumns } = this.#layout.parameters;
    const { arena } = this.#pool;
    const logDomain = logRows + logInverseRate;
    const bytes = 4 * 2 ** logDomain;
    const values = Array.from({ length: this.#usedColumns }, () => arena.alloc(bytes));
    new Ntt(this.#pool).evaluate(
      values.map((to, y) => ({ coefficients: this.#main + 4 * 2 ** logRows * y, values: to })),
      logRows,
      logDomain,
    );
    const zeros = this.#usedColumns < mainColumns ? arena.allocZeroed(bytes) : 0;
    const columns = Array.from({ length: mainColumns }, (_, y) => values[y] ?? zeros);
    return this.#hash.commit(columns, logDomain);
  }

  evaluateStack(point: readonly ExtValue[]): ExtValue {
    const { logRows } = this.#layout.parameters;
    const dots = this.#rowDots(point.slice(0, logRows));
    return plainEq(point.slice(logRows)).reduce(
      (sum, weight, y) => ext.add(sum, ext.mul(weight, at(dots, y))),
      ext.ZERO,
    );
  }

  fractionTree(challenges: LookupChallenges<ExtValue>): FractionTree {
    const { chips, parameters, packed, logLeaves } = this.#layout;
    const { arena } = this.#pool;
    const heights = this.#placement.logHeights;
    const whole = packed === undefined ? undefined : this.#leafBuffer(2 ** logLeaves);
    const slots: SlotBuffer[] = [];
    for (const [a, { chip, firstGroup }] of chips.entries()) {
      const height = 2 ** at(heights, a);
      const stored = Math.max(height, 8);
      const outs: number[] = [];
      let plane = 4 * stored;
      for (const g of chip.groups.keys()) {
        if (whole !== undefined && packed !== undefined) {
          const offset = 4 * at(packed.slotStarts, firstGroup + g);
          outs.push(whole.p + offset, whole.q + offset);
          plane = whole.plane;
        } else {
          const slot = this.#leafBuffer(stored);
          slots.push(slot);
          outs.push(slot.p, slot.q);
        }
      }
      arena.scope(() => {
        const runner = new ChipRunner(this.#pool, chip);
        runner.leaves(this.#columnsOf(a), runner.constants(challenges), outs, plane, height);
      });
    }
    if (whole !== undefined) return new FractionTree(this.#pool, 0, logLeaves, [whole]);
    return new FractionTree(this.#pool, logLeaves - parameters.logRows, parameters.logRows, slots);
  }

  chipSumcheck(
    a: number,
    combination: Parameters<LayerProver['chipSumcheck']>[1],
    challenges: LookupChallenges<ExtValue>,
    xi: readonly ExtValue[],
  ): WasmChipSumcheck {
    const constants = {
      ...challenges,
      numerators: combination.p,
      denominators: combination.q,
      constraints: combination.constraints,
    };
    const { chip } = at(this.#layout.chips, a);
    return new WasmChipSumcheck(this.#pool, chip, this.#columnsOf(a), constants, xi);
  }

  openingWitness({ thetas, rowPoint, oodPoint }: WeightData): WasmWitness {
    const { claimCount, chips, parameters, mainBlocks, preBlocks } = this.#layout;
    const { logRows, logColumns, logPreRows, preStart } = parameters;
    const heights = this.#placement.logHeights;
    const termsOf = (blocks: LayerLayout['mainBlocks'], starts: readonly number[], logLength: number, pre: boolean) =>
      blocks.flatMap((block, b) => {
        const { chip, firstClaim } = at(chips, block.chip);
        const first = firstClaim + (pre ? chip.columns.length : 0) + block.firstColumn;
        const logHeight = at(heights, block.chip);
        return Array.from({ length: 2 ** block.logWidth }, (_, i): WeightTerm => {
          const cell = at(starts, b) + i * 2 ** logHeight;
          const column = (pre ? preStart : 0) + Math.floor(cell / 2 ** logLength);
          return { logHeight, offset: cell % 2 ** logLength, column, scale: at(thetas, first + i) };
        });
      });
    return new WasmWitness(this.#pool, this.#hash, {
      logRows,
      logColumns,
      columns: this.#stack,
      weight: {
        point: rowPoint,
        terms: termsOf(mainBlocks, this.#placement.mainStarts, logRows, false),
        lifted: termsOf(preBlocks, this.#key.starts, logPreRows, true),
        logLift: logRows - logPreRows,
        whole: { point: oodPoint, scale: at(thetas, claimCount), dots: this.#rowDots(oodPoint.slice(0, logRows)) },
      },
    });
  }

  /** Inner products of all stacked columns with eq(point, .). Those of the last point are kept: it is asked for twice. */
  #rowDots(point: readonly ExtValue[]): readonly ExtValue[] {
    const last = this.#lastDots;
    if (last !== undefined && String(last.point) === String(point)) return last.dots;
    const dots = this.#pool.arena.scope(() => {
      const rows = this.#vectors.alloc(2 ** point.length);
      this.#vectors.eq(rows, point, ext.ONE);
      return this.#stack.map((column) => (column === undefined ? ext.ZERO : this.#vectors.dotBase(column, rows)));
    });
    this.#lastDots = { point, dots };
    return dots;
  }

  /** Copies columns to their cells and converts them. */
  #stackCells(
    cells: number,
    blocks: LayerLayout['mainBlocks'],
    starts: readonly number[],
    columns: readonly (readonly Uint32Array[])[],
  ): number {
    const { arena } = this.#pool;
    const ptr = arena.allocZeroed(4 * cells);
    const words = arena.u32(ptr, cells);
    for (const [b, block] of blocks.entries()) {
      for (let i = 0; i < 2 ** block.logWidth; i++) {
        const column = at(at(columns, block.chip), block.firstColumn + i);
        words.set(column, at(starts, b) + i * column.length);
      }
    }
    this.#base.toMontgomery(ptr, ptr, cells);
    return ptr;
  }

  #closedForms(chip: RecordedChip, logHeight: number): number[] {
    const { arena } = this.#pool;
    return closedColumns(chip, 2 ** logHeight).map((column) => {
      const ptr = arena.alloc(column.byteLength);
      arena.u32(ptr, column.length).set(column);
      this.#base.toMontgomery(ptr, ptr, column.length);
      return ptr;
    });
  }

  /** Main, preprocessed and closed-form columns of a chip. */
  #columnsOf(a: number): number[] {
    const height = 2 ** at(this.#placement.logHeights, a);
    const list = (blocks: LayerLayout['mainBlocks'], starts: readonly number[], base: number): number[] =>
      blocks.flatMap((block, b) =>
        block.chip !== a
          ? []
          : Array.from({ length: 2 ** block.logWidth }, (_, i) => base + 4 * (at(starts, b) + i * height)),
      );
    return [
      ...list(this.#layout.mainBlocks, this.#placement.mainStarts, this.#main),
      ...list(this.#layout.preBlocks, this.#key.starts, this.#pre),
      ...at(this.#closed, a),
    ];
  }

  #stackedColumns(): (number | undefined)[] {
    const { logRows, logColumns, preStart, logPreColumns, logPreRows } = this.#layout.parameters;
    const { arena } = this.#pool;
    const lift = 2 ** (logRows - logPreRows);
    return Array.from({ length: 2 ** logColumns }, (_, y) => {
      if (y < this.#usedColumns) return this.#main + 4 * 2 ** logRows * y;
      const own = y - preStart;
      if (own < 0 || own >= 2 ** logPreColumns) return undefined;
      const from = this.#pre + 4 * 2 ** logPreRows * own;
      if (lift === 1) return from;
      // f(x^(2^d)): row b stands at b * 2^d.
      const ptr = arena.allocZeroed(4 * 2 ** logRows);
      const [source, target] = [arena.u32(from, 2 ** logPreRows), arena.u32(ptr, 2 ** logRows)];
      for (let b = 0; b < source.length; b++) target[b * lift] = source[b] ?? 0;
      return ptr;
    });
  }

  /** A stored slot filled with (0, 1). */
  #leafBuffer(length: number): SlotBuffer {
    const { arena } = this.#pool;
    const slot = { p: arena.allocZeroed(20 * length), q: arena.allocZeroed(20 * length), plane: 4 * length, length };
    arena.u32(slot.q, length).fill(MONT_ONE);
    return slot;
  }
}
