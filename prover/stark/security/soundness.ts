/**
 * The security of a layer in bits: round-by-round soundness in the proven regime (list decoding up to the Johnson bound), one
 * error term per protocol round. The terms are those of docs/soundness.md. Not in these numbers: the
 * assumption that Poseidon2 behaves like a random oracle, the recursion, and Groth16 with its setup.
 */
import { P } from '../../field/koalabear.ts';
import { DEGREE } from '../../field/extension.ts';
import { scheduleOf, type OpeningParameters } from '../../pcs/whir/schedule.ts';
import type { LayerParameters } from '../parameters.ts';
import { johnson, queryBits, type Proximity } from './proximity.ts';

/** log2 |F|, 154.94. */
export const LOG_FIELD = DEGREE * Math.log2(P);

/** Sizes of an AIR that enter the error terms; upper bounds are fine. */
export type MachineInfo = {
  /** K: LogUp fractions in one proof, padding rows included. The verifier bounds them by 2^30. */
  readonly fractions: number;
  /** S: entries of a fingerprint, bus identifier included. */
  readonly fingerprintLength: number;
  readonly constraints: number;
  readonly columns: number;
  /** Relations of the deferred reductions, where the proof is verified in R1CS; else 0. */
  readonly deferredReductions: number;
};

/** Bounds that hold for every machine the verifier accepts: what a layer must reach 100 bits with. */
export const WORST_CASE_MACHINE: MachineInfo = {
  fractions: 2 ** 30,
  fingerprintLength: 25,
  constraints: 2 ** 13,
  columns: 2 ** 13,
  deferredReductions: 2 ** 14,
};

export type SecurityTerm = { readonly name: string; readonly bits: number };
export type Security = { readonly terms: readonly SecurityTerm[]; readonly bits: number };

/**
 * Bits that a challenge in F costs where R1CS verifies the layer. The circuit takes a challenge from y + r as well as from y
 * when y + r fits its digits (`groth16/circuit/transcript.ts`), with probability 2^-15.8 per sample: a prover may have two challenges
 * to choose from, which at most doubles the error of a round. Indices and proof of work come from canonical bits.
 */
export const SECOND_CHALLENGE_BITS = 1;

/** -log2 of an error given as log2 of its numerator over |F|. */
function overField(logNumerator: number): number {
  return LOG_FIELD - logNumerator;
}

/** log2(2^a + 2^b). */
function logAdd(a: number, b: number): number {
  const high = Math.max(a, b);
  return high + Math.log2(1 + 2 ** (Math.min(a, b) - high));
}

/** Degree of the product in a WHIR round and one more, as in WHIR's theorem 5.2. */
const ROUND_DEGREE = 3;

/** Bits of one folding round: 3 l/|F| + line error of a code of dimension 2^logDimension. */
function foldBits(proximity: Proximity, logDimension: number): number {
  return overField(
    logAdd(Math.log2(ROUND_DEGREE) + Math.log2(proximity.listSize), proximity.logLineError(logDimension)),
  );
}

/** Bits of an out-of-domain sample with independent coordinates: l^2 m / 2|F|. */
function oodBits(proximity: Proximity, variables: number): number {
  return overField(2 * Math.log2(proximity.listSize) + Math.log2(variables) - 1);
}

/**
 * All terms of one layer and their minimum.
 *
 * Units: bits; a term covered by proof of work includes it. `hash collisions` is the cost of a collision of digests.
 */
export function securityBits(parameters: LayerParameters, machine: MachineInfo = WORST_CASE_MACHINE): Security {
  // Every parameter is named here, so that a new one has to be considered before this compiles.
  const {
    id: _id,
    hash,
    logRows,
    logColumns,
    mainColumns: _mainColumns,
    preStart: _preStart,
    logPreColumns: _logPreColumns,
    logPreRows: _logPreRows,
    logInverseRate,
    folds,
    shrinks,
    queries,
    queryPowBits,
    lookupPowBits,
    multiplicities,
    ...others
  } = parameters;
  others satisfies { [K in keyof typeof others]: never };

  const { fractions, fingerprintLength, constraints, columns, deferredReductions } = machine;
  const opening = { logRows, logColumns, logInverseRate, folds, shrinks, queries, queryPowBits };
  const loss = hash === 'bn' ? SECOND_CHALLENGE_BITS : 0;
  const terms = openingTerms(opening, multiplicities, loss);
  const first = johnson(2 ** -logInverseRate, multiplicities[0] ?? 3);
  const add = (name: string, bits: number): void => void terms.push({ name, bits: bits - loss });
  // With the first oracle bound to one codeword by its out-of-domain sample, the terms between carry no list size.
  add('out-of-domain sample of the columns', oodBits(first, logRows + logColumns));
  add('lookups', overField(1 + Math.log2(fractions) + Math.log2(fingerprintLength)) + lookupPowBits);
  add('GKR sumcheck round', overField(2));
  add('GKR line', overField(1));
  add('GKR batching', overField(0));
  add('constraint batching and point', overField(Math.log2(constraints + logRows + 3)));
  add('zerocheck round', overField(2));
  // Here the list counts again: each of its codewords misses a claim, its own out-of-domain value or a column value, and none
  // may satisfy all claims at once after theta.
  add('column batching', overField(Math.log2(first.listSize) + Math.log2(columns + 1)));
  if (hash === 'bn' && deferredReductions > 0) add('deferred reductions', overField(Math.log2(deferredReductions)));
  terms.push({ name: 'hash collisions', bits: COLLISION_BITS[hash] });
  return { terms, bits: Math.min(...terms.map((term) => term.bits)) };
}

/** Half the bits of a digest: eight base elements; one BN254 scalar. */
const COLLISION_BITS = { kb: (8 * Math.log2(P)) / 2, bn: 253.597 / 2 } as const;

/**
 * The terms of one WHIR opening with multiplicity `multiplicities[i]` at oracle i. `loss` are the bits that every challenge in
 * F costs (SECOND_CHALLENGE_BITS).
 */
export function openingTerms(
  parameters: OpeningParameters,
  multiplicities: readonly number[],
  loss: number = 0,
): SecurityTerm[] {
  const schedule = scheduleOf(parameters);
  if (multiplicities.length !== schedule.length || multiplicities.some((m) => !Number.isInteger(m) || m < 3)) {
    throw new RangeError(`"multiplicities" expected ${schedule.length} integers, at least 3`);
  }
  const codes = schedule.map(({ logInverseRate }, i) => johnson(2 ** -logInverseRate, multiplicities[i]!));
  const terms: SecurityTerm[] = [];
  for (const [i, { fold, variables, queries }] of schedule.entries()) {
    const code = codes[i]!;
    if (i > 0) terms.push({ name: `out-of-domain ${i}`, bits: oodBits(code, variables) - loss });
    for (let s = 1; s <= fold; s++) {
      // Interleaving: folding columns keeps the dimension of the rows.
      const bits = foldBits(code, i === 0 ? parameters.logRows : variables - s) - loss;
      terms.push({ name: `fold ${i}.${s}`, bits });
    }
    const miss = -queries * queryBits(code);
    const next = codes[i + 1];
    if (next === undefined) {
      terms.push({ name: 'final queries', bits: -miss + parameters.queryPowBits });
    } else {
      const combine = Math.log2(next.listSize) + Math.log2(queries + 1) - LOG_FIELD + loss;
      terms.push({ name: `queries ${i}`, bits: -logAdd(miss, combine) + parameters.queryPowBits });
    }
  }
  terms.push({ name: 'final sumcheck round', bits: overField(1) - loss });
  return terms;
}

/** Bits of reserve that queries are rounded up with, so that the combination term does not spoil the target. */
const QUERY_RESERVE = 0.02;
const MAX_MULTIPLICITY = 128;

/** The part of a layer's parameters that tuning starts from. */
export type TuningInput = Pick<
  LayerParameters,
  'logRows' | 'logColumns' | 'logInverseRate' | 'folds' | 'shrinks' | 'queryPowBits'
>;

/**
 * Picks for each oracle the multiplicity with the fewest queries (the smallest one among equals) that reaches `target` bits.
 *
 * Errors: RangeError where no multiplicity reaches the target.
 */
export function tune(input: TuningInput, target: number): { multiplicities: number[]; queries: number[] } {
  const schedule = scheduleOf({ ...input, queries: input.folds.map(() => 1) });
  const multiplicities: number[] = [];
  const queries: number[] = [];
  for (const [i, { variables, logInverseRate }] of schedule.entries()) {
    let best: { queries: number; multiplicity: number } | undefined;
    for (let m = 3; m <= MAX_MULTIPLICITY; m++) {
      const code = johnson(2 ** -logInverseRate, m);
      const logDimension = i === 0 ? input.logRows : variables - 1;
      if (foldBits(code, logDimension) < target || oodBits(code, variables) < target) break;
      const count = Math.ceil((target - input.queryPowBits + QUERY_RESERVE) / queryBits(code));
      if (best === undefined || count < best.queries) best = { queries: count, multiplicity: m };
    }
    if (best === undefined) throw new RangeError(`oracle ${i} cannot reach ${target} bits`);
    multiplicities.push(best.multiplicity);
    queries.push(best.queries);
  }
  return { multiplicities, queries };
}
