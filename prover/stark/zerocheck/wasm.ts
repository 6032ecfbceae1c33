/**
 * One chip's share of the zerocheck in the pool's memory: the sum over its rows of eq(xi, x) times the weighted chip
 * polynomial, bound variable by variable from the highest row bit. The last two variables are bound in JavaScript.
 */
import type { RecordedChip } from '../../air/chip.ts';
import { POINTS } from '../../air/kernel/chip-kernel.ts';
import { type ChipConstants, ChipRunner } from '../../air/kernel/chip-runner.ts';
import { chipRoots, evaluateGraph } from '../../air/evaluate.ts';
import * as ext from '../../field/extension.ts';
import { inverse } from '../../field/koalabear.ts';
import { fromMontgomery } from '../../field/montgomery.ts';
import type { ExtValue } from '../../field/types.ts';
import { nativeBackend } from '../../verifier/native-backend.ts';
import { suiteKoalaBear } from '../../verifier/suite-koalabear.ts';
import { type ExtBuffer, ExtVectors } from '../../poly/ext-vectors.ts';
import { plainEq } from '../../poly/plain-eq.ts';
import type { ThreadPool } from '../../wasm/thread-pool.ts';
import type { ChipSumcheck, RoundPolynomial } from '../prover/interface.ts';
import { at } from '../../core/lists.ts';

/** Rows at which a chip moves to JavaScript. */
const HOST_ROWS = 4;
/** Any backend of plain values; no hashing takes place here. */
const plain = nativeBackend(suiteKoalaBear);

export class WasmChipSumcheck implements ChipSumcheck {
  /** The chip's sum: what its rounds start from. */
  readonly claim: ExtValue;
  readonly #pool: ThreadPool;
  readonly #vectors: ExtVectors;
  readonly #runner: ChipRunner;
  readonly #constants: ChipConstants;
  readonly #block: number;
  readonly #xi: ExtValue[];
  /** Product of eq(xi_i, r_i) of the bound variables. */
  #bound: ExtValue = ext.ONE;
  #columns: readonly number[];
  /** 0 while the columns are base vectors; afterwards bytes between limb planes. */
  #plane = 0;
  #rows: number;
  readonly #eq: ExtBuffer | undefined;
  /** T(0..3) of the present round, where known. */
  #sums: readonly ExtValue[];
  /** Values of all columns, once in JavaScript. */
  #host: ExtValue[][] | undefined;

  /**
   * `columns`: main, preprocessed and closed-form columns, base vectors in Montgomery form of 2^xi.length rows.
   * `constants` with all weights. Allocates on the arena; whatever it allocates lives until the caller releases it.
   */
  constructor(
    pool: ThreadPool,
    chip: RecordedChip,
    columns: readonly number[],
    constants: ChipConstants,
    xi: readonly ExtValue[],
  ) {
    this.#pool = pool;
    this.#vectors = new ExtVectors(pool);
    this.#runner = new ChipRunner(pool, chip);
    this.#constants = constants;
    this.#block = this.#runner.constants(constants);
    this.#xi = [...xi];
    this.#columns = columns;
    this.#rows = 2 ** xi.length;
    if (this.#rows > HOST_ROWS) {
      this.#eq = this.#vectors.alloc(this.#rows / 2);
      this.#vectors.eq(this.#eq, xi.slice(0, -1), ext.ONE);
    } else this.#toHost();
    this.#sums = this.#evaluate();
    const top = at(this.#xi, this.#xi.length - 1);
    const [t0, t1] = [at(this.#sums, 0), at(this.#sums, 1)];
    this.claim = ext.add(t0, ext.mul(top, ext.sub(t1, t0)));
  }

  /** bound * eq(xi_j, X) * T(X), j the highest unbound variable. */
  message(): RoundPolynomial {
    const u = at(this.#xi, this.#xi.length - 1);
    const t = interpolate(this.#sums);
    // eq(u, X) = (1 - u) + (2u - 1) X.
    const c = ext.mul(this.#bound, ext.sub(ext.ONE, u));
    const d = ext.mul(this.#bound, ext.sub(ext.add(u, u), ext.ONE));
    const product = (i: number): ExtValue => {
      const low = i < POINTS ? ext.mul(c, at(t, i)) : ext.ZERO;
      return i > 0 ? ext.add(low, ext.mul(d, at(t, i - 1))) : low;
    };
    return [product(0), product(1), product(2), product(3), product(4)];
  }

  bind(r: ExtValue): void {
    const u = at(this.#xi, this.#xi.length - 1);
    const both = ext.mul(u, r);
    this.#bound = ext.mul(this.#bound, ext.add(ext.sub(ext.sub(ext.ONE, u), r), ext.add(both, both)));
    this.#xi.pop();
    const half = this.#rows / 2;
    if (this.#host !== undefined) {
      this.#host = this.#host.map((column) =>
        column.slice(0, half).map((low, i) => ext.add(low, ext.mul(r, ext.sub(at(column, i + half), low)))),
      );
    } else if (this.#plane === 0) {
      const { arena } = this.#pool;
      const base = arena.alloc(20 * half * this.#columns.length);
      const dst = this.#columns.map((_, c) => base + 20 * half * c);
      this.#vectors.foldManyBase(this.#columns, dst, 4 * half, half, r);
      this.#columns = dst;
      this.#plane = 4 * half;
    } else this.#vectors.foldManyInPlace(this.#columns, this.#plane, half, r);
    this.#rows = half;
    if (this.#host === undefined) {
      if (this.#rows <= HOST_ROWS) this.#toHost();
      else if (this.#eq !== undefined) this.#vectors.halve(this.#eq.ptr, this.#eq.plane, this.#rows / 2);
    }
    if (this.#rows > 1) this.#sums = this.#evaluate();
  }

  /** Main and preprocessed columns at the point, all variables bound. */
  values(): ExtValue[] {
    if (this.#host === undefined || this.#rows !== 1) throw new RangeError('not all variables are bound');
    const { columns, preprocessed } = this.#runner.chip;
    return this.#host.slice(0, columns.length + preprocessed.length).map((column) => at(column, 0));
  }

  #toHost(): void {
    const { arena } = this.#pool;
    const read = (ptr: number, i: number): number => fromMontgomery(arena.u32(ptr + 4 * i, 1)[0] ?? 0);
    this.#host = this.#columns.map((ptr) =>
      Array.from({ length: this.#rows }, (_, i): ExtValue => {
        if (this.#plane === 0) return ext.fromBase(read(ptr, i));
        const limb = (k: number): number => read(ptr + k * this.#plane, i);
        return [limb(0), limb(1), limb(2), limb(3), limb(4)];
      }),
    );
  }

  /** T at 0..3: the sum over the lower variables of eq times the weighted polynomial on the line of the highest. */
  #evaluate(): ExtValue[] {
    const half = this.#rows / 2;
    if (this.#host !== undefined) return this.#evaluateHost(this.#host, half);
    if (this.#eq === undefined) throw new RangeError('no weights for rows in memory');
    return this.#plane === 0
      ? this.#runner.roundBase(this.#columns, this.#block, half, this.#eq)
      : this.#runner.roundExt(this.#columns, this.#plane, this.#block, half, this.#eq);
  }

  #evaluateHost(columns: readonly (readonly ExtValue[])[], half: number): ExtValue[] {
    const weights = plainEq(this.#xi.slice(0, -1));
    return Array.from({ length: POINTS }, (_, x) => {
      let sum = ext.ZERO;
      for (const [i, weight] of weights.entries()) {
        const row = columns.map((column) => {
          const low = at(column, i);
          return ext.add(low, ext.scale(ext.sub(at(column, i + half), low), x));
        });
        sum = ext.add(sum, ext.mul(weight, weightedValue(this.#runner.chip, row, this.#constants)));
      }
      return sum;
    });
  }
}

/** The weighted chip polynomial at one row of extension values (main, preprocessed, closed): the twin of the kernels. */
export function weightedValue(chip: RecordedChip, row: readonly ExtValue[], constants: ChipConstants): ExtValue {
  const [m, p] = [chip.columns.length, chip.columns.length + chip.preprocessed.length];
  const node = evaluateGraph(plain, chip.graph, chipRoots(chip), {
    main: row.slice(0, m),
    pre: row.slice(m, p),
    closed: row.slice(p),
  });
  let sum = ext.ZERO;
  for (const [g, group] of chip.groups.entries()) {
    let [numerator, denominator] = [ext.ZERO, ext.ONE];
    for (const index of group) {
      const { bus, sign, multiplicity, message } = at(chip.interactions, index);
      let q = ext.add(constants.alpha, ext.fromBase(bus.id));
      for (const [k, element] of message.entries()) q = ext.add(q, ext.mul(at(constants.betas, k), node(element)));
      const mu = node(multiplicity);
      const term = ext.mul(sign === 1 ? mu : ext.neg(mu), denominator);
      numerator = ext.add(ext.mul(numerator, q), term);
      denominator = ext.mul(denominator, q);
    }
    sum = ext.add(sum, ext.mul(numerator, at(constants.numerators ?? [], g)));
    sum = ext.add(sum, ext.mul(denominator, at(constants.denominators ?? [], g)));
  }
  for (const [i, constraint] of chip.constraints.entries()) {
    sum = ext.add(sum, ext.mul(node(constraint.node), at(constants.constraints ?? [], i)));
  }
  return sum;
}

const HALF = inverse(2);
const SIXTH = inverse(6);

/** Coefficients of the cubic with these values at 0, 1, 2, 3, by forward differences. */
function interpolate(values: readonly ExtValue[]): ExtValue[] {
  const [v0, v1, v2, v3] = [at(values, 0), at(values, 1), at(values, 2), at(values, 3)];
  const d1 = ext.sub(v1, v0);
  const d2 = ext.sub(ext.sub(v2, v1), d1);
  const d3 = ext.sub(ext.sub(ext.sub(v3, v2), ext.sub(v2, v1)), d2);
  // v0 + d1 X + d2 X(X-1)/2 + d3 X(X-1)(X-2)/6
  const a = ext.scale(d2, HALF);
  const b = ext.scale(d3, SIXTH);
  const c1 = ext.add(ext.sub(d1, a), ext.add(b, b));
  const c2 = ext.sub(a, ext.scale(b, 3));
  return [v0, c1, c2, b];
}
