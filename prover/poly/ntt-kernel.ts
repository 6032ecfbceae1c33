/**
 * Number-theoretic transform of base columns, natural order in and out: out[k] = sum_b in[b] w^(b*k), w of order 2^N.
 *
 * Six-step form: with size = M1*M2, b = M2*b1 + b2 and k = k1 + M1*k2,
 *   out[k1 + M1*k2] = sum_b2 w2^(b2*k2) * [ w^(b2*k1) * sum_b1 in[M2*b1 + b2] w1^(b1*k1) ].
 * Pass `columns` takes up to 16 neighbouring b2 at a time: their 16 transforms of length M1 run side by side in the
 * thread's scratch memory, vector lanes being different b2, so no butterfly needs a shuffle. Pass `rows` takes 16
 * neighbouring k1, transposes 4x4 while loading, and writes 16 neighbouring outputs at a time. Both touch main memory
 * once in each direction. Inner transforms are radix-4, decimation in frequency; the last step has no twiddles.
 * Source: D. H. Bailey, "FFTs in external or hierarchical memory", J. Supercomputing 4 (1990). Twin: `evaluateOnDomain`.
 */
import { LaneField } from '../field/koalabear-kernel.ts';
import { type FunctionBuilder, type FunctionRef, type Local, ModuleBuilder } from '../wasm/emitter.ts';
import { type I32, type V128, i32, i32x4, v128 } from '../wasm/instructions.ts';
import { transpose } from '../wasm/lanes.ts';

const I = 'i32' as const;
const shl = (x: I32, bits: number): I32 => i32.shl(x, i32.const(bits));

/** Words of the plan a pass reads; written by `NttKernels`. */
export const PLAN = {
  /** M1, M2: lengths of the transforms of the two passes. */
  columnLength: 0,
  rowLength: 1,
  /** Bytes of one scratch row: 16 for each vector worked on side by side. */
  rowBytes: 2,
  /** Rows b1 of the input that exist; the others are zero. */
  inputRows: 3,
  /** Pointers: roots of order M1 and M2 (all powers), bit-reversed scratch offsets of M1 and M2 rows, w^b2. */
  columnRoots: 4,
  rowRoots: 5,
  columnOffsets: 6,
  rowOffsets: 7,
  twiddles: 8,
  words: 9,
} as const;

/** Emits `columns` and `rows`. */
export function nttModule(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();
  const transform = emitTransform(m);

  // Blocks [start, end) of neighbouring b2: transform over b1, times w^(b2*k1), to dst[k1][b2].
  m.func('columns', { plan: I, src: I, dst: I, start: I, end: I }, (f, { plan, src, dst, start, end }) => {
    const field = new LaneField(f);
    const word = planReader(f, plan);
    const length = word(PLAN.columnLength);
    const rowBytes = word(PLAN.rowBytes);
    const inputRows = word(PLAN.inputRows);
    const roots = word(PLAN.columnRoots);
    const offsets = word(PLAN.columnOffsets);
    const offsetsEnd = f.let(i32.add(offsets, shl(length, 2)));
    const twiddles = word(PLAN.twiddles);
    const stride = f.let(shl(word(PLAN.rowLength), 2));
    const zero = f.let(v128.const32([0, 0, 0, 0]));
    const scratch = f.let(f.scratch);
    const inputEnd = f.let(i32.add(scratch, i32.mul(inputRows, rowBytes)));
    const scratchEnd = f.let(i32.add(scratch, i32.mul(length, rowBytes)));
    f.for(start, end, 1, (block) => {
      const blockBytes = f.let(i32.mul(block, rowBytes));
      const from = f.let(i32.add(src, blockBytes));
      f.for(scratch, inputEnd, rowBytes, (row) => {
        f.for(i32.const(0), rowBytes, 16, (v) => f.storeV128(i32.add(row, v), v128.load(i32.add(from, v))));
        f.increment(from, stride);
      });
      f.for(inputEnd, scratchEnd, 16, (at) => f.storeV128(at, zero));
      f.call(transform, { length, rowBytes, roots });
      // Powers of w^b2 along k1, one chain per vector; four chains at once hide the latency of a product.
      const scale = (first: I32, vectors: number): void => {
        const steps = range(vectors, (v) => f.let(v128.load(i32.add(twiddles, i32.add(blockBytes, first)), 16 * v)));
        // roots[0] is one, the start of every chain.
        const powers = range(vectors, () => f.let(v128.load32Splat(roots)));
        const to = f.let(i32.add(i32.add(dst, blockBytes), first));
        f.for(offsets, offsetsEnd, 4, (at) => {
          const row = f.let(i32.add(i32.add(scratch, i32.load(at)), first));
          for (const [v, power] of powers.entries()) {
            const value = f.let(v128.load(row, 16 * v));
            f.storeV128(to, field.mul(value, power), 16 * v);
            const step = steps[v];
            if (step !== undefined) f.set(power, field.mul(power, step));
          }
          f.increment(to, stride);
        });
      };
      f.if(
        i32.eq(rowBytes, i32.const(64)),
        () => scale(i32.const(0), 4),
        () => f.for(i32.const(0), rowBytes, 16, (first) => scale(first, 1)),
      );
    });
  });

  // Blocks [start, end) of neighbouring k1: transform over b2 of src[k1][b2], to dst[k1 + M1*k2].
  m.func('rows', { plan: I, src: I, dst: I, start: I, end: I }, (f, { plan, src, dst, start, end }) => {
    const word = planReader(f, plan);
    const length = word(PLAN.rowLength);
    const rowBytes = word(PLAN.rowBytes);
    const roots = word(PLAN.rowRoots);
    const offsets = word(PLAN.rowOffsets);
    const offsetsEnd = f.let(i32.add(offsets, shl(length, 2)));
    const sourceStride = f.let(shl(length, 2));
    const stride = f.let(shl(word(PLAN.columnLength), 2));
    const scratch = f.let(f.scratch);
    f.for(start, end, 1, (block) => {
      const blockBytes = f.let(i32.mul(block, rowBytes));
      // rowBytes/4 rows of the source a block, four of them a vector.
      const from = f.let(i32.add(src, i32.mul(i32.shrU(blockBytes, i32.const(2)), sourceStride)));
      f.for(i32.const(0), rowBytes, 16, (v) => {
        const to = f.let(i32.add(scratch, v));
        f.for(from, i32.add(from, sourceStride), 16, (at) => {
          const lines = range(4, (r) => f.let(v128.load(i32.add(at, i32.mul(sourceStride, i32.const(r))))));
          for (const column of transpose(f, lines)) {
            f.storeV128(to, column);
            f.increment(to, rowBytes);
          }
        });
        f.increment(from, shl(sourceStride, 2));
      });
      f.call(transform, { length, rowBytes, roots });
      const to = f.let(i32.add(dst, blockBytes));
      f.for(offsets, offsetsEnd, 4, (at) => {
        const row = f.let(i32.add(scratch, i32.load(at)));
        f.for(i32.const(0), rowBytes, 16, (v) => f.storeV128(i32.add(to, v), v128.load(i32.add(row, v))));
        f.increment(to, stride);
      });
    });
  });
  return m.bytes();
}

type Transform = FunctionRef<{ readonly length: 'i32'; readonly rowBytes: 'i32'; readonly roots: 'i32' }, undefined>;

/** In place on `length` scratch rows, bit-reversed order out. `roots` holds all powers of the root of order `length`. */
function emitTransform(m: ModuleBuilder): Transform {
  return m.func('transform', { length: I, rowBytes: I, roots: I }, (f, { length, rowBytes, roots }) => {
    const field = new LaneField(f);
    const scratch = f.let(f.scratch);
    const end = f.let(i32.add(scratch, i32.mul(length, rowBytes)));
    const imaginary = f.let(v128.load32Splat(i32.add(roots, length)));
    // Blocks of `size` rows, quarters `quarter` bytes apart; roots of order `size` lie `rootStep` bytes apart.
    const quarter = f.let(i32.shrU(i32.mul(length, rowBytes), i32.const(2)));
    const rootStep = f.let(i32.const(4));
    f.while(
      () => i32.gtU(quarter, rowBytes),
      () => {
        f.for(scratch, end, shl(quarter, 2), (block) => {
          const root = f.let(i32.const(0));
          f.for(block, i32.add(block, quarter), rowBytes, (row) => {
            const w1 = f.let(v128.load32Splat(i32.add(roots, root)));
            const w2 = f.let(v128.load32Splat(i32.add(roots, shl(root, 1))));
            const w3 = f.let(v128.load32Splat(i32.add(roots, i32.add(root, shl(root, 1)))));
            f.for(row, i32.add(row, rowBytes), 16, (at) => butterfly4(f, field, at, quarter, imaginary, [w1, w2, w3]));
            f.increment(root, rootStep);
          });
        });
        f.set(rootStep, shl(rootStep, 2));
        f.set(quarter, i32.shrU(quarter, i32.const(2)));
      },
    );
    f.if(
      i32.eq(quarter, rowBytes),
      () => {
        f.for(scratch, end, shl(rowBytes, 2), (block) => {
          f.for(block, i32.add(block, rowBytes), 16, (at) => butterfly4(f, field, at, quarter, imaginary, undefined));
        });
      },
      () => {
        // Two rows per block are left: quarter is half a row.
        f.for(scratch, end, shl(rowBytes, 1), (block) => {
          f.for(block, i32.add(block, rowBytes), 16, (at) => {
            const a = f.let(v128.load(at));
            const other = f.let(i32.add(at, rowBytes));
            const b = f.let(v128.load(other));
            f.storeV128(at, field.add(a, b));
            f.storeV128(other, field.sub(a, b));
          });
        });
      },
    );
  });
}

/**
 * Two levels of decimation in frequency on rows a, b, c, d: to a: sum; to b: (a+c-b-d) w^2; to c: (a-c + i(b-d)) w; to d:
 * (a-c - i(b-d)) w^3, with i of order 4. Differences go into products without correction (signed, below p in absolute
 * value); a sum of two canonical values is brought there by subtracting p.
 */
function butterfly4(
  f: FunctionBuilder,
  field: LaneField,
  at: I32,
  quarter: I32,
  imaginary: V128,
  twiddles: readonly [V128, V128, V128] | undefined,
): void {
  const atB = f.let(i32.add(at, quarter));
  const atC = f.let(i32.add(atB, quarter));
  const atD = f.let(i32.add(atC, quarter));
  const [a, b, c, d] = [f.let(v128.load(at)), f.let(v128.load(atB)), f.let(v128.load(atC)), f.let(v128.load(atD))];
  const sumAC = field.add(a, c);
  const sumBD = field.add(b, d);
  const differenceAC = field.sub(a, c);
  const turned = field.mul(f.let(i32x4.sub(b, d)), imaginary);
  f.storeV128(at, field.add(sumAC, sumBD));
  if (twiddles === undefined) {
    f.storeV128(atB, field.sub(sumAC, sumBD));
    f.storeV128(atC, field.add(differenceAC, turned));
    f.storeV128(atD, field.sub(differenceAC, turned));
    return;
  }
  const [w1, w2, w3] = twiddles;
  f.storeV128(atB, field.mul(f.let(i32x4.sub(sumAC, sumBD)), w2));
  f.storeV128(atC, field.mul(f.let(i32x4.sub(i32x4.add(differenceAC, turned), field.p)), w1));
  f.storeV128(atD, field.mul(f.let(i32x4.sub(differenceAC, turned)), w3));
}

/** Loads words of the plan into locals. */
function planReader(f: FunctionBuilder, plan: I32): (index: number) => Local<'i32'> {
  return (index) => f.let(i32.load(plan, 4 * index));
}

function range<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
