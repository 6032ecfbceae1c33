/**
 * The verifier of the zerocheck, which at once ties the leaves of the fraction tree to the columns: one sumcheck over
 * all chips, whatever their heights, from the leaf claim and "every constraint is zero" to one value per column.
 *
 * A chip of height 2^h is extended by the factors x_j for j >= h, so that it takes part in every round.
 */
import type { RecordedChip } from '../../air/chip.ts';
import { chipRoots, evaluateGraph } from '../../air/evaluate.ts';
import type { ExtValue } from '../../field/types.ts';
import type { Backend, TranscriptOn, Wires } from '../../verifier/backend.ts';
import type { LeafClaim } from '../gkr/verify.ts';
import { selectByHeight, type HeightWires } from '../heights.ts';
import type { LayerLayout } from '../layout.ts';
import { at } from '../../core/lists.ts';
import { ConstantEq, eqPair } from '../../verifier/multilinear.ts';
import { powers } from '../../verifier/powers.ts';
import { one, prefixProducts, suffixProducts, zero } from '../../verifier/products.ts';
import type { ZerocheckRound } from '../proof.ts';
import { fingerprint, type LookupChallenges } from '../statement.ts';

/** Transcript labels of the zerocheck. Prover and verifier use the same. */
export const ZEROCHECK_LABELS = {
  lambda: 'lambda',
  round: (j: number) => `zerocheck: round ${j}`,
  challenge: (j: number) => `zerocheck: challenge ${j}`,
  claims: (chip: string) => `claims: ${chip}`,
} as const;

/** The point r of the rounds (lowest row bit first) and the columns' values at their chips' parts of it. */
export type ColumnClaims<W extends Wires> = { readonly point: W['ext'][]; readonly values: W['ext'][] };

/** Runs the rounds, reads the column claims and checks them against the last claim. */
export function verifyZerocheck<W extends Wires>(
  on: Backend<W>,
  transcript: TranscriptOn<W>,
  layout: LayerLayout,
  heights: readonly HeightWires<W>[],
  challenges: LookupChallenges<W['ext']>,
  leaves: LeafClaim<W>,
  rounds: readonly ZerocheckRound[],
  claims: readonly ExtValue[],
): ColumnClaims<W> {
  const lambda = transcript.sampleExt(ZEROCHECK_LABELS.lambda);
  const weights = chipWeights(on, layout, heights, leaves.point);

  // Claim: p + lambda (q - 1 + sum of the slots' weights); cells of no slot are (0, 1).
  let slots = zero(on);
  for (const weight of weights) slots = on.extMulAdd(weight.shortfall, weight.groupSum, slots);
  const q = on.extAdd(on.extSub(leaves.q, one(on)), slots);
  let claim = on.extMulAdd(lambda, q, leaves.p);
  const point = new Array<W['ext']>(layout.rounds);
  for (const [round, message] of rounds.entries()) {
    const j = layout.rounds - 1 - round;
    const wires = transcript.readExts(ZEROCHECK_LABELS.round(j), message, 4);
    const r = transcript.sampleExt(ZEROCHECK_LABELS.challenge(j));
    claim = roundAt(on, claim, [at(wires, 0), at(wires, 1), at(wires, 2), at(wires, 3)], r);
    point[j] = r;
  }

  // The claims, chip by chip, and the sum they must give.
  const starts = constraintStarts(on, lambda, layout);
  const values: W['ext'][] = [];
  const extension = suffixProducts(on, point);
  const equal = prefixProducts(
    on,
    point.map((r, j) => eqPair(on, at(leaves.point, j), r)),
  );
  const factors = extension.map((product, h) => on.extMul(product, at(equal, h)));
  let total = zero(on);
  for (const [a, { chip, firstClaim }] of layout.chips.entries()) {
    const count = chip.columns.length + chip.preprocessed.length;
    const own = transcript.readExts(
      ZEROCHECK_LABELS.claims(chip.name),
      claims.slice(firstClaim, firstClaim + count),
      count,
    );
    values.push(...own);
    const height = at(heights, a);
    const closed = closedValues(on, chip, height, point);
    const parts = chipValue(on, chip, own, closed, challenges, lambda, at(weights, a).groups);
    const inner = on.extMulAdd(at(weights, a).shortfall, parts.groups, on.extMul(at(starts, a), parts.constraints));
    total = on.extMulAdd(selectByHeight(on, height, factors), inner, total);
  }
  on.assertExtEqual(total, claim, 'zerocheck: column claims');
  return { point, values };
}

/** c_0 + c_1 r + ... + c_4 r^4 with c_1 = claim - 2 c_0 - c_2 - c_3 - c_4. */
function roundAt<W extends Wires>(
  on: Backend<W>,
  claim: W['ext'],
  [c0, c2, c3, c4]: readonly [W['ext'], W['ext'], W['ext'], W['ext']],
  r: W['ext'],
): W['ext'] {
  const upper = on.extAdd(on.extAdd(c2, c3), c4);
  const c1 = on.extSub(on.extSub(claim, on.extMulConst(c0, 2)), upper);
  const inner = on.extMulAdd(on.extMulAdd(c4, r, c3), r, c2);
  return on.extMulAdd(on.extMulAdd(inner, r, c1), r, c0);
}

/** lambda^(2 + first constraint) of every chip. */
export function constraintStarts<W extends Wires>(on: Backend<W>, lambda: W['ext'], layout: LayerLayout): W['ext'][] {
  const longest = Math.max(0, ...layout.chips.map(({ chip }) => chip.constraints.length));
  const table = powers(on, lambda, longest + 1);
  let start = on.extMul(lambda, lambda);
  return layout.chips.map(({ chip }) => {
    const own = start;
    if (chip.constraints.length > 0) start = on.extMul(start, at(table, chip.constraints.length));
    return own;
  });
}

/** Where a chip's groups stand in the tree: weight of a slot is shortfall * groups[g]. */
export type ChipWeights<E> = { readonly groups: readonly E[]; readonly groupSum: E; readonly shortfall: E };

/**
 * The slots' weights at the leaf point. Slots of 2^n leaves: group g at [g 2^n, (g+1) 2^n), so eq(top bits, g) times
 * the product of 1 - x_j over the row bits j >= h. Packed slots: eq of all bits above the height, at a constant.
 */
export function chipWeights<W extends Wires>(
  on: Backend<W>,
  layout: LayerLayout,
  heights: readonly HeightWires<W>[],
  point: readonly W['ext'][],
): ChipWeights<W['ext']>[] {
  const slotEq = new ConstantEq(on, point);
  const { logRows } = layout.parameters;
  const complements = point.slice(0, logRows).map((x) => on.extSub(one(on), x));
  const shortfalls = layout.packed === undefined ? suffixProducts(on, complements) : [];
  return layout.chips.map(({ chip, firstGroup }, a) => {
    const height = at(heights, a);
    const groups = chip.groups.map((_, g) => {
      if (layout.packed === undefined) return slotEq.weight(logRows, firstGroup + g);
      if (height.kind !== 'constant') throw new RangeError('a packed machine has constant heights');
      const start = at(layout.packed.slotStarts, firstGroup + g);
      return slotEq.weight(height.logHeight, start / 2 ** height.logHeight);
    });
    const groupSum = groups.reduce((sum, weight) => on.extAdd(sum, weight), zero(on));
    const shortfall = layout.packed === undefined ? selectByHeight(on, height, shortfalls) : one(on);
    return { groups, groupSum, shortfall };
  });
}

/** The closed-form columns at the chip's part of the point. */
function closedValues<W extends Wires>(
  on: Backend<W>,
  chip: RecordedChip,
  height: HeightWires<W>,
  point: readonly W['ext'][],
): W['ext'][] {
  return chip.closedForms.map((form) => {
    if (height.kind !== 'constant') throw new RangeError(`chip "${chip.name}" has closed forms and no constant height`);
    return form.mle(on, point.slice(0, height.logHeight));
  });
}

/** sum_g e_g (P_g + lambda Q_g) and sum_i lambda^i C_i at the claimed column values. */
function chipValue<W extends Wires>(
  on: Backend<W>,
  chip: RecordedChip,
  own: readonly W['ext'][],
  closed: readonly W['ext'][],
  challenges: LookupChallenges<W['ext']>,
  lambda: W['ext'],
  groupWeights: readonly W['ext'][],
): { readonly groups: W['ext']; readonly constraints: W['ext'] } {
  const main = own.slice(0, chip.columns.length);
  const value = evaluateGraph(on, chip.graph, chipRoots(chip), { main, pre: own.slice(chip.columns.length), closed });
  let constraints = zero(on);
  for (const constraint of chip.constraints.toReversed()) {
    constraints = on.extMulAdd(constraints, lambda, value(constraint.node));
  }
  let groups = zero(on);
  for (const [g, members] of chip.groups.entries()) {
    let p = zero(on);
    let q = one(on);
    for (const [i, index] of members.entries()) {
      const { bus, sign, multiplicity, message } = at(chip.interactions, index);
      const denominator = fingerprint(on, challenges, bus.id, message.map(value));
      const numerator = sign === 1 ? value(multiplicity) : on.extSub(zero(on), value(multiplicity));
      p = i === 0 ? numerator : on.extMulAdd(p, denominator, on.extMul(numerator, q));
      q = i === 0 ? denominator : on.extMul(q, denominator);
    }
    groups = on.extMulAdd(at(groupWeights, g), on.extMulAdd(lambda, q, p), groups);
  }
  return { groups, constraints };
}
