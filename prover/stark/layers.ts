/**
 * The layers of this system with their parameters. Query counts and multiplicities are those `tune` finds for 100 bits with 16 (claim: 20)
 * bits of grinding; a test recomputes them. They are written out because they are part of what a verifying key binds.
 */
import type { LayerParameters } from './parameters.ts';

/** Security every layer reaches in the proven regime. */
export const TARGET_BITS = 100;

/** What a layer is chosen by; `layer` derives the rest. */
export type LayerChoice = Pick<
  LayerParameters,
  | 'id'
  | 'logRows'
  | 'mainColumns'
  | 'logPreColumns'
  | 'logPreRows'
  | 'logInverseRate'
  | 'queries'
  | 'queryPowBits'
  | 'multiplicities'
> & {
  /** Variables left after the last fold: the final vector has 2^finalVariables entries. */
  readonly finalVariables: number;
  /** log2 of what the domain shrinks by between the first two oracles: one less than it is folded by, unless said. */
  readonly firstShrink?: number;
  readonly hash?: LayerParameters['hash'];
  readonly lookupPowBits?: number;
};

/**
 * The parameters of a layer. The key's window is the first aligned one above the main columns, and both fill the smallest power of
 * two; the first fold takes all columns, and one fold for each further entry of `queries` an even share of the rows, the larger ones
 * first. RangeError where there is nothing to fold.
 */
export function layer(choice: LayerChoice): LayerParameters {
  const { id, hash = 'kb', logRows, mainColumns, logPreColumns, logPreRows, logInverseRate } = choice;
  const { queries, queryPowBits, lookupPowBits = 0, multiplicities, finalVariables } = choice;
  const preStart = 2 ** logPreColumns * Math.ceil(mainColumns / 2 ** logPreColumns);
  const logColumns = Math.ceil(Math.log2(preStart + 2 ** logPreColumns));
  const later = queries.length - 1;
  const variables = logRows - finalVariables;
  if (later < 1 || variables < later)
    throw new RangeError(`layer "${id}" has ${variables} variables for ${later} folds`);
  const share = (i: number): number => Math.floor(variables / later) + (i < variables % later ? 1 : 0);
  return {
    id,
    hash,
    logRows,
    logColumns,
    mainColumns,
    preStart,
    logPreColumns,
    logPreRows,
    logInverseRate,
    folds: [logColumns, ...Array.from({ length: later }, (_, i) => share(i))],
    shrinks: [choice.firstShrink ?? logColumns - 1, ...new Array<number>(later - 1).fill(1)],
    queries,
    queryPowBits,
    lookupPowBits,
    multiplicities,
  };
}

/** One execution of up to 2^16 rows per chip. */
export const CORE_S = layer({
  id: 'core-s',
  logRows: 16,
  mainColumns: 24,
  logPreColumns: 2,
  logPreRows: 16,
  logInverseRate: 1,
  finalVariables: 5,
  queries: [170, 85, 34, 22],
  queryPowBits: 16,
  multiplicities: [125, 63, 25, 4],
});

const CORE_M_CHOICE: LayerChoice = {
  id: 'core-m',
  logRows: 20,
  mainColumns: 24,
  logPreColumns: 2,
  logPreRows: 16,
  logInverseRate: 1,
  finalVariables: 6,
  queries: [171, 85, 29, 17],
  queryPowBits: 16,
  multiplicities: [84, 63, 7, 13],
};

/** Up to 2^20 rows per chip, 24 stacked columns. */
export const CORE_M = layer(CORE_M_CHOICE);

/** Up to 2^20 rows per chip, 48 stacked columns. */
export const CORE_L = layer({ ...CORE_M_CHOICE, id: 'core-l', mainColumns: 48 });

/**
 * Programs of more than 2^15 instructions, whose text needs more than 2^18 cells: up to 2^20 instructions, in eight columns. See
 * `keyTiers` in `system/tiers.ts`.
 */
export const CORE_M_BIG = layer({ ...CORE_M_CHOICE, id: 'core-m-big', logPreRows: 20, logPreColumns: 3 });
export const CORE_L_BIG = layer({
  ...CORE_M_CHOICE,
  id: 'core-l-big',
  mainColumns: 48,
  logPreRows: 20,
  logPreColumns: 3,
});

/**
 * Claims: what wrap verifies, so at a low rate. Chosen so that wrap's program stays within 2^12 permutations and 2^14 arithmetic
 * rows (`recursion/target.ts`): hence the 20 bits of grinding, the widths that just hold the machine, and the key's 2^16 rows.
 */
const CLAIM_CHOICE: LayerChoice = {
  id: 'claim',
  logRows: 17,
  mainColumns: 28,
  logPreColumns: 4,
  logPreRows: 16,
  logInverseRate: 5,
  finalVariables: 5,
  queries: [33, 27, 18, 14],
  queryPowBits: 20,
  multiplicities: [10, 20, 14, 3],
};
export const CLAIM = layer(CLAIM_CHOICE);

/**
 * Spans: what joins verify, on the machine of claims. A higher rate makes proofs cheaper to make and dearer to verify: at 1/4 a
 * join of two fits, and shards cost the least in all (docs/recursion-programs.md). 20 bits of
 * grinding would take as much hashing as the commitments.
 */
export const SPAN = layer({
  ...CLAIM_CHOICE,
  id: 'span',
  logInverseRate: 2,
  queries: [85, 57, 29, 19],
  queryPowBits: 16,
  multiplicities: [63, 28, 7, 10],
});

const WRAP_CHOICE: LayerChoice = {
  id: 'wrap',
  hash: 'bn',
  logRows: 15,
  mainColumns: 28,
  logPreColumns: 3,
  logPreRows: 15,
  logInverseRate: 5,
  finalVariables: 6,
  firstShrink: 4,
  queries: [34, 25, 16],
  queryPowBits: 16,
  multiplicities: [25, 5, 3],
};

/** Verifies one claim; verified in R1CS over BN254. Widths that just hold the wrap machine: every opened felt costs 31 bits. */
export const WRAP = layer(WRAP_CHOICE);

/** Wrap at rate 1/64: fewer R1CS constraints for twice the proving work. */
export const WRAP_RATE_6 = layer({
  ...WRAP_CHOICE,
  id: 'wrap-rate-6',
  logInverseRate: 6,
  firstShrink: 5,
  queries: [29, 25, 16],
  multiplicities: [7, 5, 3],
});

/** Wrap at rate 1/128. */
export const WRAP_RATE_7 = layer({
  ...WRAP_CHOICE,
  id: 'wrap-rate-7',
  logInverseRate: 7,
  firstShrink: 5,
  queries: [25, 22, 15],
  multiplicities: [5, 4, 3],
});

/** Every layer whose parameters are checked by the calculator; `system/default.ts` says which of them are in use. */
export const LAYERS: readonly LayerParameters[] = [
  CORE_S,
  CORE_M,
  CORE_L,
  CORE_M_BIG,
  CORE_L_BIG,
  CLAIM,
  SPAN,
  WRAP,
  WRAP_RATE_6,
  WRAP_RATE_7,
];
