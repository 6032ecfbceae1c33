/**
 * The heavy steps of proving one layer, as an interface: `prove.ts` drives any implementation through the transcript.
 * `reference.ts` is the readable one; a layer prover on kernels has the same shape.
 *
 * Extension elements are plain data here; columns and vectors stay inside the layer prover.
 */
import type { MachineTrace, PreprocessedTraces } from '../../air/machine.ts';
import type { ExtValue } from '../../field/types.ts';
import type { CommittedRows, ProverHash } from '../../verifier/suite.ts';
import type { OpeningWitness } from '../../pcs/reference/witness.ts';
import type { VerifyingKey } from '../key.ts';
import type { LayerLayout } from '../layout.ts';
import type { ChildValues, GkrRound } from '../proof.ts';
import type { LookupChallenges } from '../statement.ts';

/** A verifying key together with what proving under it needs. */
export type ProvingKey = {
  readonly key: VerifyingKey;
  /** Preprocessed columns of every chip. */
  readonly columns: PreprocessedTraces;
  /** First cells of the preprocessed blocks (also for packed machines). */
  readonly starts: readonly number[];
  /** The commitment to the key's own matrix. */
  readonly tree: CommittedRows;
};

/** Where everything of one proof stands. Heights in machine order, first cells in block order. */
export type Placement = {
  readonly logHeights: readonly number[];
  readonly mainStarts: readonly number[];
};

/** One layer's sumcheck of the fraction tree: k times `message` and `bind`, then `children`. */
export interface GkrSumcheck {
  /** h_1 and h_2 of the stripped round polynomial; `claim` is the present claim. */
  message(claim: ExtValue): GkrRound;
  bind(r: ExtValue): void;
  /** P0, Q0, P1, Q1 at the bound point. */
  children(): ChildValues;
}

export interface FractionTreeProver {
  /** P0, Q0, P1, Q1: the children of the root. */
  root(): ChildValues;
  /** The sumcheck of layer k (1 <= k < L) at `point` (k coordinates, lowest first). */
  layer(k: number, point: readonly ExtValue[], lambda: ExtValue): GkrSumcheck;
}

/**
 * The polynomial of one chip that the zerocheck sums: sum_g p[g] P_g + q[g] Q_g + sum_i constraints[i] C_i, a function of
 * one row.
 */
export type ChipCombination = {
  readonly p: readonly ExtValue[];
  readonly q: readonly ExtValue[];
  readonly constraints: readonly ExtValue[];
};

/** Coefficients c_0..c_4 of a round polynomial. */
export type RoundPolynomial = readonly [ExtValue, ExtValue, ExtValue, ExtValue, ExtValue];

/** sum_x eq(xi, x) F(x) over a chip's rows: h times `message` and `bind`, highest row bit first, then `values`. */
export interface ChipSumcheck {
  /** The whole sum. */
  readonly claim: ExtValue;
  /** The polynomial in the highest unbound row bit; eq of the bound bits is part of it. */
  message(): RoundPolynomial;
  bind(r: ExtValue): void;
  /** Main columns, then preprocessed ones, at the bound point. */
  values(): ExtValue[];
}

/** What the opening's weight is made of, as `weightAtPoint` of the verifier evaluates it. */
export type WeightData = {
  /** theta^0 .. theta^claimCount. */
  readonly thetas: readonly ExtValue[];
  /** The zerocheck's point, lowest row bit first. */
  readonly rowPoint: readonly ExtValue[];
  readonly oodPoint: readonly ExtValue[];
};

/** One proof in the making. Methods are called once each, in this order, `step` around some of them. */
export interface LayerProver {
  /** Runs a part of the proof of which nothing is needed afterwards but what it returns: its memory is free then. */
  step<T>(body: () => T): T;
  /** Stacks the main columns and commits to them. */
  commitMain(): CommittedRows;
  /** The stacked polynomial, preprocessed columns included, at a point of n + c coordinates. */
  evaluateStack(point: readonly ExtValue[]): ExtValue;
  fractionTree(challenges: LookupChallenges<ExtValue>): FractionTreeProver;
  /** One call per chip, in order; `xi` are the h lowest coordinates of the leaf point. */
  chipSumcheck(
    chip: number,
    combination: ChipCombination,
    challenges: LookupChallenges<ExtValue>,
    xi: readonly ExtValue[],
  ): ChipSumcheck;
  openingWitness(weight: WeightData): OpeningWitness;
}

/** Starts a layer prover for one proof. */
export type CreateLayerProver = (
  hash: ProverHash,
  layout: LayerLayout,
  provingKey: ProvingKey,
  trace: MachineTrace,
  placement: Placement,
) => LayerProver;
