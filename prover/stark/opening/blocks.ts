/**
 * The weight of one block of columns at a point z of its matrix: the sum over its columns j of theta^j times the weight of the
 * column's cells. For 2^k columns of height 2^h that is
 *
 *   prod_(i < h) eq(z_i, r_i)  *  prod_(i < k) (1 - z_(h+i) + z_(h+i) theta^(2^i))  *  prod_(i >= h+k) eq(z_i, place_i).
 *
 * Written so that little depends on the block. The first two products depend on h and k alone. In the third, eq(z_i, b) is
 * (1 - z_i) (1 + b (1/(1 - z_i) - 2)) for a bit b; the product of the first factors depends on h + k alone, and that of the second
 * ones may run over all i, for place bits below h + k are zero. So all blocks of 2^k columns share one table with an entry
 * for each height, and a block costs one choice from it and its place bits.
 */
import type { Backend, Wires } from '../../verifier/backend.ts';
import { at } from '../../core/lists.ts';
import { ConstantEq, eqPair } from '../../verifier/multilinear.ts';
import { one, prefixProducts, suffixProducts, zero } from '../../verifier/products.ts';
import { largestHeight, selectByHeight, type HeightWires } from '../heights.ts';
import { MIN_LOG_HEIGHT } from '../layout.ts';
import type { Block } from '../stacking.ts';

/** First cells of blocks: known beforehand (packed machines) or as bits that `positionWires` has checked. */
export type Places<W extends Wires> =
  | { readonly kind: 'constant'; readonly starts: readonly number[] }
  | { readonly kind: 'variable'; readonly bits: readonly (readonly W['felt'][])[] };

/** The blocks of one window and what their weights are made of. */
export type BlockInputs<W extends Wires> = {
  readonly blocks: readonly Block[];
  readonly places: Places<W>;
  readonly heights: readonly HeightWires<W>[];
  /** The zerocheck's point r, lowest row bit first. */
  readonly rowPoint: readonly W['ext'][];
  /** theta^(2^i), for every i below the largest `logWidth`. */
  readonly squares: readonly W['ext'][];
  /** The point of the window's own matrix. */
  readonly z: readonly W['ext'][];
  /** 1/(1 - z_i). */
  readonly inverseAt: (i: number) => W['ext'];
};

/** Weights of the blocks of one window at one point. */
export class BlockWeights<W extends Wires> {
  readonly #on: Backend<W>;
  readonly #inputs: BlockInputs<W>;
  /** prod_(i < h) eq(z_i, r_i). */
  readonly #equal: readonly W['ext'][];
  /** prod_(i >= m) (1 - z_i). */
  readonly #free: readonly W['ext'][];
  readonly #constantEq: ConstantEq<W>;
  readonly #columns = new Map<string, W['ext']>();
  readonly #entries = new Map<string, W['ext']>();

  constructor(on: Backend<W>, inputs: BlockInputs<W>) {
    const { blocks, heights, z, rowPoint } = inputs;
    this.#on = on;
    this.#inputs = inputs;
    const highest = Math.max(...blocks.map(({ chip }) => largestHeight(at(heights, chip))));
    this.#equal = prefixProducts(
      on,
      rowPoint.slice(0, highest).map((r, i) => eqPair(on, at(z, i), r)),
    );
    const complements = z.map((x) => on.extSub(one(on), x));
    this.#free = inputs.places.kind === 'variable' ? suffixProducts(on, complements) : [];
    this.#constantEq = new ConstantEq(on, z);
  }

  /** The weight of block b. */
  at(b: number): W['ext'] {
    const { blocks, heights, places } = this.#inputs;
    const { chip, logWidth } = at(blocks, b);
    const height = at(heights, chip);
    if (places.kind === 'constant') {
      if (height.kind !== 'constant') throw new RangeError('constant places need constant heights');
      const from = height.logHeight + logWidth;
      const place = this.#constantEq.weight(from, at(places.starts, b) / 2 ** from);
      return this.#on.extMul(this.#withColumns(height.logHeight, logWidth), place);
    }
    const smallest = height.kind === 'constant' ? height.logHeight : MIN_LOG_HEIGHT;
    const entries: W['ext'][] = [];
    for (let h = 0; h <= largestHeight(height); h++) {
      entries.push(h < smallest ? zero(this.#on) : this.#entry(h, logWidth));
    }
    return this.#on.extMul(selectByHeight(this.#on, height, entries), this.#place(at(places.bits, b), logWidth));
  }

  /** prod_(i < h) eq(z_i, r_i) prod_(i < k) (1 + z_(h+i) (theta^(2^i) - 1)). */
  #withColumns(h: number, k: number): W['ext'] {
    if (k === 0) return at(this.#equal, h);
    return memo(this.#columns, h, k, () => {
      const on = this.#on;
      const step = on.extSub(at(this.#inputs.squares, k - 1), one(on));
      const factor = on.extMulAdd(at(this.#inputs.z, h + k - 1), step, one(on));
      return on.extMul(this.#withColumns(h, k - 1), factor);
    });
  }

  /** All that depends on h and k alone. Zero where the matrix is too small: no place of such a block passes its checks. */
  #entry(h: number, k: number): W['ext'] {
    if (h + k > this.#inputs.z.length) return zero(this.#on);
    return memo(this.#entries, h, k, () => this.#on.extMul(this.#withColumns(h, k), at(this.#free, h + k)));
  }

  /** prod_i (1 + place_i (1/(1 - z_i) - 2)). */
  #place(bits: readonly W['felt'][], logWidth: number): W['ext'] {
    const on = this.#on;
    let product = one(on);
    for (const [i, bit] of bits.entries()) {
      // Below, the bit is zero whatever the height.
      if (i < MIN_LOG_HEIGHT + logWidth) continue;
      const ratio = on.extSub(this.#inputs.inverseAt(i), on.extConst([2, 0, 0, 0, 0]));
      product = on.extMul(product, on.extMulAdd(ratio, on.extFromFelt(bit), one(on)));
    }
    return product;
  }
}

function memo<T>(known: Map<string, T>, h: number, k: number, make: () => T): T {
  const key = `${h}.${k}`;
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = make()));
  return value;
}
