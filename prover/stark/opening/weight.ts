/**
 * The weight W of the layer's one opening, evaluated by the verifier at the point z that the opening ends with:
 * every column claim as a weight on the stacked polynomial, batched by powers of theta, plus the out-of-domain claim.
 *
 *   W(z) = sum_columns theta^index eq(z_low, r^(h)) eq(z_high, place) + theta^count eq(z, z_ood)
 */
import type { Backend, Wires } from '../../verifier/backend.ts';
import { blockPosition, assertInWindow, type HeightWires } from '../heights.ts';
import type { LayerLayout } from '../layout.ts';
import { at, last } from '../../core/lists.ts';
import { ConstantEq, eqPoints } from '../../verifier/multilinear.ts';
import { powers } from '../../verifier/powers.ts';
import { one, prefixProducts } from '../../verifier/products.ts';
import type { Block } from '../stacking.ts';
import { BlockWeights, type Places } from './blocks.ts';

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
  z: readonly W['ext'][],
): W['ext'] {
  const { mainBlocks, preBlocks, chips } = layout;
  const { logRows, logPreRows, logPreColumns, preStart } = layout.parameters;
  const { heights, rowPoint } = inputs;
  const squares = [inputs.theta];
  for (const { logWidth } of [...mainBlocks, ...preBlocks]) {
    while (squares.length <= logWidth) squares.push(on.extMul(last(squares), last(squares)));
  }
  // 1/(1 - z_i), made when a place needs it; the two windows share them. A point with a coordinate 1 is rejected.
  const inverses = new Map<number, W['ext']>();
  const inverseAt = (i: number): W['ext'] => {
    let inverse = inverses.get(i);
    if (inverse === undefined) {
      inverse = on.extInverse(on.extSub(one(on), at(z, i)), `opening: coordinate ${i} is not 1`);
      inverses.set(i, inverse);
    }
    return inverse;
  };
  const shared = { heights, rowPoint, squares };
  const main = new BlockWeights(on, { ...shared, blocks: mainBlocks, places: inputs.main, z, inverseAt });

  // The key's matrix has 2^logPreRows rows: it stands on the rows that are multiples of 2^lift, in its own columns.
  const lift = logRows - logPreRows;
  const lifted = z.slice(0, lift).map((x) => on.extSub(one(on), x));
  const window = new ConstantEq(on, z).weight(logRows + logPreColumns, preStart / 2 ** logPreColumns);
  const place = on.extMul(at(prefixProducts(on, lifted), lift), window);
  const pre = new BlockWeights(on, {
    ...shared,
    blocks: preBlocks,
    places: inputs.pre,
    z: z.slice(lift, logRows + logPreColumns),
    inverseAt: (i) => inverseAt(lift + i),
  });

  // Horner's rule from the last claim to the first: blocks are next to each other, chip by chip, main before preprocessed.
  let total = eqPoints(on, z, inputs.oodPoint);
  let [m, p] = [mainBlocks.length, preBlocks.length];
  const add = (logWidth: number, weight: W['ext']): void => {
    total = on.extMulAdd(total, at(squares, logWidth), weight);
  };
  for (let a = chips.length - 1; a >= 0; a--) {
    for (; p > 0 && at(preBlocks, p - 1).chip === a; p--) {
      add(at(preBlocks, p - 1).logWidth, on.extMul(pre.at(p - 1), place));
    }
    for (; m > 0 && at(mainBlocks, m - 1).chip === a; m--) add(at(mainBlocks, m - 1).logWidth, main.at(m - 1));
  }
  return total;
}
