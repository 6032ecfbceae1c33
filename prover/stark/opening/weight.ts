/**
 * The weight W of the layer's one opening, evaluated by the verifier at the point z that the opening ends with:
 * every column claim as a weight on the stacked polynomial, batched by powers of theta, plus the out-of-domain claim.
 *
 *   W(z) = sum_columns theta^index eq(z_low, r^(h)) eq(z_high, place) + theta^count eq(z, z_ood)
 */
import type { Backend, Wires } from '../../verifier/backend.ts';
import { blockPosition, assertInWindow, heightAtMost, selectByHeight, type HeightWires } from '../heights.ts';
import { MIN_LOG_HEIGHT, type LayerLayout } from '../layout.ts';
import { at } from '../../core/lists.ts';
import { ConstantEq, eqPair, eqPoints } from '../../verifier/multilinear.ts';
import { powers } from '../../verifier/powers.ts';
import { one, prefixProducts, zero } from '../../verifier/products.ts';
import type { Block } from '../stacking.ts';

/** First cells of blocks: known beforehand (packed machines) or as bits that `positionWires` has checked. */
export type Places<W extends Wires> =
  | { readonly kind: 'constant'; readonly starts: readonly number[] }
  | { readonly kind: 'variable'; readonly bits: readonly (readonly W['felt'][])[] };

/**
 * Checks the first cells of blocks: range, alignment and, for the main window, that the block ends inside it.
 * `bitCount` is the size of a cell index; the key's blocks have their own matrix, which they cannot leave.
 */
export function positionWires<W extends Wires>(
  on: Backend<W>,
  blocks: readonly Block[],
  positions: readonly W['felt'][],
  heights: readonly HeightWires<W>[],
  bitCount: number,
  window: { readonly logRows: number; readonly mainColumns: number } | undefined,
  what: string,
): Places<W> {
  const bits = blocks.map((block, b) => {
    const why = `${what} position ${b}`;
    const height = at(heights, block.chip);
    const own = blockPosition(on, at(positions, b), bitCount, height, block.logWidth, why);
    if (window !== undefined) {
      assertInWindow(on, own, height, block.logWidth, window.logRows, window.mainColumns, why);
    }
    return own;
  });
  return { kind: 'variable', bits };
}

/** Everything W depends on besides z. */
export type WeightInputs<W extends Wires> = {
  readonly heights: readonly HeightWires<W>[];
  readonly main: Places<W>;
  readonly pre: Places<W>;
  /** The zerocheck's point r. */
  readonly rowPoint: readonly W['ext'][];
  readonly oodPoint: readonly W['ext'][];
  readonly theta: W['ext'];
};

/** The batching powers theta^0 .. theta^claimCount: one per column claim, the last for the out-of-domain claim. */
export function batchingPowers<W extends Wires>(on: Backend<W>, layout: LayerLayout, theta: W['ext']): W['ext'][] {
  return powers(on, theta, layout.claimCount + 1);
}

/** W at z = x_0..x_(n-1), y_0..y_(c-1). */
export function weightAtPoint<W extends Wires>(
  on: Backend<W>,
  layout: LayerLayout,
  inputs: WeightInputs<W>,
  thetas: readonly W['ext'][],
  z: readonly W['ext'][],
): W['ext'] {
  const { logRows, logPreRows, logPreColumns, preStart } = layout.parameters;
  const mainIndex = (block: Block): number => at(layout.chips, block.chip).firstClaim + block.firstColumn;
  const preIndex = (block: Block): number => mainIndex(block) + at(layout.chips, block.chip).chip.columns.length;
  const main = blocksAt(on, layout.mainBlocks, mainIndex, inputs.main, inputs, thetas, z);

  // The key's matrix has 2^logPreRows rows: it stands on the rows that are multiples of 2^lift, in its own columns.
  const lift = logRows - logPreRows;
  const own = [...z.slice(lift, logRows), ...z.slice(logRows, logRows + logPreColumns)];
  const lifted = z.slice(0, lift).map((x) => on.extSub(one(on), x));
  const window = new ConstantEq(on, z).weight(logRows + logPreColumns, preStart / 2 ** logPreColumns);
  const place = on.extMul(at(prefixProducts(on, lifted), lift), window);
  const pre = blocksAt(on, layout.preBlocks, preIndex, inputs.pre, inputs, thetas, own);

  const ood = on.extMul(at(thetas, layout.claimCount), eqPoints(on, z, inputs.oodPoint));
  return on.extAdd(on.extMulAdd(pre, place, main), ood);
}

/** sum over the columns of all blocks of theta^index times the weight of the column's cells at `z`. */
function blocksAt<W extends Wires>(
  on: Backend<W>,
  blocks: readonly Block[],
  firstIndex: (block: Block) => number,
  places: Places<W>,
  { heights, rowPoint }: WeightInputs<W>,
  thetas: readonly W['ext'][],
  z: readonly W['ext'][],
): W['ext'] {
  const highest = Math.max(...blocks.map(({ chip }) => maxHeight(at(heights, chip))));
  const equal = prefixProducts(
    on,
    rowPoint.slice(0, highest).map((r, i) => eqPair(on, at(z, i), r)),
  );
  const place = placeWeights(on, places, blocks, heights, z);
  let total = zero(on);
  for (let b = 0; b < blocks.length;) {
    // Blocks of one chip stand next to each other in the list and share the row part.
    const { chip } = at(blocks, b);
    const height = at(heights, chip);
    let own = zero(on);
    for (; b < blocks.length && at(blocks, b).chip === chip; b++) {
      const block = at(blocks, b);
      let columns = at(thetas, firstIndex(block));
      for (let i = 0; i < block.logWidth; i++) {
        // sum_j theta^j eq(w, j) = prod_i (1 - w_i + w_i theta^(2^i)), w the coordinates above the row bits.
        const w = selectByHeight(on, height, shifted(on, z, i));
        columns = on.extMul(columns, on.extMulAdd(w, on.extSub(at(thetas, 2 ** i), one(on)), one(on)));
      }
      own = on.extMulAdd(columns, place(b), own);
    }
    total = on.extMulAdd(selectByHeight(on, height, equal), own, total);
  }
  return total;
}

function maxHeight<W extends Wires>(height: HeightWires<W>): number {
  return height.kind === 'constant' ? height.logHeight : height.maxLogHeight;
}

/** z shifted by i, so that entry h is z_(h+i); zero beyond the end, where no block of that height can stand. */
function shifted<W extends Wires>(on: Backend<W>, z: readonly W['ext'][], i: number): W['ext'][] {
  return [...z.slice(i), ...Array.from({ length: i }, () => zero(on))];
}

/** eq of the coordinates above a block's own bits with its position. */
function placeWeights<W extends Wires>(
  on: Backend<W>,
  places: Places<W>,
  blocks: readonly Block[],
  heights: readonly HeightWires<W>[],
  z: readonly W['ext'][],
): (b: number) => W['ext'] {
  if (places.kind === 'constant') {
    const eq = new ConstantEq(on, z);
    return (b) => {
      const block = at(blocks, b);
      const height = at(heights, block.chip);
      if (height.kind !== 'constant') throw new RangeError('constant places need constant heights');
      const from = height.logHeight + block.logWidth;
      return eq.weight(from, at(places.starts, b) / 2 ** from);
    };
  }
  const signs = z.map((x) => on.extSub(on.extMulConst(x, 2), one(on)));
  return (b) => {
    const block = at(blocks, b);
    const height = at(heights, block.chip);
    let product = one(on);
    for (const [i, bit] of at(places.bits, b).entries()) {
      if (i < block.logWidth + MIN_LOG_HEIGHT) continue;
      // Above the block: 1 - z + bit (2 z - 1). Inside it the bit is zero and the factor 1.
      const above = on.extFromFelt(heightAtMost(on, height, i - block.logWidth));
      const complement = on.extSub(one(on), on.extMul(above, at(z, i)));
      product = on.extMul(product, on.extMulAdd(on.extFromFelt(bit), at(signs, i), complement));
    }
    return product;
  };
}
