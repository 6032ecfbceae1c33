/**
 * Arithmetic of F = F_p[X]/(X^5 + X^2 - 1) on four lanes, as macros over the emitter: an element is five vectors, one
 * per limb, canonical lanes in Montgomery form. The plain twin is `extension.ts`.
 */
import type { FunctionBuilder, Local } from '../wasm/emitter.ts';
import { type I32, type V128, i32, i32x4, i64x2, v128 } from '../wasm/instructions.ts';
import { P } from './koalabear.ts';
import { LaneField } from './koalabear-kernel.ts';

export type LaneExtValue = readonly [V128, V128, V128, V128, V128];
/** The limbs of b, X*b, ..., X^4*b, as `LaneExt.prepare` leaves them. */
export type PreparedFactor = readonly [LaneExtValue, LaneExtValue, LaneExtValue, LaneExtValue, LaneExtValue];
type Limbs = [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];

const LIMBS = [0, 1, 2, 3, 4] as const;

export class LaneExt {
  readonly base: LaneField;
  readonly #f: FunctionBuilder;
  /** (p-1)/2 in every lane. */
  readonly #half: V128;

  /** Emits loop-invariant splats: call it once at the start of a function. */
  constructor(f: FunctionBuilder, base = new LaneField(f)) {
    this.#f = f;
    this.base = base;
    this.#half = f.let(i32x4.splat(i32.const((P - 1) / 2)));
  }

  zero(): Limbs {
    return this.#each(() => v128.const32([0, 0, 0, 0]));
  }

  /** Four elements whose limb planes lie `planeBytes` apart. */
  load(ptr: I32, planeBytes: I32): Limbs {
    const f = this.#f;
    const at = f.let(ptr);
    return this.#each((k) => {
      const limb = f.let(v128.load(at));
      if (k < 4) f.set(at, i32.add(at, planeBytes));
      return limb;
    });
  }

  store(ptr: I32, planeBytes: I32, value: LaneExtValue): void {
    const f = this.#f;
    const at = f.let(ptr);
    for (const k of LIMBS) {
      f.storeV128(at, value[k]);
      if (k < 4) f.set(at, i32.add(at, planeBytes));
    }
  }

  /** One element (five consecutive words at `ptr`), copied to the four lanes. */
  loadSplat(ptr: I32, offset = 0): Limbs {
    return this.#each((k) => v128.load32Splat(ptr, offset + 4 * k));
  }

  /** Five consecutive vectors at `ptr`: an element of each lane, or one splatted beforehand. */
  loadVectors(ptr: I32, offset = 0): Limbs {
    return this.#each((k) => v128.load(ptr, offset + 16 * k));
  }

  storeVectors(ptr: I32, value: LaneExtValue, offset = 0): void {
    for (const k of LIMBS) this.#f.storeV128(ptr, value[k], offset + 16 * k);
  }

  add(a: LaneExtValue, b: LaneExtValue): Limbs {
    return this.#each((k) => this.base.add(a[k], b[k]));
  }

  sub(a: LaneExtValue, b: LaneExtValue): Limbs {
    return this.#each((k) => this.base.sub(a[k], b[k]));
  }

  /** Adds a base value. */
  addBase(a: LaneExtValue, b: V128): Limbs {
    return this.#each((k) => (k === 0 ? this.base.add(a[0], b) : a[k]));
  }

  /** a times a base value; both canonical. */
  scale(a: LaneExtValue, k: V128): Limbs {
    return this.#each((limb) => this.base.mul(a[limb], k));
  }

  /** Product. */
  mul(a: LaneExtValue, b: LaneExtValue): Limbs {
    return this.mulPrepared(a, this.prepare(b));
  }

  /**
   * What `mulPrepared` needs of a factor; emit it before a loop when the factor does not change.
   *
   * a*b = sum_i a_i*(X^i*b), and with X^5 = 1 - X^2 the limbs of X^i*b are limbs of b or one of four combinations.
   * Limbs are centred to |x| <= p/2. The differences d14, d03, d42 stay uncentred, |x| < p.
   */
  prepare(b: LaneExtValue): PreparedFactor {
    const f = this.#f;
    const { base } = this;
    const [b0, b1, b2, b3, b4] = this.#centred(b);
    const d14 = f.let(i32x4.sub(b1, b4));
    const d03 = f.let(i32x4.sub(b0, b3));
    const d42 = f.let(i32x4.sub(b4, b2));
    const [, plain1, , plain3, plain4] = b;
    const d314 = this.#centre(base.add(base.sub(plain3, plain1), plain4));
    return [
      [b0, b1, b2, b3, b4],
      [b4, b0, d14, b2, b3],
      [b3, b4, d03, d14, b2],
      [b2, b3, d42, d03, d14],
      [d14, b2, d314, d42, d03],
    ];
  }

  /**
   * Product with a prepared factor. Each limb is a sum of five products. With |a_i| <= p/2 a product is at most p^2/4,
   * or p^2/2 with an uncentred difference; no limb has more than three of these, so |sum| <= 2p^2. That is below 2^63 and
   * below p*2^32, which is what `reduceWide` takes.
   */
  mulPrepared(a: LaneExtValue, factor: PreparedFactor): Limbs {
    const x = this.#centred(a);
    return this.#each((limb) => {
      let low = i64x2.extmulLowS(x[0], factor[0][limb]);
      let high = i64x2.extmulHighS(x[0], factor[0][limb]);
      for (const i of [1, 2, 3, 4] as const) {
        low = i64x2.add(low, i64x2.extmulLowS(x[i], factor[i][limb]));
        high = i64x2.add(high, i64x2.extmulHighS(x[i], factor[i][limb]));
      }
      return this.base.reduceWide(this.#f.let(low), this.#f.let(high));
    });
  }

  /** a*b + c. */
  mulAdd(a: LaneExtValue, b: LaneExtValue, c: LaneExtValue): Limbs {
    return this.add(this.mul(a, b), c);
  }

  #each(make: (limb: 0 | 1 | 2 | 3 | 4) => V128): Limbs {
    const keep = (limb: 0 | 1 | 2 | 3 | 4): Local<'v128'> => {
      const value = make(limb);
      return 'index' in value ? (value as Local<'v128'>) : this.#f.let(value);
    };
    return [keep(0), keep(1), keep(2), keep(3), keep(4)];
  }

  #centred(a: LaneExtValue): Limbs {
    return this.#each((k) => this.#centre(a[k]));
  }

  /** Canonical to |x| <= p/2. */
  #centre(x: V128): Local<'v128'> {
    const value = 'index' in x ? x : this.#f.let(x);
    return this.#f.let(i32x4.sub(value, v128.and(i32x4.gtS(value, this.#half), this.base.p)));
  }
}
