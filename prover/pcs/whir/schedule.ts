/** The shapes of one WHIR opening, all derived from static parameters. */
import { TWO_ADICITY } from '../../field/koalabear.ts';

/** What an opening needs of a layer's parameters; `LayerParameters` of stark/ is assignable to it. */
export type OpeningParameters = {
  /** n. */
  readonly logRows: number;
  /** c; folded in iteration 0. */
  readonly logColumns: number;
  /** Rate of the first oracle is 2^-logInverseRate. */
  readonly logInverseRate: number;
  /** k_i; folds[0] = logColumns. */
  readonly folds: readonly number[];
  /** The logical domain shrinks by 2^shrinks[i] between oracle i and i+1, so one entry fewer than folds. */
  readonly shrinks: readonly number[];
  /** t_i. */
  readonly queries: readonly number[];
  readonly queryPowBits: number;
};

/** One iteration: oracle i is queried, and folded to `variablesAfter` variables. */
export type Iteration = {
  readonly fold: number;
  readonly queries: number;
  /** m_i and m_(i+1). */
  readonly variables: number;
  readonly variablesAfter: number;
  /** mu_i: the rate of oracle i is 2^-logInverseRate. */
  readonly logInverseRate: number;
  /** An oracle has 2^logDomain values a column for oracle 0 (n + mu), in all after it (m_i + mu_i). */
  readonly logDomain: number;
  /** Leaves of oracle i: leaf j holds values at w^j, w of order 2^logLeaves; an index has so many bits. */
  readonly logLeaves: number;
};

/**
 * Derives all shapes and checks the parameters.
 *
 * Errors: RangeError for parameters that do not fit together.
 */
export function scheduleOf(parameters: OpeningParameters): Iteration[] {
  const { logRows, logColumns, logInverseRate, folds, shrinks, queries } = parameters;
  if (folds.length === 0 || folds[0] !== logColumns) {
    throw new RangeError(`"folds" expected to start with logColumns = ${logColumns}, got ${folds[0]}`);
  }
  if (queries.length !== folds.length) {
    throw new RangeError(`"queries" expected ${folds.length} entries, got ${queries.length}`);
  }
  if (shrinks.length !== folds.length - 1) {
    throw new RangeError(`"shrinks" expected ${folds.length - 1} entries, got ${shrinks.length}`);
  }
  const iterations: Iteration[] = [];
  let variables = logRows + logColumns;
  let rate = logInverseRate;
  for (const [i, fold] of folds.entries()) {
    const variablesAfter = variables - fold;
    const logDomain = i === 0 ? logRows + rate : variables + rate;
    const logLeaves = i === 0 ? logDomain : logDomain - fold;
    if (variablesAfter < 0 || fold < 0 || rate <= 0 || logDomain > TWO_ADICITY || (queries[i] ?? 0) <= 0) {
      throw new RangeError(`iteration ${i} of the folding schedule does not fit`);
    }
    iterations.push({
      fold,
      queries: queries[i]!,
      variables,
      variablesAfter,
      logInverseRate: rate,
      logDomain,
      logLeaves,
    });
    rate += fold - (shrinks[i] ?? 0);
    variables = variablesAfter;
  }
  return iterations;
}
