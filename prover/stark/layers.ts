/**
 * The layers of this system with their parameters. Query counts and multiplicities are those `tune` finds for 100 bits with 16 (lift: 20)
 * bits of grinding; a test recomputes them. They are written out because they are part of what a verifying key binds.
 */
import type { LayerParameters } from './parameters.ts';

/** Security every layer reaches in the proven regime. */
export const TARGET_BITS = 100;

/** One execution of up to 2^16 rows per chip. */
export const CORE_S: LayerParameters = {
  id: 'core-s',
  hash: 'kb',
  logRows: 16,
  logColumns: 5,
  mainColumns: 24,
  preStart: 24,
  logPreColumns: 2,
  logPreRows: 16,
  logInverseRate: 1,
  folds: [5, 4, 4, 3],
  shrinks: [4, 1, 1],
  queries: [170, 85, 34, 22],
  queryPowBits: 16,
  lookupPowBits: 0,
  multiplicities: [125, 63, 25, 4],
};

/** Up to 2^20 rows per chip, 24 stacked columns. */
export const CORE_M: LayerParameters = {
  id: 'core-m',
  hash: 'kb',
  logRows: 20,
  logColumns: 5,
  mainColumns: 24,
  preStart: 24,
  logPreColumns: 2,
  logPreRows: 16,
  logInverseRate: 1,
  folds: [5, 5, 5, 4],
  shrinks: [4, 1, 1],
  queries: [171, 85, 29, 17],
  queryPowBits: 16,
  lookupPowBits: 0,
  multiplicities: [84, 63, 7, 13],
};

/** Up to 2^20 rows per chip, 48 stacked columns. */
export const CORE_L: LayerParameters = {
  id: 'core-l',
  hash: 'kb',
  logRows: 20,
  logColumns: 6,
  mainColumns: 48,
  preStart: 48,
  logPreColumns: 2,
  logPreRows: 16,
  logInverseRate: 1,
  folds: [6, 5, 5, 4],
  shrinks: [5, 1, 1],
  queries: [171, 85, 29, 17],
  queryPowBits: 16,
  lookupPowBits: 0,
  multiplicities: [84, 63, 7, 13],
};

/** Programs whose preprocessed tables need more than 2^18 cells or 2^16 rows: see `keyTiers` in `system/definition.ts`. */
export const CORE_M_BIG: LayerParameters = { ...CORE_M, id: 'core-m-big', logPreRows: 20 };
export const CORE_L_BIG: LayerParameters = { ...CORE_L, id: 'core-l-big', logPreRows: 20 };

/**
 * Verifies one core proof. Its low rate lets wrap verify it directly.
 *
 * Chosen so that wrap's program stays within 2^12 permutations and 2^14 arithmetic rows (recursion/target.ts): hence the
 * 20 bits of grinding, the widths that just hold the lift machine, and the key's 2^16 rows.
 */
export const LIFT: LayerParameters = {
  id: 'lift',
  hash: 'kb',
  logRows: 17,
  logColumns: 6,
  mainColumns: 28,
  preStart: 32,
  logPreColumns: 4,
  logPreRows: 16,
  logInverseRate: 5,
  folds: [6, 4, 4, 4],
  shrinks: [5, 1, 1],
  queries: [33, 27, 18, 14],
  queryPowBits: 20,
  lookupPowBits: 0,
  multiplicities: [10, 20, 14, 3],
};

/** Verifies one lift proof; verified in R1CS over BN254. Widths that just hold the wrap machine: every opened felt costs 31 bits. */
export const WRAP: LayerParameters = {
  id: 'wrap',
  hash: 'bn',
  logRows: 15,
  logColumns: 6,
  mainColumns: 28,
  preStart: 32,
  logPreColumns: 3,
  logPreRows: 15,
  logInverseRate: 5,
  folds: [6, 5, 4],
  shrinks: [4, 1],
  queries: [34, 25, 16],
  queryPowBits: 16,
  lookupPowBits: 0,
  multiplicities: [25, 5, 3],
};

/** Wrap at rate 1/64: fewer R1CS constraints for twice the proving work. */
export const WRAP_RATE_6: LayerParameters = {
  ...WRAP,
  id: 'wrap-rate-6',
  logInverseRate: 6,
  shrinks: [5, 1],
  queries: [29, 25, 16],
  multiplicities: [7, 5, 3],
};

/** Wrap at rate 1/128. */
export const WRAP_RATE_7: LayerParameters = {
  ...WRAP,
  id: 'wrap-rate-7',
  logInverseRate: 7,
  shrinks: [5, 1],
  queries: [25, 22, 15],
  multiplicities: [5, 4, 3],
};

/** Every layer whose parameters are checked by the calculator; `system/definition.ts` says which of them are in use. */
export const LAYERS: readonly LayerParameters[] = [
  CORE_S,
  CORE_M,
  CORE_L,
  CORE_M_BIG,
  CORE_L_BIG,
  LIFT,
  WRAP,
  WRAP_RATE_6,
  WRAP_RATE_7,
];
