/** The prover's side of the zerocheck's transcript; the sums over rows are the engine's. See `zerocheck-verify.ts`. */
import * as ext from '../field/extension.ts';
import { inverse } from '../field/koalabear.ts';
import type { ExtValue } from '../field/types.ts';
import type { NativeBackend, NativeWires } from '../pcs/native-backend.ts';
import { flattenExts, type NativeTranscript } from '../transcript/native.ts';
import type { ChipSumcheck, LayerEngine } from './engine.ts';
import type { LayerLayout } from './layout.ts';
import { at, powers } from './multilinear.ts';
import type { ZerocheckRound } from './proof.ts';
import type { LookupChallenges } from './statement.ts';
import { ZEROCHECK_LABELS, chipWeights, constraintStarts } from './zerocheck-verify.ts';

const HALF = inverse(2);
const THIRD = inverse(3);
const SIXTH = inverse(6);

export type ZerocheckResult = {
  readonly rounds: ZerocheckRound[];
  readonly point: ExtValue[];
  readonly claims: ExtValue[];
};

/** One chip in the rounds: `factor` collects r_j for j >= h, then eq(xi_j, r_j). */
type ChipState = {
  readonly logHeight: number;
  readonly sumcheck: ChipSumcheck;
  /** The sums of its first own round, computed beforehand because they give the chip's total. */
  readonly first: readonly [ExtValue, ExtValue, ExtValue, ExtValue];
  readonly total: ExtValue;
  factor: ExtValue;
};

/** Runs the rounds at the leaf point `xi` and observes the column claims. */
export function proveZerocheck(
  transcript: NativeTranscript,
  on: NativeBackend,
  layout: LayerLayout,
  logHeights: readonly number[],
  engine: LayerEngine,
  challenges: LookupChallenges<ExtValue>,
  xi: readonly ExtValue[],
): ZerocheckResult {
  const lambda = transcript.sampleExt(ZEROCHECK_LABELS.lambda);
  const states = startChips(on, layout, logHeights, engine, challenges, xi, lambda);
  const rounds: ZerocheckRound[] = [];
  const point = new Array<ExtValue>(layout.rounds);
  for (let j = layout.rounds - 1; j >= 0; j--) {
    let sum: ExtValue[] = Array.from({ length: 5 }, () => ext.ZERO);
    for (const state of states) sum = addScaled(sum, roundPolynomial(state, j, xi), state.factor);
    const message: ZerocheckRound = [at(sum, 0), at(sum, 2), at(sum, 3), at(sum, 4)];
    transcript.observeFelts(ZEROCHECK_LABELS.round(j), flattenExts(message));
    const r = transcript.sampleExt(ZEROCHECK_LABELS.challenge(j));
    for (const state of states) {
      const own = j < state.logHeight;
      state.factor = ext.mul(state.factor, own ? eqAt(at(xi, j), r) : r);
      if (own) state.sumcheck.bind(r);
    }
    rounds.push(message);
    point[j] = r;
  }
  const claims: ExtValue[] = [];
  for (const [a, { chip }] of layout.chips.entries()) {
    const own = at(states, a).sumcheck.claims();
    transcript.observeFelts(ZEROCHECK_LABELS.claims(chip.name), flattenExts(own));
    claims.push(...own);
  }
  return { rounds, point, claims };
}

function startChips(
  on: NativeBackend,
  layout: LayerLayout,
  logHeights: readonly number[],
  engine: LayerEngine,
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
    const sumcheck = engine.chipSumcheck(a, { p, q, constraints }, challenges);
    const first = sumcheck.sums(xi.slice(0, logHeight - 1));
    const top = at(xi, logHeight - 1);
    const total = ext.add(first[0], ext.mul(top, ext.sub(first[1], first[0])));
    return { logHeight, sumcheck, first, total, factor: ext.ONE };
  });
}

/** Coefficients c_0..c_4 of a chip's round polynomial, without its collected factor. */
function roundPolynomial(state: ChipState, j: number, xi: readonly ExtValue[]): ExtValue[] {
  if (j >= state.logHeight) return [ext.ZERO, state.total, ext.ZERO, ext.ZERO, ext.ZERO];
  const values = j === state.logHeight - 1 ? state.first : state.sumcheck.sums(xi.slice(0, j));
  const inner = cubicThrough(values);
  // Times eq(xi_j, X) = (1 - xi_j) + (2 xi_j - 1) X.
  const low = ext.sub(ext.ONE, at(xi, j));
  const slope = ext.sub(at(xi, j), low);
  return [0, 1, 2, 3, 4].map((i) => {
    const constant = i < 4 ? ext.mul(at(inner, i), low) : ext.ZERO;
    return i > 0 ? ext.add(constant, ext.mul(at(inner, i - 1), slope)) : constant;
  });
}

/** Coefficients of the cubic with these values at 0, 1, 2, 3 (Newton's forward differences). */
function cubicThrough([v0, v1, v2, v3]: readonly [ExtValue, ExtValue, ExtValue, ExtValue]): ExtValue[] {
  const d1 = ext.sub(v1, v0);
  const d2 = ext.add(ext.sub(v2, ext.scale(v1, 2)), v0);
  const d3 = ext.sub(ext.sub(v3, ext.scale(ext.sub(v2, v1), 3)), v0);
  const halfD2 = ext.scale(d2, HALF);
  return [
    v0,
    ext.add(ext.sub(d1, halfD2), ext.scale(d3, THIRD)),
    ext.sub(halfD2, ext.scale(d3, HALF)),
    ext.scale(d3, SIXTH),
  ];
}

function eqAt(a: ExtValue, b: ExtValue): ExtValue {
  const product = ext.mul(a, b);
  return ext.add(ext.sub(ext.sub(ext.ONE, a), b), ext.add(product, product));
}

function addScaled(sum: readonly ExtValue[], terms: readonly ExtValue[], factor: ExtValue): ExtValue[] {
  return sum.map((value, i) => ext.add(value, ext.mul(factor, at(terms, i))));
}
