/**
 * The fraction tree of LogUp-GKR in the pool's memory, and its layer sumchecks. The plain twin is the reference
 * prover's tree.
 *
 * Leaves stand in slots: 2^slotBits slots of 2^rowBits leaves each. A slot stores a prefix; every cell it does not store
 * is the fraction (0, 1), and so is every ancestor of such cells only. A packed layer is one slot.
 * Layer k has 2^k nodes. Sumcheck rounds bind the highest variable first: the slot bits, then row bits.
 */
import * as ext from '../../field/extension.ts';
import { fromMontgomery, MONT_ONE, toMontgomery } from '../../field/montgomery.ts';
import type { ExtValue } from '../../field/types.ts';
import { ExtVectors, sumLanes } from '../../poly/ext-vectors.ts';
import { plainEq } from '../../poly/plain-eq.ts';
import { type ThreadPool, type KernelModule, splitRange } from '../../wasm/thread-pool.ts';
import { FRACTION_SUM_BYTES, fractionModule } from './fraction-kernel.ts';
import { at } from '../../core/lists.ts';
import type { ChildValues, GkrRound } from '../proof.ts';

const GRAIN = 256;
/** Slots store at least so many nodes, where there are so many: two vectors. */
const MIN_STORED = 8;
const READ_ALL = -1;
const READ_DEFAULT = 0;

/** A stored prefix of a slot: P and Q, `length` nodes, limb planes `plane` bytes apart. */
export type SlotBuffer = { readonly p: number; readonly q: number; readonly plane: number; readonly length: number };

/** Fractions in JavaScript, for the few topmost layers. */
type PlainLevel = { readonly p: readonly ExtValue[]; readonly q: readonly ExtValue[] };

export class FractionTree {
  readonly #pool: ThreadPool;
  readonly #vectors: ExtVectors;
  readonly #module: KernelModule;
  readonly #slotBits: number;
  readonly #logLeaves: number;
  /** Stored slots of depth d (2^d nodes), for d > slotBits + 3. */
  readonly #depths = new Map<number, SlotBuffer[]>();
  /** All nodes of depth d, for d <= slotBits + 3. */
  readonly #host = new Map<number, PlainLevel>();

  /**
   * `slots[g]` is the stored part of slot g: a power of two of at least 8 leaves. The tree overwrites them as its layers
   * are proved, and allocates what it needs on the arena.
   */
  constructor(pool: ThreadPool, slotBits: number, rowBits: number, slots: readonly SlotBuffer[]) {
    if (rowBits < 3) throw new RangeError(`"rowBits" expected at least 3, got ${rowBits}`);
    if (slots.length > 2 ** slotBits) throw new RangeError(`"slots" expected at most ${2 ** slotBits}`);
    this.#pool = pool;
    this.#vectors = new ExtVectors(pool);
    this.#module = pool.cached('fraction-tree', fractionModule);
    this.#slotBits = slotBits;
    this.#logLeaves = slotBits + rowBits;
    this.#build(slots);
  }

  /** P0, Q0, P1, Q1: the children of the root. */
  root(): ChildValues {
    const { p, q } = this.#hostAt(1);
    return [at(p, 0), at(q, 0), at(p, 1), at(q, 1)];
  }

  /** The sumcheck of layer k (1 <= k < logLeaves) at `point` (k coordinates, lowest first). Each layer once. */
  layer(k: number, point: readonly ExtValue[], lambda: ExtValue): LayerSumcheck {
    const depth = k + 1;
    if (depth <= this.#slotBits + 3) return new PlainSumcheck(this.#hostAt(depth), point, lambda);
    const slots = this.#depths.get(depth);
    if (slots === undefined) throw new RangeError(`layer ${k} is not in the tree, or was proved before`);
    this.#depths.delete(depth);
    return new StoredSumcheck(this.#pool, this.#vectors, this.#module, this.#slotBits, slots, point, lambda);
  }

  #hostAt(depth: number): PlainLevel {
    const layer = this.#host.get(depth);
    if (layer === undefined) throw new RangeError(`no nodes of depth ${depth} on the host`);
    return layer;
  }

  #build(leaves: readonly SlotBuffer[]): void {
    const { arena } = this.#pool;
    let depth = this.#logLeaves;
    let slots = [...leaves];
    const lowest = this.#slotBits + 3;
    while (depth > lowest) {
      this.#depths.set(depth, slots);
      const jobs: number[][] = [];
      slots = slots.map((slot) => {
        const half = slot.length / 2;
        const length = Math.max(half, MIN_STORED);
        const next = { p: arena.alloc(20 * length), q: arena.alloc(20 * length), plane: 4 * length, length };
        for (const [start, end] of splitRange(half, this.#pool.threads, GRAIN)) {
          jobs.push([slot.p, slot.q, slot.plane, next.p, next.q, next.plane, start, end]);
        }
        if (half < length) this.#fillDefault(next, half);
        return next;
      });
      this.#pool.run(this.#module, 'combine', jobs);
      depth--;
    }
    this.#toHost(slots, depth);
  }

  /** Nodes [from, length) become (0, 1). */
  #fillDefault(slot: SlotBuffer, from: number): void {
    this.#pool.run(this.#module, 'fill', [
      [slot.p, slot.plane, 0, from, slot.length],
      [slot.q, slot.plane, MONT_ONE, from, slot.length],
    ]);
  }

  #toHost(slots: readonly SlotBuffer[], depth: number): void {
    const perSlot = 2 ** (depth - this.#slotBits);
    let p: ExtValue[] = [];
    let q: ExtValue[] = [];
    for (let g = 0; g < 2 ** this.#slotBits; g++) {
      const slot = slots[g];
      for (let i = 0; i < perSlot; i++) {
        p.push(slot === undefined ? ext.ZERO : readElement(this.#pool, slot.p, slot.plane, i));
        q.push(slot === undefined ? ext.ONE : readElement(this.#pool, slot.q, slot.plane, i));
      }
    }
    for (let d = depth; d >= 1; d--) {
      this.#host.set(d, { p, q });
      const parents = Array.from({ length: p.length / 2 }, (_, i) => i);
      const nextP = parents.map((i) =>
        ext.add(ext.mul(at(p, 2 * i), at(q, 2 * i + 1)), ext.mul(at(p, 2 * i + 1), at(q, 2 * i))),
      );
      q = parents.map((i) => ext.mul(at(q, 2 * i), at(q, 2 * i + 1)));
      p = nextP;
    }
  }
}

/** One layer's sumcheck: k times `message` and `bind`, then `children`. */
export interface LayerSumcheck {
  /** h_1 and h_2 of the stripped round polynomial; `claim` is the present claim. */
  message(claim: ExtValue): GkrRound;
  bind(r: ExtValue): void;
  /** P0, Q0, P1, Q1 at the bound point. */
  children(): ChildValues;
}

/**
 * h_1, h_2 from h(0) and h_2: the claim is h_0 + u (h_1 + h_2). A zero coordinate u has probability 1/|F|; `inverse`
 * throws then.
 */
function stripped(claim: ExtValue, u: ExtValue, h0: ExtValue, h2: ExtValue): GkrRound {
  const both = ext.mul(ext.sub(claim, h0), ext.inverse(u));
  return [ext.sub(both, h2), h2];
}

/** A layer whose nodes are all in JavaScript. */
class PlainSumcheck implements LayerSumcheck {
  readonly #lambda: ExtValue;
  readonly #point: ExtValue[];
  /** Even entries of P hold P0 + lambda Q0. */
  #p: readonly ExtValue[];
  #q: readonly ExtValue[];

  constructor(layer: PlainLevel, point: readonly ExtValue[], lambda: ExtValue, merged = false) {
    this.#lambda = lambda;
    this.#point = [...point];
    this.#q = layer.q;
    this.#p = merged ? layer.p : layer.p.map((p, i) => (i % 2 === 0 ? ext.add(p, ext.mul(lambda, at(layer.q, i))) : p));
  }

  message(claim: ExtValue): GkrRound {
    const half = this.#p.length / 2;
    const u = at(this.#point, this.#point.length - 1);
    const weights = plainEq(this.#point.slice(0, -1));
    let h0 = ext.ZERO;
    let h2 = ext.ZERO;
    for (const [x, weight] of weights.entries()) {
      const [e, o] = [2 * x, 2 * x + 1];
      const low = ext.add(ext.mul(at(this.#p, e), at(this.#q, o)), ext.mul(at(this.#p, o), at(this.#q, e)));
      h0 = ext.add(h0, ext.mul(weight, low));
      const step = (v: readonly ExtValue[], i: number): ExtValue => ext.sub(at(v, i + half), at(v, i));
      const quadratic = ext.add(
        ext.mul(step(this.#p, e), step(this.#q, o)),
        ext.mul(step(this.#p, o), step(this.#q, e)),
      );
      h2 = ext.add(h2, ext.mul(weight, quadratic));
    }
    return stripped(claim, u, h0, h2);
  }

  bind(r: ExtValue): void {
    const fold = (v: readonly ExtValue[]): ExtValue[] =>
      v.slice(0, v.length / 2).map((low, i) => ext.add(low, ext.mul(r, ext.sub(at(v, i + v.length / 2), low))));
    this.#p = fold(this.#p);
    this.#q = fold(this.#q);
    this.#point.pop();
  }

  children(): ChildValues {
    const [q0, q1] = [at(this.#q, 0), at(this.#q, 1)];
    return [ext.sub(at(this.#p, 0), ext.mul(this.#lambda, q0)), q0, at(this.#p, 1), q1];
  }
}

/** A layer in the pool's memory, folded in place; it moves to JavaScript for its last two row variables. */
class StoredSumcheck implements LayerSumcheck {
  readonly #pool: ThreadPool;
  readonly #vectors: ExtVectors;
  readonly #module: KernelModule;
  readonly #lambda: ExtValue;
  readonly #point: ExtValue[];
  /** Slots not yet merged; one when the slot bits are bound. */
  #slots: SlotBuffer[];
  #slotBits: number;
  /** Unbound row variables. */
  #rowBits: number;
  readonly #eq: { readonly ptr: number; readonly plane: number };
  readonly #mark;
  /** Eight constant nodes: P alternates lambda, 0; Q is 1. And a place for one challenge. */
  readonly #default: SlotBuffer;
  readonly #challenge: number;
  #host: PlainSumcheck | undefined;

  constructor(
    pool: ThreadPool,
    vectors: ExtVectors,
    module: KernelModule,
    slotBits: number,
    slots: readonly SlotBuffer[],
    point: readonly ExtValue[],
    lambda: ExtValue,
  ) {
    this.#pool = pool;
    this.#vectors = vectors;
    this.#module = module;
    this.#lambda = lambda;
    this.#point = [...point];
    this.#slots = [...slots];
    this.#slotBits = slotBits;
    this.#rowBits = point.length - slotBits;
    const { arena } = pool;
    this.#mark = arena.mark();
    const eq = vectors.alloc(2 ** this.#rowBits);
    vectors.eq(eq, point.slice(0, this.#rowBits), ext.ONE);
    this.#eq = { ptr: eq.ptr, plane: eq.plane };
    this.#challenge = arena.alloc(64);
    this.#default = { p: arena.allocZeroed(160), q: arena.allocZeroed(160), plane: 32, length: 8 };
    for (let i = 0; i < 8; i++) {
      if (i % 2 === 0) writeElement(pool, this.#default.p, 32, i, lambda);
      writeElement(pool, this.#default.q, 32, i, ext.ONE);
    }
    const factor = this.#element(lambda);
    this.#pool.run(
      module,
      'merge',
      this.#slots.flatMap((slot) =>
        splitRange(slot.length, pool.threads, GRAIN).map(([s, e]) => [slot.p, slot.q, slot.plane, factor, s, e]),
      ),
    );
    if (slotBits === 0) this.#maybeToHost();
  }

  message(claim: ExtValue): GkrRound {
    if (this.#host !== undefined) return this.#host.message(claim);
    const u = at(this.#point, this.#point.length - 1);
    const jobs: number[][] = [];
    const weights: ExtValue[] = [];
    const { arena } = this.#pool;
    const scope = arena.mark();
    let covered = ext.ZERO;
    for (const { low, high, weight } of this.#pairs()) {
      const parts = this.#parts(low, high);
      covered = ext.add(covered, ext.mul(weight, this.#prefixWeight(Math.max(low.length, high?.length ?? 0) / 2)));
      for (const { left, leftMask, right, rightMask, start, end } of parts) {
        for (const [s, e] of splitRange((end - start) / 2, this.#pool.threads, GRAIN)) {
          weights.push(weight);
          jobs.push([
            ...[left.p, left.q, left.plane, leftMask, right.p, right.q, right.plane, rightMask],
            ...[this.#eq.ptr, this.#eq.plane, 0, start / 2 + s, start / 2 + e],
          ]);
        }
      }
    }
    const out = arena.alloc(FRACTION_SUM_BYTES * jobs.length);
    for (const [i, job] of jobs.entries()) job[10] = out + FRACTION_SUM_BYTES * i;
    this.#pool.run(this.#module, 'round', jobs);
    // Outside the stored part f is the constant lambda.
    let h0 = ext.mul(this.#lambda, ext.sub(ext.ONE, covered));
    let h2 = ext.ZERO;
    for (const [i, weight] of weights.entries()) {
      const sum = (offset: number): ExtValue => sumLanes([arena.u32(out + FRACTION_SUM_BYTES * i + offset, 20)]);
      h0 = ext.add(h0, ext.mul(weight, sum(0)));
      h2 = ext.add(h2, ext.mul(weight, sum(80)));
    }
    arena.release(scope);
    return stripped(claim, u, h0, h2);
  }

  bind(r: ExtValue): void {
    if (this.#host !== undefined) {
      this.#host.bind(r);
      return;
    }
    const challenge = this.#element(r);
    const jobs: number[][] = [];
    const next: SlotBuffer[] = [];
    for (const { low, high } of this.#pairs()) {
      // In place, into the longer of the two.
      const target = high !== undefined && high.length > low.length ? high : low;
      next.push(target);
      for (const { left, leftMask, right, rightMask, start, end } of this.#parts(low, high)) {
        for (const [s, e] of splitRange(end - start, this.#pool.threads, 4 * GRAIN)) {
          for (const side of ['p', 'q'] as const) {
            jobs.push([
              ...[left[side], left.plane, leftMask, right[side], right.plane, rightMask],
              ...[target[side], target.plane, challenge, start + s, start + e],
            ]);
          }
        }
      }
    }
    this.#pool.run(this.#module, 'fold', jobs);
    this.#slots = next;
    this.#point.pop();
    if (this.#slotBits > 0) {
      this.#slotBits--;
      if (this.#slotBits === 0) this.#maybeToHost();
      return;
    }
    this.#rowBits--;
    this.#maybeToHost();
  }

  children(): ChildValues {
    if (this.#host === undefined) throw new RangeError('not all variables are bound');
    return this.#host.children();
  }

  /** The pairs of the present variable with their weights: slots, or the halves of the last slot. */
  *#pairs(): Generator<{ low: SlotBuffer; high: SlotBuffer | undefined; weight: ExtValue }> {
    if (this.#slotBits > 0) {
      const half = 2 ** (this.#slotBits - 1);
      const weights = plainEq(this.#point.slice(this.#rowBits, -1));
      for (let g = 0; g < Math.min(half, this.#slots.length); g++) {
        yield { low: at(this.#slots, g), high: this.#slots[g + half], weight: at(weights, g) };
      }
      return;
    }
    const slot = at(this.#slots, 0);
    const full = 2 ** (this.#rowBits + 1);
    if (slot.length < full) {
      yield { low: slot, high: undefined, weight: ext.ONE };
      return;
    }
    const length = full / 2;
    const { p, q, plane } = slot;
    yield {
      low: { p, q, plane, length },
      high: { p: p + 4 * length, q: q + 4 * length, plane, length },
      weight: ext.ONE,
    };
  }

  /** Splits a pair into the ranges (in nodes) where both, or only one, are stored. */
  #parts(
    low: SlotBuffer,
    high: SlotBuffer | undefined,
  ): { left: SlotBuffer; leftMask: number; right: SlotBuffer; rightMask: number; start: number; end: number }[] {
    const parts = [];
    const both = Math.min(low.length, high?.length ?? 0);
    if (high !== undefined) {
      parts.push({ left: low, leftMask: READ_ALL, right: high, rightMask: READ_ALL, start: 0, end: both });
    }
    if (low.length > both) {
      const right = this.#default;
      parts.push({ left: low, leftMask: READ_ALL, right, rightMask: READ_DEFAULT, start: both, end: low.length });
    }
    if (high !== undefined && high.length > both) {
      const left = this.#default;
      parts.push({ left, leftMask: READ_DEFAULT, right: high, rightMask: READ_ALL, start: both, end: high.length });
    }
    return parts;
  }

  /** sum of eq over the first 2^b rows of the weights in use: the product of 1 - u_i for i >= b. */
  #prefixWeight(rows: number): ExtValue {
    const variables = this.#slotBits > 0 ? this.#rowBits : this.#rowBits - 1;
    let product = ext.ONE;
    for (let i = Math.log2(rows); i < variables; i++) product = ext.mul(product, ext.sub(ext.ONE, at(this.#point, i)));
    return product;
  }

  /** With the slot bits bound, keeps the eq table one row variable shorter than the rest, and ends in JavaScript. */
  #maybeToHost(): void {
    if (this.#rowBits > 2) {
      this.#vectors.halve(this.#eq.ptr, this.#eq.plane, 2 ** (this.#rowBits - 1));
      return;
    }
    const slot = at(this.#slots, 0);
    const nodes = Array.from({ length: 2 ** (this.#rowBits + 1) }, (_, i) => i);
    const layer = {
      p: nodes.map((i) => readElement(this.#pool, slot.p, slot.plane, i)),
      q: nodes.map((i) => readElement(this.#pool, slot.q, slot.plane, i)),
    };
    this.#host = new PlainSumcheck(layer, this.#point, this.#lambda, true);
    this.#pool.arena.release(this.#mark);
  }

  #element(value: ExtValue): number {
    this.#pool.arena.u32(this.#challenge, 5).set(value.map((limb) => toMontgomery(limb)));
    return this.#challenge;
  }
}

function readElement(pool: ThreadPool, ptr: number, plane: number, i: number): ExtValue {
  const limb = (k: number): number => fromMontgomery(pool.arena.u32(ptr + k * plane + 4 * i, 1)[0] ?? 0);
  return [limb(0), limb(1), limb(2), limb(3), limb(4)];
}

function writeElement(pool: ThreadPool, ptr: number, plane: number, i: number, value: ExtValue): void {
  for (const [k, limb] of value.entries()) pool.arena.u32(ptr + k * plane + 4 * i, 1)[0] = toMontgomery(limb);
}
