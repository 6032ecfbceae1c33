/**
 * Poseidon2-BN-8 on two states at once. Twin: `permute` of poseidon2-bn254.ts.
 *
 * Full rounds are as written there. Partial rounds use a recurrence. With x the lane after the S-box, y_1..y_7 the other
 * lanes, Y = sum y_i and S = x + Y, a round is y_i' = S + mu_i*y_i, p' = S + mu_0*x: seven filters with poles mu_i, all
 * driven by S. Their sum is A'(z)/A(z) applied to S, where A(z) = prod (z - mu_i) = z^7 + a_1 z^6 + ... + a_7 and A' is
 * its derivative. Because the numerator repeats the coefficients of the denominator, one product serves both:
 *
 *   Y_(t+1) = 7 S_t + sum_i a_i (-Y_(t+1-i) + (7-i) S_(t-i)),
 *
 * eight products per round with one reduction each for Y and p, instead of eight products with a reduction each. We keep
 * U_t = Y_t - 2 S_(t-1), which makes the factors of S small enough for the limb bounds: 5 S_t and (5-i).
 * The start is a past without input (S = 0) that produces the same future: Y_(-k) = sum_i mu_i^-k y_i. At the end y is
 * linear in the last seven U and seven S; `partialConstants` inverts that Vandermonde system.
 */
import {
  BnLanes,
  type Columns,
  FOLD_LIMBS,
  LIMBS,
  MODULUS_LIMBS,
  type Operand,
  PAIR_BYTES,
  type Products,
  SINGLE_BYTES,
  fieldTable,
  operand,
  toBalancedLimbs,
} from '../field/bn254-kernel.ts';
import { R, inverse, mod, pow } from '../field/bn254.ts';
import type { FunctionBuilder, FunctionRef, ModuleBuilder } from '../wasm/emitter.ts';
import { type I32, f64x2, i32, i64, i64x2 } from '../wasm/instructions.ts';
import { DIAGONAL, PARTIAL_ROUNDS, WIDTH, roundConstants } from './poseidon2-bn254.ts';

/** Lanes outside the S-box, and so the length of the recurrence. */
const HIDDEN = WIDTH - 1;
/** U = Y - SHIFT * S of the round before. */
const SHIFT = 2;
const LOG_SHIFT = 1;
const HALF_FULL = 4;

/** Scratch of one thread: the states, then the histories of U (from -6) and S (from -8). */
const HISTORY_U = WIDTH * PAIR_BYTES;
const FIRST_U = HIDDEN - 1;
const HISTORY_S = HISTORY_U + (FIRST_U + PARTIAL_ROUNDS + 1) * PAIR_BYTES;
const FIRST_S = HIDDEN + 1;
/** Bytes the permutation uses from its state pointer on; callers may use scratch behind them. */
export const PERMUTATION_BYTES = HISTORY_S + (FIRST_S + PARTIAL_ROUNDS) * PAIR_BYTES;

/** Coefficients of the partial rounds, all canonical. */
export type PartialConstants = {
  /** a_1..a_7. */
  readonly recurrence: readonly bigint[];
  /** ghosts[k - 1][i - 1] = mu_i^-k, k = 1..6. */
  readonly ghosts: readonly (readonly bigint[])[];
  /** finals[i - 1]: factors of U_T, ..., U_(T-6), S_(T-1), ..., S_(T-7) in y_i. */
  readonly finals: readonly (readonly bigint[])[];
};

/** Solves V*x = columns for all columns by Gauss-Jordan; RangeError for a singular V. */
function solve(matrix: readonly (readonly bigint[])[], right: readonly (readonly bigint[])[]): bigint[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...(right[i] ?? [])]);
  for (let c = 0; c < size; c++) {
    const pivot = rows.findIndex((row, i) => i >= c && row[c] !== 0n);
    const chosen = rows[pivot];
    const displaced = rows[c];
    if (chosen === undefined || displaced === undefined) throw new RangeError('"matrix" is singular');
    rows[pivot] = displaced;
    const scale = inverse(chosen[c] ?? 0n);
    const lead = chosen.map((x) => mod(x * scale));
    rows[c] = lead;
    for (const [i, row] of rows.entries()) {
      const factor = row[c] ?? 0n;
      if (i !== c && factor !== 0n) rows[i] = row.map((x, j) => mod(x - factor * (lead[j] ?? 0n)));
    }
  }
  return rows.map((row) => row.slice(size));
}

/** Derives the coefficients from the diagonal. */
export function partialConstants(diagonal: readonly bigint[] = DIAGONAL): PartialConstants {
  const mu = diagonal.slice(1);
  let monic = [1n];
  for (const m of mu) {
    const shifted = [...monic, 0n];
    monic = shifted.map((x, i) => mod(x - m * (i === 0 ? 0n : (monic[i - 1] ?? 0n))));
  }
  const inverses = mu.map(inverse);
  const power = (k: number): bigint[] => inverses.map((m) => pow(m, BigInt(k)));
  // G_k = sum_i mu_i^-k y_i(T) = U_(T-k) + 2 S_(T-k-1) + sum_(l=1..k) P_(k-l+1) S_(T-l), P_j = sum_i mu_i^-j.
  const sums = Array.from({ length: HIDDEN + 1 }, (_, j) => mod(power(j).reduce((x, y) => x + y, 0n)));
  const known = Array.from({ length: HIDDEN }, (_, k) => [
    ...Array.from({ length: HIDDEN }, (_, j) => (j === k ? 1n : 0n)),
    ...Array.from({ length: HIDDEN }, (_, j) => {
      const l = j + 1;
      return mod((l === k + 1 ? BigInt(SHIFT) : 0n) + (l <= k ? (sums[k - l + 1] ?? 0n) : 0n));
    }),
  ]);
  return {
    recurrence: monic.slice(1),
    ghosts: Array.from({ length: HIDDEN - 1 }, (_, k) => power(k + 1)),
    finals: solve(
      Array.from({ length: HIDDEN }, (_, k) => power(k)),
      known,
    ),
  };
}

const FULL_CONSTANT_BYTES = WIDTH * SINGLE_BYTES;

/** Byte offsets in the table; see `permutationTable`. */
const OFFSET = (() => {
  let at = SINGLE_BYTES * (1 + FOLD_LIMBS.length);
  const take = (constants: number): number => {
    const offset = at;
    at += SINGLE_BYTES * constants;
    return offset;
  };
  return {
    mu0: take(1),
    recurrence: take(HIDDEN),
    ghosts: take((HIDDEN - 1) * HIDDEN),
    finals: take(HIDDEN * 2 * HIDDEN),
    first: take(HALF_FULL * WIDTH),
    /** First partial constant on lane 0, zeros. */
    enter: take(WIDTH),
    /** What round t adds to lane 0 after its linear layer: the constant of the round that follows. */
    partial: take(PARTIAL_ROUNDS),
    /** First constants of the last full rounds for lanes 1..7. */
    leave: take(HIDDEN),
    last: take((HALF_FULL - 1) * WIDTH),
    zeros: take(WIDTH),
    bytes: at,
  } as const;
})();

/** Largest pair of limbs the exact split takes. */
const PAIR_LIMIT = 2 ** 102;

/**
 * The constants the kernels read, as 64-bit words: factors as doubles, round constants as integers. RangeError if a bound
 * that the limb arithmetic relies on does not hold for them.
 */
export function permutationTable(): BigInt64Array<ArrayBuffer> {
  const { recurrence, ghosts, finals } = partialConstants();
  const { first, partial, last } = roundConstants();
  const words = new BigInt64Array(OFFSET.bytes / 8);
  const doubles = new Float64Array(words.buffer);
  doubles.set(fieldTable());
  const factors = (offset: number, values: readonly bigint[]): void =>
    doubles.set(values.flatMap(toBalancedLimbs).map(Number), offset / 8);
  const integers = (offset: number, values: readonly bigint[]): void =>
    words.set(values.flatMap(toBalancedLimbs), offset / 8);
  const mu0 = DIAGONAL[0] ?? 0n;
  factors(OFFSET.mu0, [mu0]);
  factors(OFFSET.recurrence, recurrence);
  factors(OFFSET.ghosts, ghosts.flat());
  factors(OFFSET.finals, finals.flat());
  integers(OFFSET.first, first.flat());
  integers(OFFSET.enter, partial.slice(0, 1));
  integers(OFFSET.partial, [...partial.slice(1), last[0]?.[0] ?? 0n]);
  integers(OFFSET.leave, (last[0] ?? []).slice(1));
  integers(OFFSET.last, last.slice(1).flat());

  // A factor times an operand of `units` limbs of 2^50 each.
  const check = (values: readonly bigint[], units: (i: number) => number): void => {
    let sum = 0;
    for (const [i, value] of values.entries()) {
      const limbs = toBalancedLimbs(value);
      const largest = Math.max(...limbs.map((x) => Math.abs(Number(x))));
      // One part in 2^40 covers the carries that limbs hold beyond 2^50.
      if (units(i) * 2 ** 50 * largest * (1 + 2 ** -40) > PAIR_LIMIT)
        throw new RangeError('"constants" exceed a limb pair');
      const canonical = mod(value);
      sum += units(i) * Number(canonical > R / 2n ? R - canonical : canonical);
    }
    // The top column of a sum of products must stay below 2^51; values are below 0.7 r.
    if (sum * 0.7 * Number(R) > 2 ** (51 * 9 + 51)) throw new RangeError('"constants" exceed the top column');
  };
  check([mu0], () => 2 + SHIFT);
  check(recurrence, (i) => 1 + Math.abs(HIDDEN - SHIFT - (i + 1)));
  for (const row of [...ghosts, ...finals]) check(row, () => 1);
  if (Math.max(...MODULUS_LIMBS.map((x) => Math.abs(Number(x)))) * 2 ** 52 > PAIR_LIMIT) {
    throw new RangeError('"MODULUS_LIMBS" exceed a limb pair');
  }
  return words;
}

/** The functions of one module that permute the state at a pointer in place. */
export class PermutationFunctions {
  readonly #permute: FunctionRef<{ readonly table: 'i32'; readonly state: 'i32' }, undefined>;

  constructor(m: ModuleBuilder, products: Products) {
    const external = addExternal(m, products);
    const sboxes = addSboxes(m, products);
    const enter = addEnter(m, products);
    const round = addPartialRound(m, products);
    const leave = addLeave(m, products);
    this.#permute = m.func('permute', { table: 'i32', state: 'i32' }, (f, { table, state }) => {
      const layer = (constants: I32): void => f.call(external, { table, state, constants });
      const fullRounds = (from: number): void => {
        const start = i32.add(table, i32.const(from));
        const end = f.let(i32.add(start, i32.const(HALF_FULL * FULL_CONSTANT_BYTES)));
        f.for(
          i32.add(start, i32.const(FULL_CONSTANT_BYTES)),
          i32.add(end, i32.const(1)),
          FULL_CONSTANT_BYTES,
          (next) => {
            f.call(sboxes, { table, state });
            layer(next);
          },
        );
      };
      layer(i32.add(table, i32.const(OFFSET.first)));
      // The fourth layer reads the constants that follow the table of the first three: `enter`.
      fullRounds(OFFSET.first);
      f.call(enter, { table, state });
      const u = f.let(i32.add(state, i32.const(HISTORY_U + FIRST_U * PAIR_BYTES)));
      const s = f.let(i32.add(state, i32.const(HISTORY_S + FIRST_S * PAIR_BYTES)));
      const constant = f.let(i32.add(table, i32.const(OFFSET.partial)));
      f.for(i32.const(0), i32.const(PARTIAL_ROUNDS), 1, () => {
        f.call(round, { table, state, u, s, constant });
        f.increment(u, PAIR_BYTES);
        f.increment(s, PAIR_BYTES);
        f.increment(constant, SINGLE_BYTES);
      });
      f.call(leave, { table, state, u, s });
      // As above: the last layer reads zeros.
      fullRounds(OFFSET.last - FULL_CONSTANT_BYTES);
    });
  }

  permute(f: FunctionBuilder, table: I32, state: I32): void {
    f.call(this.#permute, { table, state });
  }
}

/** state <- external matrix * state + constants. Limbs up to 2^51 may come in. */
function addExternal(m: ModuleBuilder, products: Products) {
  return m.func('external', { table: 'i32', state: 'i32', constants: 'i32' }, (f, { table, state, constants }) => {
    const lanes = new BnLanes(f, table, products);
    const stored = (lane: number): Operand => lanes.stored(state, PAIR_BYTES * lane);
    for (let limb = 0; limb < LIMBS; limb++) {
      const quarters = [0, 4].map((base) => {
        const [a, b, c, d] = [0, 1, 2, 3].map((i) => f.let(lanes.pattern(stored(base + i)(limb))));
        if (a === undefined || b === undefined || c === undefined || d === undefined)
          throw new RangeError('four lanes');
        const ab = f.let(i64x2.add(a, b));
        const cd = f.let(i64x2.add(c, d));
        const sum = f.let(i64x2.add(ab, cd));
        const twice = i32.const(1);
        return [
          [a, b],
          [b, c],
          [c, d],
          [d, a],
        ].map(([own, next]) => f.let(i64x2.add(i64x2.add(sum, own ?? a), i64x2.shl(next ?? a, twice))));
      });
      for (let i = 0; i < 4; i++) {
        const [low, high] = [quarters[0]?.[i], quarters[1]?.[i]];
        if (low === undefined || high === undefined) throw new RangeError('two quarters');
        const sum = f.let(i64x2.add(low, high));
        f.storeV128(state, i64x2.add(sum, low), PAIR_BYTES * i + 16 * limb);
        f.storeV128(state, i64x2.add(sum, high), PAIR_BYTES * (i + 4) + 16 * limb);
      }
    }
    const constant = f.let(constants);
    f.for(state, i32.add(state, i32.const(WIDTH * PAIR_BYTES)), PAIR_BYTES, (lane) => {
      const columns = lanes.columns();
      // Every row of the matrix sums to 21.
      lanes.addPatterns(columns, lanes.stored(lane), 21n);
      lanes.addIntegers(columns, constant);
      lanes.store(lane, lanes.reduce(columns));
      f.increment(constant, SINGLE_BYTES);
    });
  });
}

/** x^4 as limbs, for limbs x. */
function fourth(lanes: BnLanes, x: Operand): Operand {
  const square = lanes.columns();
  lanes.addSquare(square, x);
  const result = lanes.columns();
  lanes.addSquare(result, operand(lanes.reduce(square)));
  return operand(lanes.reduce(result));
}

/** x^5 on all lanes. */
function addSboxes(m: ModuleBuilder, products: Products) {
  return m.func('sboxes', { table: 'i32', state: 'i32' }, (f, { table, state }) => {
    const lanes = new BnLanes(f, table, products);
    f.for(state, i32.add(state, i32.const(WIDTH * PAIR_BYTES)), PAIR_BYTES, (lane) => {
      const columns = lanes.columns();
      lanes.addProducts(columns, [[fourth(lanes, lanes.load(lane)), lanes.stored(lane)]]);
      lanes.store(lane, lanes.reduce(columns));
    });
  });
}

/** Histories from lanes 1..7: S = 0 before the start, U_0 and the six values of U before it. */
function addEnter(m: ModuleBuilder, products: Products) {
  return m.func('enterPartial', { table: 'i32', state: 'i32' }, (f, { table, state }) => {
    const lanes = new BnLanes(f, table, products);
    const hidden = Array.from({ length: HIDDEN }, (_, i) => lanes.stored(state, PAIR_BYTES * (i + 1)));
    const zero = f.let(i64x2.splat(i64.const(0n)));
    for (let i = 0; i < FIRST_S * LIMBS; i++) f.storeV128(state, zero, HISTORY_S + 16 * i);
    const columns = lanes.columns();
    for (const value of hidden) lanes.addValue(columns, value);
    lanes.store(state, lanes.reduce(columns), HISTORY_U + FIRST_U * PAIR_BYTES);
    const factors = f.let(i32.add(table, i32.const(OFFSET.ghosts)));
    const start = i32.add(state, i32.const(HISTORY_U));
    f.for(i32.const(0), i32.const(FIRST_U), 1, (k) => {
      const ghost = lanes.columns();
      lanes.addProducts(
        ghost,
        hidden.map((value, i) => [value, lanes.constant(factors, SINGLE_BYTES * i)] as const),
      );
      const to = i32.add(start, i32.mul(i32.sub(i32.const(FIRST_U - 1), k), i32.const(PAIR_BYTES)));
      lanes.store(to, lanes.reduce(ghost));
      f.increment(factors, HIDDEN * SINGLE_BYTES);
    });
  });
}

/** Round t: from p_t (lane 0), U_t at `u` to S_t at `s`, p_(t+1), U_(t+1). */
function addPartialRound(m: ModuleBuilder, products: Products) {
  return m.func(
    'partialRound',
    { table: 'i32', state: 'i32', u: 'i32', s: 'i32', constant: 'i32' },
    (f, { table, state, u, s, constant }) => {
      const lanes = new BnLanes(f, table, products);
      // Loads take non-negative offsets only, so the pointers start at the oldest entries read.
      const oldU = f.let(i32.sub(u, i32.const((HIDDEN - 1) * PAIR_BYTES)));
      const oldS = f.let(i32.sub(s, i32.const(HIDDEN * PAIR_BYTES)));
      const past = (pointer: I32, length: number, back: number): Operand =>
        lanes.stored(pointer, PAIR_BYTES * (length - back));
      const uBack = (back: number): Operand => past(oldU, HIDDEN - 1, back);
      const sBack = (back: number): Operand => past(oldS, HIDDEN, back);

      const xColumns = lanes.columns();
      lanes.addProducts(xColumns, [[fourth(lanes, lanes.load(state)), lanes.stored(state)]]);
      lanes.addValue(xColumns, uBack(0));
      lanes.addValue(xColumns, sBack(1), LOG_SHIFT);
      const sum = operand(lanes.reduce(xColumns));
      lanes.store(s, limbsOf(sum));

      const pColumns = lanes.columns();
      const x = operand(
        limbsOf((i) => {
          const old = f.let(sBack(1)(i));
          return f.let(f64x2.sub(f64x2.sub(sum(i), uBack(0)(i)), f64x2.add(old, old)));
        }),
      );
      lanes.addProducts(pColumns, [[x, lanes.constant(table, OFFSET.mu0)]]);
      lanes.addValue(pColumns, sum);
      lanes.addIntegers(pColumns, constant);
      lanes.store(state, lanes.reduce(pColumns));

      const uColumns = lanes.columns();
      for (let i = 1; i <= HIDDEN; i++) {
        const [y, input] = [uBack(i - 1), sBack(i)];
        const weight = HIDDEN - SHIFT - i;
        const w = operand(limbsOf((limb) => f.let(f64x2.sub(scaled(f, input(limb), weight), y(limb)))));
        lanes.addProducts(uColumns, [[w, lanes.constant(table, OFFSET.recurrence + SINGLE_BYTES * (i - 1))]]);
      }
      // (7 - 2) * S.
      lanes.addValue(uColumns, sum);
      lanes.addValue(uColumns, sum, 2);
      lanes.store(u, lanes.reduce(uColumns), PAIR_BYTES);
    },
  );
}

/** weight * x for a small weight. */
function scaled(f: FunctionBuilder, x: ReturnType<Operand>, weight: number): ReturnType<Operand> {
  if (weight === 1) return x;
  const factor = new BigInt64Array(Float64Array.of(weight).buffer)[0] ?? 0n;
  return f.let(f64x2.mul(x, i64x2.splat(i64.const(factor))));
}

function limbsOf(value: Operand): ReturnType<Operand>[] {
  return Array.from({ length: LIMBS }, (_, i) => value(i));
}

/** Lanes 1..7 from the histories, with the first constants of the last full rounds; `u` at U_T, `s` behind S_(T-1). */
function addLeave(m: ModuleBuilder, products: Products) {
  return m.func('leavePartial', { table: 'i32', state: 'i32', u: 'i32', s: 'i32' }, (f, { table, state, u, s }) => {
    const lanes = new BnLanes(f, table, products);
    const oldU = f.let(i32.sub(u, i32.const((HIDDEN - 1) * PAIR_BYTES)));
    const oldS = f.let(i32.sub(s, i32.const(HIDDEN * PAIR_BYTES)));
    const factors = f.let(i32.add(table, i32.const(OFFSET.finals)));
    const constant = f.let(i32.add(table, i32.const(OFFSET.leave)));
    const first = f.let(i32.add(state, i32.const(PAIR_BYTES)));
    f.for(first, i32.add(state, i32.const(WIDTH * PAIR_BYTES)), PAIR_BYTES, (lane) => {
      const columns: Columns = lanes.columns();
      for (let k = 0; k < HIDDEN; k++) {
        lanes.addProducts(columns, [
          [lanes.stored(oldU, PAIR_BYTES * (HIDDEN - 1 - k)), lanes.constant(factors, SINGLE_BYTES * k)],
          [lanes.stored(oldS, PAIR_BYTES * (HIDDEN - 1 - k)), lanes.constant(factors, SINGLE_BYTES * (HIDDEN + k))],
        ]);
      }
      lanes.addIntegers(columns, constant);
      lanes.store(lane, lanes.reduce(columns));
      f.increment(factors, 2 * HIDDEN * SINGLE_BYTES);
      f.increment(constant, SINGLE_BYTES);
    });
  });
}
