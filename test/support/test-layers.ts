/** Layers for tests only: small shapes with a few bits of security. Never reachable from prover/. */
import type { LayerParameters } from '../../prover/stark/parameters.ts';

/** TEST ONLY. 2^6 rows, 8 stacked columns: main [0, 6), key [6, 8). */
export const TEST_ONLY_TINY: LayerParameters = {
  id: 'test-only-tiny',
  hash: 'kb',
  logRows: 6,
  logColumns: 3,
  mainColumns: 6,
  preStart: 6,
  logPreColumns: 1,
  logPreRows: 6,
  logInverseRate: 1,
  folds: [3, 3, 2],
  shrinks: [2, 1],
  queries: [9, 5, 4],
  queryPowBits: 2,
  lookupPowBits: 1,
  multiplicities: [3, 3, 3],
};

/** TEST ONLY. As tiny, with a lifted key tree. */
export const TEST_ONLY_TINY_LIFTED: LayerParameters = { ...TEST_ONLY_TINY, id: 'test-only-tiny-lifted', logPreRows: 4 };

/** TEST ONLY. As tiny, with the BN254 hash. */
export const TEST_ONLY_TINY_BN: LayerParameters = {
  ...TEST_ONLY_TINY,
  id: 'test-only-tiny-bn',
  hash: 'bn',
  queries: [4, 3, 2],
};

/** TEST ONLY. Core-s windows on 2^8 rows: room for small machines. */
export const TEST_ONLY_SMALL: LayerParameters = {
  id: 'test-only-small',
  hash: 'kb',
  logRows: 8,
  logColumns: 5,
  mainColumns: 24,
  preStart: 24,
  logPreColumns: 2,
  logPreRows: 8,
  logInverseRate: 1,
  folds: [5, 3, 3],
  shrinks: [4, 1],
  queries: [8, 6, 4],
  queryPowBits: 2,
  lookupPowBits: 1,
  multiplicities: [3, 3, 3],
};
