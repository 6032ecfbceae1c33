/** Runs the generated kernels of one chip on columns in the pool's memory. Columns are in Montgomery form. */
import * as ext from '../../field/extension.ts';
import { toMontgomery } from '../../field/montgomery.ts';
import type { ExtValue } from '../../field/types.ts';
import { type BasePtr, type ExtBuffer, sumLanes } from '../../poly/ext-vectors.ts';
import { type ThreadPool, type KernelModule, splitRange } from '../../wasm/thread-pool.ts';
import { MAX_MESSAGE, type RecordedChip } from '../chip.ts';
import { ROUND_SUM_BYTES, chipModule, constantLayout } from './chip-kernel.ts';

const GRAIN = 64;

/** The challenges a chip's kernels read. Canonical values. */
export type ChipConstants = {
  readonly alpha: ExtValue;
  /** beta^1 .. ; as many as the longest message. */
  readonly betas: readonly ExtValue[];
  /** Weights of P and Q of every group and of every constraint; not read by `leaves`, which takes none. */
  readonly numerators?: readonly ExtValue[];
  readonly denominators?: readonly ExtValue[];
  readonly constraints?: readonly ExtValue[];
};

/** Sums at X = 0, 1, 2, 3. */
export type RoundSums = [ExtValue, ExtValue, ExtValue, ExtValue];

export class ChipRunner {
  readonly chip: RecordedChip;
  readonly #pool: ThreadPool;
  readonly #module: KernelModule;

  constructor(pool: ThreadPool, chip: RecordedChip) {
    this.chip = chip;
    this.#pool = pool;
    this.#module = moduleOf(pool, chip);
  }

  /** Writes the constants block; allocated in the arena, valid until released. */
  constants(values: ChipConstants): number {
    const { arena } = this.#pool;
    const layout = constantLayout(this.chip);
    const ptr = arena.allocZeroed(layout.byteLength);
    const words = arena.u32(ptr, layout.byteLength / 4);
    const put = (offset: number, value: ExtValue): void => {
      for (const [k, limb] of value.entries())
        words.fill(toMontgomery(limb), offset / 4 + 4 * k, offset / 4 + 4 * k + 4);
    };
    for (const [i, { bus }] of this.chip.interactions.entries()) {
      put(layout.start(i), ext.add(values.alpha, ext.fromBase(bus.id)));
    }
    for (const [k, beta] of values.betas.slice(0, MAX_MESSAGE).entries()) put(layout.beta(k + 1), beta);
    for (const [g, weight] of (values.numerators ?? []).entries()) put(layout.numerator(g), weight);
    for (const [g, weight] of (values.denominators ?? []).entries()) put(layout.denominator(g), weight);
    for (const [i, weight] of (values.constraints ?? []).entries()) put(layout.constraint(i), weight);
    put(layout.one, ext.ONE);
    return ptr;
  }

  /**
   * Numerators and denominators of every group for all rows: `outs[2g]`, `outs[2g+1]` are byte offsets of extension
   * vectors with limb planes of `planeBytes`. `height` is a multiple of four.
   */
  leaves(
    columns: readonly BasePtr[],
    constants: number,
    outs: readonly number[],
    planeBytes: number,
    height: number,
  ): void {
    const { arena } = this.#pool;
    arena.scope(() => {
      const args = this.#words(columns);
      const targets = this.#words(outs);
      this.#run('leaves', height, (start, end) => [args, constants, targets, planeBytes, start, end]);
    });
  }

  /**
   * sum over i < half of eq[i] * F(X), F the weighted chip polynomial on the line through rows i and i + half, at
   * X = 0..3. `half` is a multiple of four; `eq` has at least `half` elements.
   */
  roundBase(columns: readonly BasePtr[], constants: number, half: number, eq: ExtBuffer): RoundSums {
    return this.#round('roundBase', columns, 0, constants, half, eq);
  }

  /** As `roundBase`, for extension columns of 2*half elements each, limb planes `plane` bytes apart. */
  roundExt(columns: readonly number[], plane: number, constants: number, half: number, eq: ExtBuffer): RoundSums {
    return this.#round('roundExt', columns, plane, constants, half, eq);
  }

  #round(
    name: 'roundBase' | 'roundExt',
    columns: readonly BasePtr[],
    plane: number,
    constants: number,
    half: number,
    eq: ExtBuffer,
  ): RoundSums {
    const { arena, threads } = this.#pool;
    return arena.scope(() => {
      const args = this.#words(columns);
      const ranges = splitRange(half, threads, GRAIN);
      const out = arena.alloc(ROUND_SUM_BYTES * ranges.length);
      this.#pool.run(
        this.#module,
        name,
        ranges.map(([start, end], job) => [
          args,
          plane,
          constants,
          half,
          eq.ptr,
          eq.plane,
          out + ROUND_SUM_BYTES * job,
          start,
          end,
        ]),
      );
      const sum = (x: number): ExtValue =>
        sumLanes(ranges.map((_range, job) => arena.u32(out + ROUND_SUM_BYTES * job + 80 * x, 20)));
      return [sum(0), sum(1), sum(2), sum(3)];
    });
  }

  #run(name: string, count: number, job: (start: number, end: number) => number[]): void {
    const ranges = splitRange(count, this.#pool.threads, GRAIN);
    this.#pool.run(
      this.#module,
      name,
      ranges.map(([start, end]) => job(start, end)),
    );
  }

  #words(values: readonly number[]): number {
    const { arena } = this.#pool;
    const ptr = arena.alloc(Math.max(4 * values.length, 4));
    arena.u32(ptr, values.length).set(values);
    return ptr;
  }
}

const modules = new WeakMap<ThreadPool, WeakMap<RecordedChip, KernelModule>>();

function moduleOf(pool: ThreadPool, chip: RecordedChip): KernelModule {
  let ofPool = modules.get(pool);
  if (ofPool === undefined) modules.set(pool, (ofPool = new WeakMap()));
  let module = ofPool.get(chip);
  if (module === undefined) ofPool.set(chip, (module = pool.load(chipModule(chip))));
  return module;
}
