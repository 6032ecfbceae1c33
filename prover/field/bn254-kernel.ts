/**
 * BN254 scalar arithmetic on two lanes at once with fused multiply-add, as macros over the emitter.
 *
 * A value is five signed limbs in base 2^51, each a double holding an integer ("limbs", |limb| <= 2^50 and a little,
 * |value| < 0.7 r); it is plain, not in Montgomery form. A product of limbs is split exactly: hi = fma(a, b,
 * C1) rounds a*b to a multiple of 2^51, lo = fma(a, b, C1 + MAGIC - hi) is the rest; both are added as raw 64-bit
 * patterns to integer columns, whose known sum of exponent bits ("bias") is taken off once.
 * Bounds: |a_i*b_j| <= 2^102 for every pair; a column stays below 2^62.
 *
 * Reduction has no serial chain but one quotient: columns 6..9 are folded by 2^(51k) mod r, then the quotient by r of
 * what is left (below 2^306) is estimated in one double and its multiple of r subtracted.
 *
 * Machines without a fused instruction round twice; `hasFusedMadd` finds out, and the products are then split after T. J.
 * Dekker, "A floating-point technique for extending the available precision", 1971, at about a third of the speed.
 *
 * Source of the exact split: N. Emmart, F. Zheng, C. Weems, "Faster modular exponentiation using double precision
 * floating point arithmetic on the GPU", ARITH 2018.
 */
import { type FunctionBuilder, type Local, ModuleBuilder } from '../wasm/emitter.ts';
import { type I32, type V128, f64x2, i32, i64, i64x2, v128 } from '../wasm/instructions.ts';
import type { ThreadPool } from '../wasm/thread-pool.ts';
import { wasm } from '../wasm/web-assembly.ts';
import { R, mod } from './bn254.ts';

export const LIMBS = 5;
export const LIMB_BITS = 51;
/** Bytes of a value of two lanes, and of a constant or a value of one lane. */
export const PAIR_BYTES = 16 * LIMBS;
export const SINGLE_BYTES = 8 * LIMBS;

const BASE = 1n << BigInt(LIMB_BITS);
const HALF = BASE / 2n;

/** An array of the limbs of any integer below 2^254 in magnitude: four digits in [-2^50, 2^50), the rest on top. */
export function toLimbs(value: bigint): bigint[] {
  let rest = value;
  const limbs: bigint[] = [];
  for (let i = 0; i < LIMBS - 1; i++) {
    const digit = BigInt.asIntN(LIMB_BITS, rest);
    limbs.push(digit);
    rest = (rest - digit) / BASE;
  }
  return [...limbs, rest];
}

/** Limbs of the representative of smallest magnitude. */
export function toBalancedLimbs(value: bigint): bigint[] {
  const canonical = mod(value);
  return toLimbs(canonical > R / 2n ? canonical - R : canonical);
}

/** The canonical scalar of signed limbs. */
export function fromLimbs(limbs: ArrayLike<number>): bigint {
  let value = 0n;
  for (let i = LIMBS - 1; i >= 0; i--) value = value * BASE + BigInt(limbs[i] ?? 0);
  return mod(value);
}

/** Limbs of r, and of 2^(51k) mod r for k = 6..9. */
export const MODULUS_LIMBS = toLimbs(R);
export const FOLD_LIMBS = [6n, 7n, 8n, 9n].map((k) => toBalancedLimbs(2n ** (51n * k)));
const FOLD_FROM = 6;

/** The words `BnLanes` reads: r, then the four fold constants. */
export function fieldTable(): number[] {
  return [...MODULUS_LIMBS, ...FOLD_LIMBS.flat()].map(Number);
}

function bits(value: number): bigint {
  return new BigInt64Array(Float64Array.of(value).buffer)[0] ?? 0n;
}

/** 1.5 * 2^52: x + MAGIC has the integer x, |x| < 2^51, in its low bits. */
const MAGIC = 1.5 * 2 ** 52;
const C1 = 1.5 * 2 ** 103;
const MAGIC_BITS = bits(MAGIC);
const C1_BITS = bits(C1);
/** Makes columns non-negative before a logical shift: a multiple of the base, and half a base for rounding. */
const LIFT = (1n << 62n) + HALF;
/** What the lift leaves in a carry. */
const LIFT_CARRY = 1n << BigInt(62 - LIMB_BITS);

/** A sum of raw patterns: the integer is value - bias modulo 2^64. */
type Column = { value: Local<'v128'> | undefined; bias: bigint };

/** Ten columns in base 2^51 under construction. */
export class Columns {
  readonly #f: FunctionBuilder;
  readonly #columns: Column[] = Array.from({ length: 2 * LIMBS }, () => ({ value: undefined, bias: 0n }));

  constructor(f: FunctionBuilder) {
    this.#f = f;
  }

  /** Adds a pattern that stands for itself minus `bias`. */
  add(k: number, pattern: V128, bias: bigint): void {
    const column = this.at(k);
    column.bias += bias;
    if (column.value === undefined) column.value = this.#f.let(pattern);
    else this.#f.set(column.value, i64x2.add(column.value, pattern));
  }

  at(k: number): Column {
    const column = this.#columns[k];
    if (column === undefined) throw new RangeError(`"k" expected below ${2 * LIMBS}, got ${k}`);
    return column;
  }

  /** The integer of a column plus a constant. */
  integer(k: number, plus: bigint): V128 {
    const { value, bias } = this.at(k);
    const constant = i64x2.splat(i64.const(plus - bias));
    return value === undefined ? constant : i64x2.add(value, constant);
  }

  has(k: number): boolean {
    return this.at(k).value !== undefined;
  }
}

/** How products of limbs are split: by the fused instruction, or by Dekker's method without it. */
export type Products = 'fused' | 'dekker';

/** A limb of an operand; evaluated at each use, so a local or a load. */
export type Operand = (limb: number) => V128;

export class BnLanes {
  readonly #f: FunctionBuilder;
  readonly #table: I32;
  readonly #products: Products;
  readonly #c1: V128;
  readonly #c2: V128;
  readonly #magic: V128;
  readonly #mask: V128;

  /** `table` is the byte offset of `fieldTable` as doubles. Emits loop-invariant constants: once per function. */
  constructor(f: FunctionBuilder, table: I32, products: Products) {
    this.#f = f;
    this.#table = table;
    this.#products = products;
    this.#c1 = f.let(i64x2.splat(i64.const(C1_BITS)));
    this.#c2 = f.let(i64x2.splat(i64.const(bits(C1 + MAGIC))));
    this.#magic = f.let(i64x2.splat(i64.const(MAGIC_BITS)));
    this.#mask = f.let(i64x2.splat(i64.const(BASE - 1n)));
  }

  columns(): Columns {
    return new Columns(this.#f);
  }

  /** The value at `ptr`, held in locals. */
  load(ptr: I32, offset = 0): Operand {
    const limbs = Array.from({ length: LIMBS }, (_, i) => this.#f.let(v128.load(ptr, offset + 16 * i)));
    return operand(limbs);
  }

  /** The value at `ptr`, loaded at each use. */
  stored(ptr: I32, offset = 0): Operand {
    return (limb) => v128.load(ptr, offset + 16 * limb);
  }

  /** A constant of five doubles, the same in both lanes, loaded at each use. */
  constant(ptr: I32, offset = 0): Operand {
    return (limb) => v128.load64Splat(ptr, offset + 8 * limb);
  }

  store(ptr: I32, value: readonly V128[], offset = 0): void {
    for (const [i, limb] of value.entries()) this.#f.storeV128(ptr, limb, offset + 16 * i);
  }

  /** Integers of five 64-bit lanes, below 2^51 in magnitude, as doubles. */
  fromIntegers(limbs: readonly V128[]): Local<'v128'>[] {
    return limbs.map((limb) => this.#double(limb, undefined, 0n));
  }

  /** The integer of a limb below 2^51 in magnitude, with bias MAGIC_BITS. */
  pattern(limb: V128): V128 {
    return f64x2.add(limb, this.#magic);
  }

  /** columns += value << shift. */
  addValue(columns: Columns, value: Operand, shift = 0): void {
    for (let i = 0; i < LIMBS; i++) {
      const pattern = this.pattern(value(i));
      columns.add(i, shift === 0 ? pattern : i64x2.shl(pattern, i32.const(shift)), MAGIC_BITS << BigInt(shift));
    }
  }

  /** columns += sums of `count` patterns each. */
  addPatterns(columns: Columns, sums: Operand, count: bigint): void {
    for (let i = 0; i < LIMBS; i++) columns.add(i, sums(i), MAGIC_BITS * count);
  }

  /** columns += five 64-bit integers at `ptr`, the same in both lanes. */
  addIntegers(columns: Columns, ptr: I32, offset = 0): void {
    for (let i = 0; i < LIMBS; i++) columns.add(i, v128.load64Splat(ptr, offset + 8 * i), 0n);
  }

  /** columns += sum of products, column by column so that few accumulators are live. */
  addProducts(columns: Columns, pairs: readonly (readonly [Operand, Operand])[]): void {
    for (let k = 0; k < 2 * LIMBS - 1; k++) {
      for (const [a, b] of pairs) {
        for (let i = Math.max(0, k - LIMBS + 1); i <= Math.min(k, LIMBS - 1); i++)
          this.#pair(columns, k, a(i), b(k - i));
      }
    }
  }

  /** columns += a^2: fifteen products instead of twenty-five. */
  addSquare(columns: Columns, a: Operand): void {
    const twice = Array.from({ length: LIMBS - 1 }, (_, i) => this.#f.let(f64x2.add(a(i), a(i))));
    const doubled = operand(twice);
    for (let k = 0; k < 2 * LIMBS - 1; k++) {
      for (let i = Math.max(0, k - LIMBS + 1); 2 * i <= k; i++) {
        this.#pair(columns, k, 2 * i === k ? a(i) : doubled(i), a(k - i));
      }
    }
  }

  /** Columns of products to limbs. Also for columns 0..4 alone: then only a small quotient is subtracted. */
  reduce(columns: Columns): Local<'v128'>[] {
    const f = this.#f;
    if (columns.has(FOLD_FROM)) {
      const high = this.#highLimbs(columns);
      for (let j = 0; j < LIMBS; j++) {
        for (const [k, limb] of high.entries()) {
          this.#pair(columns, j, limb, v128.load64Splat(this.#table, SINGLE_BYTES * (k + 1) + 8 * j));
        }
      }
    }
    const quotient = this.#quotient(columns);
    const negated = f.let(f64x2.sub(zero(), quotient));
    for (let j = 0; j < LIMBS; j++) this.#pair(columns, j, negated, v128.load64Splat(this.#table, 8 * j));
    // Carries once through all columns in parallel; the top limb takes the rest, which fits because |value| < r.
    const limbs: Local<'v128'>[] = [];
    let carry: Local<'v128'> | undefined;
    for (let k = 0; k < LIMBS - 1; k++) {
      const lifted = f.let(columns.integer(k, LIFT));
      limbs.push(this.#double(v128.and(lifted, this.#mask), carry, HALF));
      carry = f.let(i64x2.shrU(lifted, i32.const(LIMB_BITS)));
    }
    const above = i64x2.shl(columns.integer(LIMBS, 0n), i32.const(LIMB_BITS));
    limbs.push(this.#double(i64x2.add(columns.integer(LIMBS - 1, 0n), above), carry, 0n));
    return limbs;
  }

  /** value - offset (+ carry less its lift) as a double. */
  #double(value: V128, carry: V128 | undefined, offset: bigint): Local<'v128'> {
    const f = this.#f;
    const constant = MAGIC_BITS - offset - (carry === undefined ? 0n : LIFT_CARRY);
    const sum = carry === undefined ? value : i64x2.add(value, carry);
    return f.let(f64x2.sub(i64x2.add(sum, i64x2.splat(i64.const(constant))), this.#magic));
  }

  /** Limbs 6..9 as doubles; column 5 is left as its low limb. */
  #highLimbs(columns: Columns): Local<'v128'>[] {
    const f = this.#f;
    const low = f.let(columns.integer(LIMBS, LIFT));
    let carry = f.let(i64x2.shrU(low, i32.const(LIMB_BITS)));
    const fifth = columns.at(LIMBS);
    fifth.value = f.let(v128.and(low, this.#mask));
    fifth.bias = HALF;
    const limbs: Local<'v128'>[] = [];
    for (let k = FOLD_FROM; k < 2 * LIMBS - 1; k++) {
      const lifted = f.let(columns.integer(k, LIFT));
      limbs.push(this.#double(v128.and(lifted, this.#mask), carry, HALF));
      carry = f.let(i64x2.shrU(lifted, i32.const(LIMB_BITS)));
    }
    limbs.push(this.#double(columns.integer(2 * LIMBS - 1, 0n), carry, 0n));
    return limbs;
  }

  /** value / r to the nearest integer, or the next: 2^-51 quotients and the neglected columns shift the edge a little. */
  #quotient(columns: Columns): Local<'v128'> {
    const f = this.#f;
    const constant = (value: number): V128 => i64x2.splat(i64.const(bits(value)));
    const ratio = (bitsAbove: number): number => 2 ** bitsAbove / Number(R);
    const lifted = f.let(columns.integer(LIMBS - 1, LIFT));
    const low = this.#double(v128.and(lifted, this.#mask), undefined, HALF);
    const carry = f.let(i64x2.shrU(lifted, i32.const(LIMB_BITS)));
    const top = this.#double(columns.integer(LIMBS, 0n), carry, 0n);
    // Quotients reach 2^52, so a first one is even, and the rest of the same product corrects it by at most two.
    const even = f.let(constant(1.5 * 2 ** 53));
    const ratioTop = f.let(constant(ratio(LIMB_BITS * 5)));
    const first = f.let(f64x2.sub(this.#madd(top, ratioTop, even), even));
    const rest = this.#madd(top, ratioTop, f64x2.sub(zero(), first));
    const both = this.#madd(low, constant(ratio(LIMB_BITS * 4)), rest);
    return f.let(f64x2.add(first, f64x2.sub(f64x2.add(both, this.#magic), this.#magic)));
  }

  /** columns[k] + 2^51 columns[k + 1] += a*b. */
  #pair(columns: Columns, k: number, a: V128, b: V128): void {
    const f = this.#f;
    const [x, y] = [asLocal(f, a), asLocal(f, b)];
    if (this.#products === 'fused') {
      const high = f.let(f64x2.relaxedMadd(x, y, this.#c1));
      const low = f64x2.relaxedMadd(x, y, f64x2.sub(this.#c2, high));
      columns.add(k, low, MAGIC_BITS);
      columns.add(k + 1, high, C1_BITS);
      return;
    }
    const [product, error] = this.#dekker(x, y);
    const high = f.let(f64x2.add(product, this.#c1));
    const low = f64x2.add(f64x2.add(product, f64x2.sub(this.#c2, high)), error);
    columns.add(k, low, MAGIC_BITS);
    columns.add(k + 1, high, C1_BITS);
  }

  /** a*b + c; only quotients use it, where the last bit does not matter. */
  #madd(a: V128, b: V128, c: V128): V128 {
    if (this.#products === 'fused') return f64x2.relaxedMadd(a, b, c);
    const [product, error] = this.#dekker(asLocal(this.#f, a), asLocal(this.#f, b));
    return f64x2.add(f64x2.add(product, c), error);
  }

  /** a*b as the nearest double and the exact rest. */
  #dekker(a: V128, b: V128): readonly [V128, V128] {
    const f = this.#f;
    const halves = (x: V128): readonly [V128, V128] => {
      const scaled = f.let(f64x2.mul(x, i64x2.splat(i64.const(bits(2 ** 27 + 1)))));
      const high = f.let(f64x2.sub(scaled, f64x2.sub(scaled, x)));
      return [high, f.let(f64x2.sub(x, high))];
    };
    const [ah, al] = halves(a);
    const [bh, bl] = halves(b);
    const product = f.let(f64x2.mul(a, b));
    const cross = f64x2.add(f64x2.add(f64x2.sub(f64x2.mul(ah, bh), product), f64x2.mul(ah, bl)), f64x2.mul(al, bh));
    return [product, f.let(f64x2.add(cross, f64x2.mul(al, bl)))];
  }
}

/**
 * The bytes of a module whose kernel `probe(out)` stores x*x - 2^54 for x = 2^27 + 1, first lane: 2^28 + 1 if the product
 * is not rounded, 2^28 if it is.
 */
export function buildFusionProbe(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();
  m.func('probe', { out: 'i32' }, (f, { out }) => {
    const x = f.let(i64x2.splat(i64.const(bits(2 ** 27 + 1))));
    f.storeV128(out, f64x2.relaxedMadd(x, x, i64x2.splat(i64.const(bits(-(2 ** 54))))));
  });
  return m.bytes();
}

/** Whether this machine has the instruction and fuses it. Runs on every thread's own compiler alike, so once is enough. */
export function hasFusedMadd(pool: ThreadPool): boolean {
  const bytes = buildFusionProbe();
  if (!wasm.validate(bytes)) return false;
  const module = pool.cached('fusion-probe', () => bytes);
  return pool.arena.scope(() => {
    const out = pool.arena.alloc(16);
    pool.run(module, 'probe', [[out]]);
    return new Float64Array(pool.arena.memory.buffer, out, 1)[0] === 2 ** 28 + 1;
  });
}

/** Locals as an operand. */
export function operand(limbs: readonly V128[]): Operand {
  return (limb) => {
    const value = limbs[limb];
    if (value === undefined) throw new RangeError(`"limb" expected below ${limbs.length}, got ${limb}`);
    return value;
  };
}

function zero(): V128 {
  return i64x2.splat(i64.const(0n));
}

/** The expression itself if it is a local, else a new local. */
function asLocal(f: FunctionBuilder, value: V128): V128 {
  return 'index' in value ? value : f.let(value);
}
