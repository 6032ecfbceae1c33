/**
 * The layer prover on kernels: the heavy steps of a layer proof in shared memory, on all threads. The readable twin is
 * `reference.ts`; a test proves the same statement on both and compares the proofs.
 */
import type { RecordedChip } from '../../air/chip.ts';
import { ChipRunner } from '../../air/kernel/chip-runner.ts';
import { closedColumns } from '../../air/evaluate.ts';
import * as ext from '../../field/extension.ts';
import { P } from '../../field/koalabear.ts';
import { MONT_ONE } from '../../field/montgomery.ts';
import { FieldVectors } from '../../field/vector-kernel.ts';
import type { ExtValue } from '../../field/types.ts';
import type { WasmHash } from '../../pcs/wasm/hash-koalabear.ts';
import { WasmWitness } from '../../pcs/wasm/witness.ts';
import type { CommittedRows, ProverHash } from '../../verifier/suite.ts';
import { type ExtBuffer, ExtVectors } from '../../poly/ext-vectors.ts';
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
export function commitOnThreads(pool: ThreadPool, hash: WasmHash): CommitColumns {
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

/** A chip column's cells within one stacked column, and its claim. */
type Segment = { readonly offset: number; readonly logHeight: number; readonly claim: number };

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
    const weights = plainEq(point.slice(logRows));
    return this.#pool.arena.scope(() => {
      const rows = this.#vectors.alloc(2 ** logRows);
      this.#vectors.eq(rows, point.slice(0, logRows), ext.ONE);
      let sum = ext.ZERO;
      for (const [y, column] of this.#stack.entries()) {
        if (column === undefined) continue;
        sum = ext.add(sum, ext.mul(at(weights, y), this.#vectors.dotBase(column, rows)));
      }
      return sum;
    });
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

  openingWitness(weight: WeightData): WasmWitness {
    const { logRows, logColumns } = this.#layout.parameters;
    return new WasmWitness(this.#pool, this.#hash, {
      logRows,
      logColumns,
      columns: this.#stack,
      weightColumn: this.#weightColumns(weight),
    });
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

  /** The weight of one stacked column: out-of-domain part, and every chip column in it. See `weightAtPoint`. */
  #weightColumns({ thetas, rowPoint, oodPoint }: WeightData): (y: number, dst: ExtBuffer) => void {
    const { chips, claimCount, parameters, mainBlocks, preBlocks } = this.#layout;
    const { logRows, preStart, logPreRows } = parameters;
    const heights = this.#placement.logHeights;
    const vectors = this.#vectors;
    const ood = vectors.alloc(2 ** logRows);
    vectors.eq(ood, oodPoint.slice(0, logRows), at(thetas, claimCount));
    const oodColumns = plainEq(oodPoint.slice(logRows));
    const tables = new Map<number, ExtBuffer>();
    for (const h of new Set(heights)) {
      const table = vectors.alloc(2 ** h);
      vectors.eq(table, rowPoint.slice(0, h), ext.ONE);
      tables.set(h, table);
    }
    const segments = (blocks: LayerLayout['mainBlocks'], starts: readonly number[], rows: number, pre: boolean) => {
      const byColumn = new Map<number, Segment[]>();
      for (const [b, block] of blocks.entries()) {
        const { chip, firstClaim } = at(chips, block.chip);
        const logHeight = at(heights, block.chip);
        for (let i = 0; i < 2 ** block.logWidth; i++) {
          const cell = at(starts, b) + i * 2 ** logHeight;
          const y = Math.floor(cell / rows);
          const claim = firstClaim + (pre ? chip.columns.length : 0) + block.firstColumn + i;
          const list = byColumn.get(y) ?? [];
          byColumn.set(y, list);
          list.push({ offset: cell % rows, logHeight, claim });
        }
      }
      return byColumn;
    };
    const mainSegments = segments(mainBlocks, this.#placement.mainStarts, 2 ** logRows, false);
    const preSegments = segments(preBlocks, this.#key.starts, 2 ** logPreRows, true);
    const addSegments = (dst: ExtBuffer, list: readonly Segment[]): void => {
      for (const { offset, logHeight, claim } of list) {
        const table = tables.get(logHeight);
        if (table === undefined) throw new RangeError(`no table for height ${logHeight}`);
        vectors.addScaled(dst, offset, table, at(thetas, claim), table.length);
      }
    };
    return (y, dst) => {
      vectors.setScaled(dst, ood, at(oodColumns, y));
      addSegments(dst, mainSegments.get(y) ?? []);
      const own = preSegments.get(y - preStart);
      if (own === undefined) return;
      if (logPreRows === logRows) {
        addSegments(dst, own);
        return;
      }
      this.#pool.arena.scope(() => {
        const small = vectors.allocZeroed(2 ** logPreRows);
        addSegments(small, own);
        this.#addLifted(dst, small);
      });
    };
  }

  /** dst[b * 2^d] += src[b]. */
  #addLifted(dst: ExtBuffer, src: ExtBuffer): void {
    const { arena } = this.#pool;
    const lift = dst.length / src.length;
    for (let k = 0; k < 5; k++) {
      const from = arena.u32(src.ptr + k * src.plane, src.length);
      const to = arena.u32(dst.ptr + k * dst.plane, dst.length);
      for (let b = 0; b < from.length; b++) {
        const sum = (to[b * lift] ?? 0) + (from[b] ?? 0);
        to[b * lift] = sum >= P ? sum - P : sum;
      }
    }
  }
}
