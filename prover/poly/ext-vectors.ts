/**
 * Vectors of base and extension elements in the pool's memory and the operations on them that sumcheck provers use.
 * Elements go in and out as canonical plain values; in memory they are in Montgomery form.
 */
import * as ext from '../field/extension.ts';
import { fromMontgomery, toMontgomery } from '../field/montgomery.ts';
import type { ExtValue } from '../field/types.ts';
import { type ThreadPool, type KernelModule, splitRange } from '../wasm/thread-pool.ts';
import { COMBINE_ENTRY_BYTES, extVectorModule } from './ext-vector-kernel.ts';
import { plainEq } from './plain-eq.ts';

/** `length` extension elements: limb k of element i is the word at ptr + k*plane + 4*i. `length` is a power of two. */
export type ExtBuffer = { readonly ptr: number; readonly length: number; readonly plane: number };

/** A base vector: byte offset of its first word. */
export type BasePtr = number;

/** Which variable a round binds: the highest (index + half) or the lowest (neighbours). */
export type Side = 'highest' | 'lowest';

const GRAIN = 1024;
const SUM_BYTES = 160;
/** Elements of a target that stay in the nearest cache while all columns are added to it. */
const COMBINE_BLOCK = 512;

export class ExtVectors {
  readonly pool: ThreadPool;
  readonly #module: KernelModule;

  constructor(pool: ThreadPool) {
    this.pool = pool;
    this.#module = pool.cached('ext-vectors', extVectorModule);
  }

  alloc(length: number): ExtBuffer {
    return { ptr: this.pool.arena.alloc(Math.max(20 * length, 64)), length, plane: 4 * length };
  }

  allocZeroed(length: number): ExtBuffer {
    return { ptr: this.pool.arena.allocZeroed(Math.max(20 * length, 64)), length, plane: 4 * length };
  }

  get(buffer: ExtBuffer, i: number): ExtValue {
    const word = (k: number): number => this.pool.arena.u32(buffer.ptr + k * buffer.plane + 4 * i, 1)[0] ?? 0;
    const limb = (k: number): number => fromMontgomery(word(k));
    return [limb(0), limb(1), limb(2), limb(3), limb(4)];
  }

  set(buffer: ExtBuffer, i: number, value: ExtValue): void {
    for (const [k, limb] of value.entries()) {
      this.pool.arena.u32(buffer.ptr + k * buffer.plane + 4 * i, 1)[0] = toMontgomery(limb);
    }
  }

  values(buffer: ExtBuffer): ExtValue[] {
    return Array.from({ length: buffer.length }, (_, i) => this.get(buffer, i));
  }

  /** Copies elements into a new buffer. */
  from(values: readonly ExtValue[]): ExtBuffer {
    const buffer = this.alloc(values.length);
    for (const [i, value] of values.entries()) this.set(buffer, i, value);
    return buffer;
  }

  /** dst[i] = low + r*(high - low) over the pairs of `side`; dst may be src itself for the highest variable. */
  fold(src: ExtBuffer, dst: ExtBuffer, r: ExtValue, side: Side): void {
    const half = src.length / 2;
    if (half < 4) {
      const values = this.values(src);
      for (let i = 0; i < half; i++) {
        const low = values[side === 'highest' ? i : 2 * i] ?? ext.ZERO;
        const high = values[side === 'highest' ? i + half : 2 * i + 1] ?? ext.ZERO;
        this.set(dst, i, ext.add(low, ext.mul(r, ext.sub(high, low))));
      }
      return;
    }
    this.#withElement(r, (challenge) => {
      const srcPlane = src.plane;
      const dstPlane = dst.plane;
      if (side === 'highest') {
        this.#run('foldHigh', half, (start, end) => [
          src.ptr,
          srcPlane,
          dst.ptr,
          dstPlane,
          half,
          challenge,
          start,
          end,
        ]);
      } else {
        this.#run('foldLow', half, (start, end) => [src.ptr, srcPlane, dst.ptr, dstPlane, challenge, start, end]);
      }
    });
  }

  /**
   * Binds the two lowest variables of base vectors to `point`: vector c, of 4*each words, becomes the elements from c*each on.
   */
  foldTwoBase(columns: readonly BasePtr[], dst: ExtBuffer, each: number, point: readonly [ExtValue, ExtValue]): void {
    const table = plainEq(point);
    if (each < 4) {
      for (const [c, ptr] of columns.entries()) {
        for (let i = 0; i < each; i++) {
          const words = Array.from(this.pool.arena.u32(ptr + 16 * i, 4), fromMontgomery);
          const terms = words.map((word, k) => ext.scale(table[k] ?? ext.ZERO, word));
          this.set(dst, c * each + i, terms.reduce(ext.add));
        }
      }
      return;
    }
    const { arena, threads } = this.pool;
    arena.scope(() => {
      const ptr = arena.alloc(80);
      arena.u32(ptr, 20).set(table.flat().map(toMontgomery));
      const ranges = splitRange(each, threads, GRAIN);
      this.pool.run(
        this.#module,
        'foldTwoBase',
        columns.flatMap((from, c) => ranges.map(([s, e]) => [from, dst.ptr + 4 * c * each, dst.plane, ptr, s, e])),
      );
    });
  }

  /** dst = sum_j scales[j] * columns[j] of base vectors as long as dst, at least four elements. */
  combineBase(columns: readonly BasePtr[], scales: readonly ExtValue[], dst: ExtBuffer): void {
    const { arena } = this.pool;
    arena.scope(() => {
      const bytes = COMBINE_ENTRY_BYTES * columns.length;
      const list = arena.alloc(bytes);
      const limbs = (j: number): number[] => (scales[j] ?? ext.ZERO).map(toMontgomery);
      arena.u32(list, bytes / 4).set(columns.flatMap((ptr, j) => [ptr, ...limbs(j)]));
      const step = Math.min(COMBINE_BLOCK, dst.length);
      const jobs = Array.from({ length: dst.length / step }, (_, i) => [step * i, step * (i + 1)]);
      this.pool.run(
        this.#module,
        'combineBase',
        jobs.map((range) => [list, list + bytes, dst.ptr, dst.plane, ...range]),
      );
    });
  }

  /** scale * eq(point, .), variable 0 lowest, into a buffer of 2^point.length elements. */
  eq(dst: ExtBuffer, point: readonly ExtValue[], scale: ExtValue): void {
    if (dst.length !== 2 ** point.length) {
      throw new RangeError(`"dst" expected ${2 ** point.length} elements, got ${dst.length}`);
    }
    let table: ExtValue[] = [scale];
    const small = Math.min(2, point.length);
    for (const x of point.slice(0, small)) {
      const high = table.map((entry) => ext.mul(entry, x));
      table = [...table.map((entry, i) => ext.sub(entry, high[i] ?? ext.ZERO)), ...high];
    }
    for (const [i, entry] of table.entries()) this.set(dst, i, entry);
    for (const [j, x] of point.slice(small).entries()) {
      const length = 2 ** (small + j);
      this.#withElement(x, (ptr) => {
        this.#run('eqStep', length, (start, end) => [dst.ptr, dst.plane, length, ptr, start, end]);
      });
    }
  }

  /** [sum f_0 g_0, sum (f_1 - f_0)(g_1 - g_0)] over the pairs of `side`. */
  round(a: ExtBuffer, b: ExtBuffer, side: Side): [ExtValue, ExtValue] {
    const half = a.length / 2;
    if (half < 4) return this.#smallRound(a, b, side);
    const [aPlane, bPlane] = [a.plane, b.plane];
    const sums =
      side === 'highest'
        ? this.#sum('roundHigh', half, 2, (out, s, e) => [a.ptr, aPlane, b.ptr, bPlane, half, out, s, e])
        : this.#sum('roundLow', half, 2, (out, s, e) => [a.ptr, aPlane, b.ptr, bPlane, out, s, e]);
    return [sums[0] ?? ext.ZERO, sums[1] ?? ext.ZERO];
  }

  dot(a: ExtBuffer, b: ExtBuffer): ExtValue {
    if (a.length < 4) {
      return this.values(a).reduce((sum, value, i) => ext.add(sum, ext.mul(value, this.get(b, i))), ext.ZERO);
    }
    const [sum] = this.#sum('dot', a.length, 1, (out, s, e) => [a.ptr, a.plane, b.ptr, b.plane, out, s, e]);
    return sum ?? ext.ZERO;
  }

  /** sum_i a[i]*b[i] for a base vector of b's first `count` (at least 4) elements. */
  dotBase(a: BasePtr, b: ExtBuffer, count = b.length): ExtValue {
    const [sum] = this.#sum('dotBase', count, 1, (out, s, e) => [a, b.ptr, b.plane, out, s, e]);
    return sum ?? ext.ZERO;
  }

  /** dst += src. */
  addInto(dst: ExtBuffer, src: ExtBuffer): void {
    if (dst.length < 4) {
      for (const [i, value] of this.values(src).slice(0, dst.length).entries()) {
        this.set(dst, i, ext.add(this.get(dst, i), value));
      }
      return;
    }
    this.#run('addInto', dst.length, (s, e) => [dst.ptr, dst.plane, src.ptr, src.plane, s, e]);
  }

  /** dst[offset..offset+count) += scale * src[0..count); count >= 4. */
  addScaled(dst: ExtBuffer, offset: number, src: ExtBuffer, scale: ExtValue, count: number): void {
    this.#withElement(scale, (factor) => {
      const to = dst.ptr + 4 * offset;
      this.#run('addScaled', count, (s, e) => [to, dst.plane, src.ptr, src.plane, factor, s, e]);
    });
  }

  /**
   * Folds the highest variable of many extension vectors in place: vectors of 2*half elements (half >= 4) whose first
   * words are at `columns`, limb planes `plane` bytes apart.
   */
  foldManyInPlace(columns: readonly number[], plane: number, half: number, r: ExtValue): void {
    this.#withElement(r, (challenge) => {
      const ranges = splitRange(half, this.pool.threads, GRAIN);
      this.pool.run(
        this.#module,
        'foldHigh',
        columns.flatMap((ptr) => ranges.map(([s, e]) => [ptr, plane, ptr, plane, half, challenge, s, e])),
      );
    });
  }

  /** As `foldManyInPlace` from base vectors: vector c of 2*half words becomes `half` elements at dst[c]. */
  foldManyBase(columns: readonly BasePtr[], dst: readonly number[], plane: number, half: number, r: ExtValue): void {
    this.#withElement(r, (challenge) => {
      const ranges = splitRange(half, this.pool.threads, GRAIN);
      this.pool.run(
        this.#module,
        'foldBase',
        columns.flatMap((ptr, c) => ranges.map(([s, e]) => [ptr, ptr + 4 * half, dst[c] ?? 0, plane, challenge, s, e])),
      );
    });
  }

  /** Elements [offset, offset + length) of a buffer. */
  slice(buffer: ExtBuffer, offset: number, length: number): ExtBuffer {
    return { ptr: buffer.ptr + 4 * offset, length, plane: buffer.plane };
  }

  /** table[i] += table[i + half] for i < half (at least 4): an eq table loses its highest variable. */
  halve(ptr: number, plane: number, half: number): void {
    this.#run('halve', half, (s, e) => [ptr, plane, half, s, e]);
  }

  #smallRound(a: ExtBuffer, b: ExtBuffer, side: Side): [ExtValue, ExtValue] {
    const half = a.length / 2;
    let c0 = ext.ZERO;
    let c2 = ext.ZERO;
    for (let i = 0; i < half; i++) {
      const low = side === 'highest' ? i : 2 * i;
      const high = side === 'highest' ? i + half : 2 * i + 1;
      const [a0, b0] = [this.get(a, low), this.get(b, low)];
      c0 = ext.add(c0, ext.mul(a0, b0));
      c2 = ext.add(c2, ext.mul(ext.sub(this.get(a, high), a0), ext.sub(this.get(b, high), b0)));
    }
    return [c0, c2];
  }

  #run(name: string, count: number, job: (start: number, end: number) => number[]): void {
    this.pool.run(
      this.#module,
      name,
      splitRange(count, this.pool.threads, GRAIN).map(([start, end]) => job(start, end)),
    );
  }

  /** Runs a summing kernel and adds up its partial sums: `sums` elements, four lanes each, per job. */
  #sum(name: string, count: number, sums: number, job: (out: number, s: number, e: number) => number[]): ExtValue[] {
    const { arena, threads } = this.pool;
    return arena.scope(() => {
      const ranges = splitRange(count, threads, GRAIN);
      const out = arena.alloc(SUM_BYTES * ranges.length);
      this.pool.run(
        this.#module,
        name,
        ranges.map(([start, end], i) => job(out + SUM_BYTES * i, start, end)),
      );
      return Array.from({ length: sums }, (_, which) => {
        const parts = ranges.map((_, i) => arena.u32(out + SUM_BYTES * i + 80 * which, 20));
        return sumLanes(parts);
      });
    });
  }

  /** Passes a pointer to one element in memory. */
  #withElement(value: ExtValue, body: (ptr: number) => void): void {
    const { arena } = this.pool;
    arena.scope(() => {
      const ptr = arena.alloc(64);
      arena.u32(ptr, 5).set(value.map((limb) => toMontgomery(limb)));
      body(ptr);
    });
  }
}

/** Sums elements stored as five vectors of four lanes. */
export function sumLanes(parts: readonly Uint32Array[]): ExtValue {
  const limbs = [0, 0, 0, 0, 0];
  for (const part of parts) {
    for (let k = 0; k < 5; k++) {
      for (let lane = 0; lane < 4; lane++) limbs[k] = ((limbs[k] ?? 0) + (part[4 * k + lane] ?? 0)) % 2130706433;
    }
  }
  const [a, b, c, d, e] = limbs.map((limb) => fromMontgomery(limb));
  return [a ?? 0, b ?? 0, c ?? 0, d ?? 0, e ?? 0];
}
