/** The prover's side of the zerocheck's transcript; the sums over rows are the layer prover's. See `verify.ts`. */
import * as ext from '../../field/extension.ts';
import type { ExtValue } from '../../field/types.ts';
import type { NativeBackend, NativeWires } from '../../verifier/native-backend.ts';
import { flattenExts, type NativeTranscript } from '../../verifier/native-transcript.ts';
import type { ChipSumcheck, LayerProver, RoundPolynomial } from '../prover/interface.ts';
import type { LayerLayout } from '../layout.ts';
import { at } from '../../core/lists.ts';
import { powers } from '../../verifier/powers.ts';
import type { ZerocheckRound } from '../proof.ts';
import type { LookupChallenges } from '../statement.ts';
import { ZEROCHECK_LABELS, chipWeights, constraintStarts } from './verify.ts';

export type ZerocheckResult = {
  readonly rounds: ZerocheckRound[];
  readonly point: ExtValue[];
  readonly claims: ExtValue[];
};

/** One chip in the rounds: `factor` collects r_j for the rounds above its height. */
type ChipState = { readonly logHeight: number; readonly sumcheck: ChipSumcheck; factor: ExtValue };

/** Runs the rounds at the leaf point `xi` and observes the column claims. */
export function proveZerocheck(
  transcript: NativeTranscript,
  on: NativeBackend,
  layout: LayerLayout,
  logHeights: readonly number[],
  layerProver: LayerProver,
  challenges: LookupChallenges<ExtValue>,
  xi: readonly ExtValue[],
): ZerocheckResult {
  const lambda = transcript.sampleExt(ZEROCHECK_LABELS.lambda);
  const states = startChips(on, layout, logHeights, layerProver, challenges, xi, lambda);
  const rounds: ZerocheckRound[] = [];
  const point = new Array<ExtValue>(layout.rounds);
  for (let j = layout.rounds - 1; j >= 0; j--) {
    let sum: ExtValue[] = Array.from({ length: 5 }, () => ext.ZERO);
    for (const state of states) sum = addScaled(sum, roundPolynomial(state, j), state.factor);
    const message: ZerocheckRound = [at(sum, 0), at(sum, 2), at(sum, 3), at(sum, 4)];
    transcript.observeFelts(ZEROCHECK_LABELS.round(j), flattenExts(message));
    const r = transcript.sampleExt(ZEROCHECK_LABELS.challenge(j));
    for (const state of states) {
      if (j < state.logHeight) state.sumcheck.bind(r);
      else state.factor = ext.mul(state.factor, r);
    }
    rounds.push(message);
    point[j] = r;
  }
  const claims: ExtValue[] = [];
  for (const [a, { chip }] of layout.chips.entries()) {
    const own = at(states, a).sumcheck.values();
    transcript.observeFelts(ZEROCHECK_LABELS.claims(chip.name), flattenExts(own));
    claims.push(...own);
  }
  return { rounds, point, claims };
}

function startChips(
  on: NativeBackend,
  layout: LayerLayout,
  logHeights: readonly number[],
  layerProver: LayerProver,
  challenges: LookupChallenges<ExtValue>,
  xi: readonly ExtValue[],
  lambda: ExtValue,
): ChipState[] {
  const heights = logHeights.map((logHeight) => ({ kind: 'constant', logHeight }) as const);
  const weights = chipWeights<NativeWires>(on, layout, heights, xi);
  const starts = constraintStarts<NativeWires>(on, lambda, layout);
  return layout.chips.map(({ chip }, a) => {
    const { groups, shortfall } = at(weights, a);
    const p = groups.map((weight) => ext.mul(weight, shortfall));
    const q = p.map((weight) => ext.mul(lambda, weight));
    const constraints = powers<NativeWires>(on, lambda, chip.constraints.length)
      .slice(0, chip.constraints.length)
      .map((power) => ext.mul(at(starts, a), power));
    const logHeight = at(logHeights, a);
    const sumcheck = layerProver.chipSumcheck(a, { p, q, constraints }, challenges, xi.slice(0, logHeight));
    return { logHeight, sumcheck, factor: ext.ONE };
  });
}

/** A chip's round polynomial without its collected factor: X times its sum as long as the round is above its height. */
function roundPolynomial({ logHeight, sumcheck }: ChipState, j: number): RoundPolynomial {
  return j < logHeight ? sumcheck.message() : [ext.ZERO, sumcheck.claim, ext.ZERO, ext.ZERO, ext.ZERO];
}

function addScaled(sum: readonly ExtValue[], terms: readonly ExtValue[], factor: ExtValue): ExtValue[] {
  return sum.map((value, i) => ext.add(value, ext.mul(factor, at(terms, i))));
}
