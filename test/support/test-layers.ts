/** Layers for tests only: small shapes with a few bits of security. Never reachable from prover/. */
import { layer, type LayerChoice } from '../../prover/stark/layers.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';

const TINY: LayerChoice = {
  id: 'test-only-tiny',
  logRows: 6,
  mainColumns: 6,
  logPreColumns: 1,
  logPreRows: 6,
  logInverseRate: 1,
  finalVariables: 1,
  queries: [9, 5, 4],
  queryPowBits: 2,
  lookupPowBits: 1,
  multiplicities: [3, 3, 3],
};

/** TEST ONLY. 2^6 rows, 8 stacked columns: main [0, 6), key [6, 8). */
export const TEST_ONLY_TINY = layer(TINY);

/** TEST ONLY. As tiny, with a lifted key tree. */
export const TEST_ONLY_TINY_LIFTED: LayerParameters = { ...TEST_ONLY_TINY, id: 'test-only-tiny-lifted', logPreRows: 4 };

/** TEST ONLY. As tiny, with the BN254 hash. */
export const TEST_ONLY_TINY_BN = layer({ ...TINY, id: 'test-only-tiny-bn', hash: 'bn', queries: [4, 3, 2] });

const SMALL: LayerChoice = {
  ...TINY,
  id: 'test-only-small',
  logRows: 8,
  mainColumns: 24,
  logPreColumns: 2,
  logPreRows: 8,
  finalVariables: 2,
  queries: [8, 6, 4],
};

/** TEST ONLY. Core-s windows on 2^8 rows: room for small machines. */
export const TEST_ONLY_SMALL = layer(SMALL);

/** TEST ONLY. The BN254 hash, and room for the recursion machine at its smallest heights. */
export const TEST_ONLY_SMALL_BN = layer({
  ...SMALL,
  id: 'test-only-wrap',
  hash: 'bn',
  logPreColumns: 3,
  logInverseRate: 2,
  firstShrink: 2,
  queries: [2, 1, 1],
  lookupPowBits: 0,
});

/** TEST ONLY. Room for recursion machines with columns of 2^logRows rows in all. */
export function testOnlyRecursion(id: string, logRows: number): LayerParameters {
  return layer({
    ...SMALL,
    id,
    logRows,
    mainColumns: 40,
    logPreColumns: 4,
    logPreRows: logRows,
    finalVariables: logRows - 8,
    queries: [3, 2, 2],
  });
}
