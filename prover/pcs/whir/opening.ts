/** What a WHIR opening consists of, as plain data. */
import type { ExtValue } from '../../field/types.ts';
import type { DigestValue, OpenedRow } from '../../verifier/backend.ts';

/** Coefficients c_0 and c_2 of one quadratic round polynomial; c_1 follows from the claim. */
export type RoundMessage = readonly [ExtValue, ExtValue];

/** The oracle committed after an iteration, and its value at the out-of-domain point. */
export type OracleMessage = { readonly root: DigestValue; readonly oodValue: ExtValue };

/** The query phase of one iteration: `openings[q][tree]`; one tree but for iteration 0. */
export type QueryMessage = { readonly nonce: number; readonly openings: readonly (readonly OpenedRow[])[] };

/** One WHIR proof; every length is fixed by the parameters. */
export type OpeningProof = {
  /** `rounds[i]`: the sumcheck messages of iteration i. */
  readonly rounds: readonly (readonly RoundMessage[])[];
  /** One entry after each iteration but the last. */
  readonly oracles: readonly OracleMessage[];
  readonly queries: readonly QueryMessage[];
  /** f_M on its hypercube, lowest variable first. */
  readonly finalVector: readonly ExtValue[];
  /** The rounds that bind the variables of the final vector. */
  readonly finalRounds: readonly RoundMessage[];
};

/** A committed matrix of stacked columns [start, start + width), of 2^(n - logLift) rows. */
export type TreePlace = { readonly start: number; readonly width: number; readonly logLift: number };

/** Transcript labels of an opening. Prover and verifier use the same. */
export const LABELS = {
  round: (i: number, r: number) => `whir ${i}: round ${r}`,
  challenge: (i: number, r: number) => `whir ${i}: challenge ${r}`,
  root: (i: number) => `whir ${i}: root`,
  oodPoint: (i: number, j: number) => `whir ${i}: out-of-domain coordinate ${j}`,
  oodValue: (i: number) => `whir ${i}: out-of-domain value`,
  finalVector: 'whir: final vector',
  pow: (i: number) => `whir ${i}: nonce`,
  indices: (i: number) => `whir ${i}: query indices`,
  gamma: (i: number) => `whir ${i}: gamma`,
  finalRound: (r: number) => `whir: final round ${r}`,
  finalChallenge: (r: number) => `whir: final challenge ${r}`,
} as const;
