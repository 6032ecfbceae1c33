/**
 * Kernels on vectors of extension elements. A vector of `length` elements is five planes of `length` words, one per
 * limb, Montgomery form; base vectors are one plane. All kernels take element ranges [start, end), multiples of four.
 * The plain twins are in `pcs/reference/plain-vector.ts`.
 */
import { LaneExt, type LaneExtValue } from '../field/extension-kernel.ts';
import { type FunctionBuilder, ModuleBuilder } from '../wasm/emitter.ts';
import { type I32, type V128, i32, v128 } from '../wasm/instructions.ts';
import { transpose } from '../wasm/lanes.ts';

const I = 'i32' as const;

/** Bytes of one entry of the list that `combineBase` reads. */
export const COMBINE_ENTRY_BYTES = 24;

/** Byte offset of element `index`. */
function at(ptr: I32, index: I32): I32 {
  return i32.add(ptr, i32.shl(index, i32.const(2)));
}

/** Runs `body` for every fourth element of [start, end). */
function everyFour(f: FunctionBuilder, start: I32, end: I32, body: (i: I32) => void): void {
  f.for(start, end, 4, body);
}

/** Splits eight neighbouring words into the even and the odd ones. */
function evens(a: V128, b: V128): V128 {
  return v128.shuffle32(a, b, [0, 2, 4, 6]);
}
function odds(a: V128, b: V128): V128 {
  return v128.shuffle32(a, b, [1, 3, 5, 7]);
}

/** Loads pairs 2i, 2i+1 of four consecutive i as two elements. */
function loadPairs(f: FunctionBuilder, ptr: I32, planeBytes: I32): { low: LaneExtValue; high: LaneExtValue } {
  const where = f.let(ptr);
  const low: V128[] = [];
  const high: V128[] = [];
  for (let k = 0; k < 5; k++) {
    const a = f.let(v128.load(where));
    const b = f.let(v128.load(where, 16));
    low.push(f.let(evens(a, b)));
    high.push(f.let(odds(a, b)));
    if (k < 4) f.set(where, i32.add(where, planeBytes));
  }
  return { low: low as unknown as LaneExtValue, high: high as unknown as LaneExtValue };
}

/** An accumulator of one extension element per lane. */
function accumulator(f: FunctionBuilder, field: LaneExt): { add: (value: LaneExtValue) => void; value: LaneExtValue } {
  const sum = field.zero();
  const add = (value: LaneExtValue): void => {
    const next = field.add(sum, value);
    for (const k of [0, 1, 2, 3, 4] as const) f.set(sum[k], next[k]);
  };
  return { add, value: sum };
}

/** Builds the module; exports are listed in `ExtVectors`. */
export function extVectorModule(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();

  // dst[i] = src[i] + r*(src[i+half] - src[i])
  m.func(
    'foldHigh',
    { src: I, srcPlane: I, dst: I, dstPlane: I, half: I, r: I, start: I, end: I },
    (f, { src, srcPlane, dst, dstPlane, half, r, start, end }) => {
      const field = new LaneExt(f);
      const challenge = field.loadSplat(r);
      everyFour(f, start, end, (i) => {
        const low = field.load(at(src, i), srcPlane);
        const high = field.load(at(src, i32.add(i, half)), srcPlane);
        field.store(at(dst, i), dstPlane, field.mulAdd(challenge, field.sub(high, low), low));
      });
    },
  );

  // The same from two base vectors.
  m.func(
    'foldBase',
    { low: I, high: I, dst: I, dstPlane: I, r: I, start: I, end: I },
    (f, { low, high, dst, dstPlane, r, start, end }) => {
      const field = new LaneExt(f);
      const challenge = field.loadSplat(r);
      everyFour(f, start, end, (i) => {
        const a = f.let(v128.load(at(low, i)));
        const b = f.let(v128.load(at(high, i)));
        const step = field.scale(challenge, field.base.sub(b, a));
        field.store(at(dst, i), dstPlane, field.addBase(step, a));
      });
    },
  );

  // dst[i] = src[2i] + r*(src[2i+1] - src[2i])
  m.func(
    'foldLow',
    { src: I, srcPlane: I, dst: I, dstPlane: I, r: I, start: I, end: I },
    (f, { src, srcPlane, dst, dstPlane, r, start, end }) => {
      const field = new LaneExt(f);
      const challenge = field.loadSplat(r);
      everyFour(f, start, end, (i) => {
        const { low, high } = loadPairs(f, at(src, i32.shl(i, i32.const(1))), srcPlane);
        field.store(at(dst, i), dstPlane, field.mulAdd(challenge, field.sub(high, low), low));
      });
    },
  );

  // dst[i] = sum_(k < 4) table[k]*src[4i+k] of a base vector: its two lowest variables, bound at once
  m.func(
    'foldTwoBase',
    { src: I, dst: I, dstPlane: I, table: I, start: I, end: I },
    (f, { src, dst, dstPlane, table, start, end }) => {
      const field = new LaneExt(f);
      const weights = [0, 1, 2, 3].map((k) => field.loadSplat(table, 20 * k));
      everyFour(f, start, end, (i) => {
        const from = f.let(at(src, i32.shl(i, i32.const(2))));
        const rows = [0, 1, 2, 3].map((k) => f.let(v128.load(from, 16 * k)));
        const sum = transpose(f, rows).reduce<LaneExtValue | undefined>((total, column, k) => {
          const term = field.scale(weights[k]!, f.let(column));
          return total === undefined ? term : field.add(total, term);
        }, undefined);
        field.store(at(dst, i), dstPlane, sum!);
      });
    },
  );

  // dst[i] = sum_j scale_j*column_j[i] over base vectors; an entry of `list` is a column's pointer and the limbs of its scale
  m.func(
    'combineBase',
    { list: I, listEnd: I, dst: I, dstPlane: I, start: I, end: I },
    (f, { list, listEnd, dst, dstPlane, start, end }) => {
      const field = new LaneExt(f);
      const zero = field.zero();
      everyFour(f, start, end, (i) => field.store(at(dst, i), dstPlane, zero));
      f.for(list, listEnd, COMBINE_ENTRY_BYTES, (entry) => {
        const column = f.let(i32.load(entry));
        const scale = field.loadSplat(entry, 4);
        everyFour(f, start, end, (i) => {
          const term = field.scale(scale, f.let(v128.load(at(column, i))));
          field.store(at(dst, i), dstPlane, field.add(field.load(at(dst, i), dstPlane), term));
        });
      });
    },
  );

  // table[i+length] = table[i]*x; table[i] -= that
  m.func(
    'eqStep',
    { table: I, plane: I, length: I, x: I, start: I, end: I },
    (f, { table, plane, length, x, start, end }) => {
      const field = new LaneExt(f);
      const point = field.loadSplat(x);
      everyFour(f, start, end, (i) => {
        const entry = field.load(at(table, i), plane);
        const high = field.mul(entry, point);
        field.store(at(table, i), plane, field.sub(entry, high));
        field.store(at(table, i32.add(i, length)), plane, high);
      });
    },
  );

  // c0 = sum a_low*b_low, c2 = sum (a_high-a_low)*(b_high-b_low); highest variable
  m.func(
    'roundHigh',
    { a: I, aPlane: I, b: I, bPlane: I, half: I, out: I, start: I, end: I },
    (f, { a, aPlane, b, bPlane, half, out, start, end }) => {
      const field = new LaneExt(f);
      const c0 = accumulator(f, field);
      const c2 = accumulator(f, field);
      everyFour(f, start, end, (i) => {
        const aLow = field.load(at(a, i), aPlane);
        const bLow = field.load(at(b, i), bPlane);
        c0.add(field.mul(aLow, bLow));
        const top = f.let(i32.add(i, half));
        const aStep = field.sub(field.load(at(a, top), aPlane), aLow);
        const bStep = field.sub(field.load(at(b, top), bPlane), bLow);
        c2.add(field.mul(aStep, bStep));
      });
      field.storeVectors(out, c0.value);
      field.storeVectors(out, c2.value, 80);
    },
  );

  // As roundHigh, for the lowest variable.
  m.func(
    'roundLow',
    { a: I, aPlane: I, b: I, bPlane: I, out: I, start: I, end: I },
    (f, { a, aPlane, b, bPlane, out, start, end }) => {
      const field = new LaneExt(f);
      const c0 = accumulator(f, field);
      const c2 = accumulator(f, field);
      everyFour(f, start, end, (i) => {
        const double = f.let(i32.shl(i, i32.const(1)));
        const pairA = loadPairs(f, at(a, double), aPlane);
        const pairB = loadPairs(f, at(b, double), bPlane);
        c0.add(field.mul(pairA.low, pairB.low));
        c2.add(field.mul(field.sub(pairA.high, pairA.low), field.sub(pairB.high, pairB.low)));
      });
      field.storeVectors(out, c0.value);
      field.storeVectors(out, c2.value, 80);
    },
  );

  // sum a*b, both extension vectors
  m.func(
    'dot',
    { a: I, aPlane: I, b: I, bPlane: I, out: I, start: I, end: I },
    (f, { a, aPlane, b, bPlane, out, start, end }) => {
      const field = new LaneExt(f);
      const sum = accumulator(f, field);
      everyFour(f, start, end, (i) => {
        sum.add(field.mul(field.load(at(a, i), aPlane), field.load(at(b, i), bPlane)));
      });
      field.storeVectors(out, sum.value);
    },
  );

  // sum a*b, a a base vector
  m.func('dotBase', { a: I, b: I, bPlane: I, out: I, start: I, end: I }, (f, { a, b, bPlane, out, start, end }) => {
    const field = new LaneExt(f);
    const sum = accumulator(f, field);
    everyFour(f, start, end, (i) => {
      const value = f.let(v128.load(at(a, i)));
      sum.add(field.scale(field.load(at(b, i), bPlane), value));
    });
    field.storeVectors(out, sum.value);
  });

  // dst += src
  m.func(
    'addInto',
    { dst: I, dstPlane: I, src: I, srcPlane: I, start: I, end: I },
    (f, { dst, dstPlane, src, srcPlane, start, end }) => {
      const field = new LaneExt(f);
      everyFour(f, start, end, (i) => {
        const sum = field.add(field.load(at(dst, i), dstPlane), field.load(at(src, i), srcPlane));
        field.store(at(dst, i), dstPlane, sum);
      });
    },
  );

  // dst += scale * src
  m.func(
    'addScaled',
    { dst: I, dstPlane: I, src: I, srcPlane: I, scale: I, start: I, end: I },
    (f, { dst, dstPlane, src, srcPlane, scale, start, end }) => {
      const field = new LaneExt(f);
      const factor = field.loadSplat(scale);
      everyFour(f, start, end, (i) => {
        const sum = field.mulAdd(factor, field.load(at(src, i), srcPlane), field.load(at(dst, i), dstPlane));
        field.store(at(dst, i), dstPlane, sum);
      });
    },
  );
  // table[i] += table[i + half]: the eq table of one variable fewer
  m.func('halve', { table: I, plane: I, half: I, start: I, end: I }, (f, { table, plane, half, start, end }) => {
    const field = new LaneExt(f);
    f.for(start, end, 4, (i) => {
      const at = f.let(i32.add(table, i32.shl(i, i32.const(2))));
      const high = i32.add(table, i32.shl(i32.add(i, half), i32.const(2)));
      field.store(at, plane, field.add(field.load(at, plane), field.load(high, plane)));
    });
  });
  return m.bytes();
}
