/**
 * KoalaBear arithmetic on four lanes, as macros over the emitter. Not a module of its own: kernels instantiate
 * `LaneField` inside the functions they emit.
 *
 * Ranges are part of each contract. "Canonical" lanes are in [0, p); "signed" lanes are two's complement in (-p, p)
 * and congruent to the element. Signed products need no correction: if |a*b| < p*2^31 then hi(a*b) - hi(q*p) with
 * q = lo(a*b)*p^-1 (both signed) lies in (-p, p). Source: Montgomery reduction in its signed form, G. Seiler,
 * ePrint 2018/039, Algorithm 3.
 */
import type { FunctionBuilder, Local } from '../wasm/emitter.ts';
import { type V128, i32, i32x4, i64x2, v128 } from '../wasm/instructions.ts';
import { P } from './koalabear.ts';
import { P_INVERSE } from './montgomery.ts';

export class LaneField {
  readonly #f: FunctionBuilder;
  /** p in every lane. */
  readonly p: V128;
  /** p^-1 mod 2^32 in every lane. */
  readonly pInverse: V128;

  /** Emits the loop-invariant splats: call it once at the start of a function. */
  constructor(f: FunctionBuilder) {
    this.#f = f;
    this.p = f.let(i32x4.splat(i32.const(P)));
    this.pInverse = f.let(i32x4.splat(i32.const(P_INVERSE)));
  }

  /** Signed or canonical to canonical: the smaller of x and x + p, read as unsigned. */
  canonical(x: V128): Local<'v128'> {
    const value = this.#f.let(x);
    return this.#f.let(i32x4.minU(value, i32x4.add(value, this.p)));
  }

  /** a + b for canonical a, b; canonical. */
  add(a: V128, b: V128): Local<'v128'> {
    const sum = this.#f.let(i32x4.add(a, b));
    return this.#f.let(i32x4.minU(sum, i32x4.sub(sum, this.p)));
  }

  /** a - b for canonical a, b; canonical. */
  sub(a: V128, b: V128): Local<'v128'> {
    return this.canonical(i32x4.sub(a, b));
  }

  /** Montgomery product, signed. Any signed 32-bit lanes with |a*b| < p*2^31; pass locals, both are used twice. */
  mulSigned(a: V128, b: V128): Local<'v128'> {
    const f = this.#f;
    const low = f.let(i64x2.extmulLowS(a, b));
    const high = f.let(i64x2.extmulHighS(a, b));
    return this.reduceSigned(low, high);
  }

  /** hi(x - q*p) for 64-bit lanes |x| < p*2^31: elements 0, 1 in `low`, 2, 3 in `high`. Signed. */
  reduceSigned(low: V128, high: V128): Local<'v128'> {
    const f = this.#f;
    const q = f.let(i32x4.mul(v128.shuffle32(low, high, [0, 2, 4, 6]), this.pInverse));
    const restLow = i64x2.sub(low, i64x2.extmulLowS(q, this.p));
    const restHigh = i64x2.sub(high, i64x2.extmulHighS(q, this.p));
    return f.let(v128.shuffle32(restLow, restHigh, [1, 3, 5, 7]));
  }

  /** hi(x - q*p) as `reduceSigned`, for 64-bit lanes |x| < p*2^32; canonical. The high word is brought to [0, p) first. */
  reduceWide(low: V128, high: V128): Local<'v128'> {
    const f = this.#f;
    const top = this.canonical(v128.shuffle32(low, high, [1, 3, 5, 7]));
    const q = f.let(i32x4.mul(v128.shuffle32(low, high, [0, 2, 4, 6]), this.pInverse));
    // q is unsigned here, so the high word of q*p is in [0, p) and the difference in (-p, p).
    const subtracted = v128.shuffle32(i64x2.extmulLowU(q, this.p), i64x2.extmulHighU(q, this.p), [1, 3, 5, 7]);
    return this.canonical(i32x4.sub(top, subtracted));
  }

  /** Montgomery product, canonical; operands as for `mulSigned`. */
  mul(a: V128, b: V128): Local<'v128'> {
    return this.canonical(this.mulSigned(a, b));
  }
}
