/**
 * Kernels of the fraction tree. A layer's nodes are stored in index order, so the two children of a node are neighbours;
 * P and Q are separate extension vectors with the same plane distance. Ranges [start, end) count nodes of the result
 * and are multiples of four. A `mask` of 0 makes a kernel read the same eight elements for every index: that is how the
 * constant fractions outside the stored part are read.
 *
 * Within a sumcheck the even entries of P hold P0 + lambda Q0, so that the layer polynomial
 * P0 Q1 + P1 Q0 + lambda Q0 Q1 takes two products.
 */
import { LaneExt, type LaneExtValue } from '../../field/extension-kernel.ts';
import { type FunctionBuilder, ModuleBuilder } from '../../wasm/emitter.ts';
import { type I32, type V128, i32, i32x4, v128 } from '../../wasm/instructions.ts';

const I = 'i32' as const;

/** Bytes of one job's sums: h(0) and the quadratic coefficient, five vectors each. */
export const FRACTION_SUM_BYTES = 160;

/** Even and odd entries of eight consecutive elements. */
function loadPairs(f: FunctionBuilder, ptr: I32, plane: I32): { even: LaneExtValue; odd: LaneExtValue } {
  const at = f.let(ptr);
  const even: V128[] = [];
  const odd: V128[] = [];
  for (let k = 0; k < 5; k++) {
    const a = f.let(v128.load(at));
    const b = f.let(v128.load(at, 16));
    even.push(f.let(v128.shuffle32(a, b, [0, 2, 4, 6])));
    odd.push(f.let(v128.shuffle32(a, b, [1, 3, 5, 7])));
    if (k < 4) f.set(at, i32.add(at, plane));
  }
  // Five pushes above.
  return { even: even as unknown as LaneExtValue, odd: odd as unknown as LaneExtValue };
}

export function fractionModule(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();

  // P = P0 Q1 + P1 Q0, Q = Q0 Q1
  const combine = { p: I, q: I, plane: I, dstP: I, dstQ: I, dstPlane: I, start: I, end: I };
  m.func('combine', combine, (f, { p, q, plane, dstP, dstQ, dstPlane, start, end }) => {
    const field = new LaneExt(f);
    f.for(start, end, 4, (i) => {
      const from = f.let(i32.shl(i, i32.const(3)));
      const to = f.let(i32.shl(i, i32.const(2)));
      const P = loadPairs(f, i32.add(p, from), plane);
      const Q = loadPairs(f, i32.add(q, from), plane);
      const sum = field.mulAdd(P.odd, Q.even, field.mul(P.even, Q.odd));
      field.store(i32.add(dstP, to), dstPlane, sum);
      field.store(i32.add(dstQ, to), dstPlane, field.mul(Q.even, Q.odd));
    });
  });

  // P[2x] += lambda Q[2x]; ranges count elements
  m.func('merge', { p: I, q: I, plane: I, lambda: I, start: I, end: I }, (f, { p, q, plane, lambda, start, end }) => {
    const field = new LaneExt(f);
    const factor = field.loadSplat(lambda);
    const evenLanes = f.let(v128.const32([-1, 0, -1, 0]));
    f.for(start, end, 4, (i) => {
      const offset = f.let(i32.shl(i, i32.const(2)));
      const at = f.let(i32.add(p, offset));
      const term = field.mul(factor, field.load(i32.add(q, offset), plane));
      const even = term.map((limb) => f.let(v128.and(limb, evenLanes))) as unknown as LaneExtValue;
      field.store(at, plane, field.add(field.load(at, plane), even));
    });
  });

  // Sums over x of eq[x] f(0, x) and eq[x] * (quadratic coefficient of f(X, x)).
  const round = {
    lowP: I,
    lowQ: I,
    lowPlane: I,
    lowMask: I,
    highP: I,
    highQ: I,
    highPlane: I,
    highMask: I,
    eq: I,
    eqPlane: I,
    out: I,
    start: I,
    end: I,
  };
  m.func('round', round, (f, a) => {
    const field = new LaneExt(f);
    const zeroth = field.zero();
    const second = field.zero();
    const accumulate = (sum: typeof zeroth, term: LaneExtValue): void => {
      const next = field.add(sum, term);
      for (const k of [0, 1, 2, 3, 4] as const) f.set(sum[k], next[k]);
    };
    f.for(a.start, a.end, 4, (x) => {
      const offset = f.let(i32.shl(x, i32.const(3)));
      const low = f.let(masked(offset, a.lowMask));
      const high = f.let(masked(offset, a.highMask));
      const p0 = loadPairs(f, i32.add(a.lowP, low), a.lowPlane);
      const q0 = loadPairs(f, i32.add(a.lowQ, low), a.lowPlane);
      const p1 = loadPairs(f, i32.add(a.highP, high), a.highPlane);
      const q1 = loadPairs(f, i32.add(a.highQ, high), a.highPlane);
      const weight = field.load(i32.add(a.eq, i32.shl(x, i32.const(2))), a.eqPlane);
      const value = field.mulAdd(p0.odd, q0.even, field.mul(p0.even, q0.odd));
      accumulate(zeroth, field.mul(weight, value));
      const stepP = [field.sub(p1.even, p0.even), field.sub(p1.odd, p0.odd)] as const;
      const stepQ = [field.sub(q1.even, q0.even), field.sub(q1.odd, q0.odd)] as const;
      const quadratic = field.mulAdd(stepP[1], stepQ[0], field.mul(stepP[0], stepQ[1]));
      accumulate(second, field.mul(weight, quadratic));
    });
    field.storeVectors(a.out, zeroth);
    field.storeVectors(a.out, second, 80);
  });

  // dst[i] = low[i] + r (high[i] - low[i]); ranges count elements; dst may be low or high
  const fold = {
    low: I,
    lowPlane: I,
    lowMask: I,
    high: I,
    highPlane: I,
    highMask: I,
    dst: I,
    dstPlane: I,
    r: I,
    start: I,
    end: I,
  };
  m.func('fold', fold, (f, a) => {
    const field = new LaneExt(f);
    const challenge = field.loadSplat(a.r);
    f.for(a.start, a.end, 4, (i) => {
      const offset = f.let(i32.shl(i, i32.const(2)));
      const low = field.load(i32.add(a.low, masked(offset, a.lowMask)), a.lowPlane);
      const high = field.load(i32.add(a.high, masked(offset, a.highMask)), a.highPlane);
      field.store(i32.add(a.dst, offset), a.dstPlane, field.mulAdd(challenge, field.sub(high, low), low));
    });
  });

  // Fills [start, end) of one vector with (limb0, 0, 0, 0, 0)
  m.func('fill', { dst: I, plane: I, limb: I, start: I, end: I }, (f, { dst, plane, limb, start, end }) => {
    const value = f.let(i32x4.splat(limb));
    const none = f.let(v128.const32([0, 0, 0, 0]));
    f.for(start, end, 4, (i) => {
      const at = f.let(i32.add(dst, i32.shl(i, i32.const(2))));
      for (let k = 0; k < 5; k++) {
        f.storeV128(at, k === 0 ? value : none);
        if (k < 4) f.set(at, i32.add(at, plane));
      }
    });
  });
  return m.bytes();
}

/** offset & mask, as a byte offset. */
function masked(offset: I32, mask: I32): I32 {
  return i32.and(offset, mask);
}
