/**
 * Arithmetic of F = F_p[X]/(X^5 + X^2 - 1) on four lanes, as macros over the emitter: an element is five vectors, one
 * per limb, canonical lanes in Montgomery form. The plain twin is `extension.ts`.
 */
import type { FunctionBuilder, Local } from '../wasm/emitter.ts';
import { type I32, type V128, i32, i32x4, i64x2, v128 } from '../wasm/instructions.ts';
import { P } from './koalabear.ts';
import { LaneField } from './koalabear-kernel.ts';

export type LaneExtValue = readonly [V128, V128, V128, V128, V128];
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

  /**
   * Product. Operands are centred to |x| <= p/2, so that up to four products sum to at most p^2 and one signed
   * Montgomery reduction gives a value in (-p, p); the middle coefficient has five products and takes two reductions.
   */
  mul(a: LaneExtValue, b: LaneExtValue): Limbs {
    const x = this.#centred(a);
    const y = this.#centred(b);
    const d = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((degree) => this.#coefficient(x, y, degree));
    const at = (degree: number): V128 => {
      const value = d[degree];
      if (value === undefined) throw new RangeError(`no coefficient ${degree}`);
      return value;
    };
    // X^5 = 1 - X^2, X^6 = X - X^3, X^7 = X^2 - X^4, X^8 = X^3 + X^2 - 1.
    const { base } = this;
    return [
      base.sub(base.add(at(0), at(5)), at(8)),
      base.add(at(1), at(6)),
      base.add(base.sub(base.add(at(2), at(7)), at(5)), at(8)),
      base.add(base.sub(at(3), at(6)), at(8)),
      base.sub(at(4), at(7)),
    ];
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
    return this.#each((k) => {
      const value = this.#f.let(a[k]);
      return i32x4.sub(value, v128.and(i32x4.gtS(value, this.#half), this.base.p));
    });
  }

  /** sum_{i+j=degree} x_i*y_j, reduced, canonical. */
  #coefficient(x: Limbs, y: Limbs, degree: number): Local<'v128'> {
    const pairs: [V128, V128][] = [];
    for (const i of LIMBS) {
      const right = y[degree - i];
      if (right !== undefined) pairs.push([x[i], right]);
    }
    const reduce = (part: readonly [V128, V128][]): Local<'v128'> => {
      let low: V128 | undefined;
      let high: V128 | undefined;
      for (const [left, right] of part) {
        const productLow = i64x2.extmulLowS(left, right);
        const productHigh = i64x2.extmulHighS(left, right);
        low = low === undefined ? productLow : i64x2.add(low, productLow);
        high = high === undefined ? productHigh : i64x2.add(high, productHigh);
      }
      if (low === undefined || high === undefined) throw new RangeError('an empty sum has no code');
      return this.base.canonical(this.base.reduceSigned(this.#f.let(low), this.#f.let(high)));
    };
    if (pairs.length <= 4) return reduce(pairs);
    return this.base.add(reduce(pairs.slice(0, 3)), reduce(pairs.slice(3)));
  }
}
