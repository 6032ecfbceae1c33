import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameterDigest } from '../../prover/stark/digest.ts';
import { LAYERS, layer, WRAP, type LayerChoice } from '../../prover/stark/layers.ts';
import { TEST_ONLY_SMALL, TEST_ONLY_TINY } from '../support/test-layers.ts';

/** What every verifying key of this version binds: a change here is a new version of all keys. */
const DIGESTS: Readonly<Record<string, readonly number[]>> = {
  'core-s': [333394318, 208188411, 2128616408, 1509429801, 2100882989, 257013073, 471697622, 687972607],
  'core-m': [532230511, 295551594, 2038818836, 974469699, 267920377, 1802371532, 1231119813, 1897539559],
  'core-l': [619653645, 788745373, 737960401, 764411788, 1277265156, 1437040406, 1739979348, 1908069474],
  'core-m-big': [1229739615, 1674091873, 1555739376, 972863546, 130388332, 753970085, 896390339, 1187941063],
  'core-l-big': [1765666550, 1170430763, 1533856832, 475650966, 256434308, 1838052582, 429402383, 27522765],
  claim: [420337449, 271134215, 2127657878, 1881062461, 1454037901, 2053275766, 1289077002, 538122522],
  span: [1036913754, 1612792514, 1962519074, 1213074510, 675471534, 954799953, 2069672222, 791955149],
  wrap: [1399094672, 1844709142, 1395107493, 742443498, 1250192698, 1094814562, 2020091656, 1414959015],
  'wrap-rate-6': [2073843436, 1561993482, 948879090, 340631056, 1088417413, 509223498, 1463029745, 1008006138],
  'wrap-rate-7': [2085419500, 352785503, 1508996989, 1640405557, 1353731875, 1391770317, 608641969, 2063780247],
};

test('the parameters of every layer are those that the keys of this version bind', () => {
  assert.deepEqual(
    Object.fromEntries(LAYERS.map((parameters) => [parameters.id, parameterDigest(parameters)])),
    DIGESTS,
  );
});

const choice: LayerChoice = {
  id: 'test-only',
  logRows: 8,
  mainColumns: 5,
  logPreColumns: 2,
  logPreRows: 8,
  logInverseRate: 1,
  finalVariables: 1,
  queries: [3, 2, 2],
  queryPowBits: 0,
  multiplicities: [3, 3, 3],
};

test('windows and folds follow from rows and columns', () => {
  const { preStart, logColumns, folds, shrinks, hash, lookupPowBits } = layer(choice);
  // Five main columns, the key's window of four at the next multiple of four: twelve of sixteen.
  assert.deepEqual(
    { preStart, logColumns, hash, lookupPowBits },
    { preStart: 8, logColumns: 4, hash: 'kb', lookupPowBits: 0 },
  );
  assert.deepEqual(folds, [4, 4, 3]);
  assert.deepEqual(shrinks, [3, 1]);
  assert.deepEqual(layer({ ...choice, firstShrink: 2 }).shrinks, [2, 1]);
  assert.deepEqual(layer({ ...choice, mainColumns: 4 }).logColumns, 3);
  assert.equal(WRAP.shrinks[0], 4);
  assert.deepEqual(TEST_ONLY_TINY.folds, [3, 3, 2]);
  assert.deepEqual(TEST_ONLY_SMALL.folds, [5, 3, 3]);
});

test('a layer without variables to fold is refused', () => {
  assert.throws(() => layer({ ...choice, queries: [3] }), RangeError);
  assert.throws(() => layer({ ...choice, finalVariables: 7 }), RangeError);
});
