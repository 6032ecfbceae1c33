import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameterDigest } from '../../prover/stark/digest.ts';
import { LAYERS, layer, WRAP, type LayerChoice } from '../../prover/stark/layers.ts';
import { TEST_ONLY_SMALL, TEST_ONLY_TINY } from '../support/test-layers.ts';

/** What every verifying key of version 1 binds: a change here is a new version of all keys. */
const DIGESTS: Readonly<Record<string, readonly number[]>> = {
  'core-s': [1002835870, 455835929, 1371470646, 947556759, 1705431428, 894030835, 1002645984, 961679463],
  'core-m': [1568477350, 880398574, 162468498, 3302697, 1475910129, 1052101991, 112222782, 391972875],
  'core-l': [504450127, 608398932, 273129101, 1448471381, 549205029, 1195087237, 347936981, 723079582],
  'core-m-big': [330237568, 148458759, 1215495516, 974731865, 1066161484, 497587818, 1778888155, 927039267],
  'core-l-big': [204974801, 135647165, 1833775940, 1983618182, 611515819, 669857793, 1402544345, 364343827],
  lift: [1021651583, 42806784, 84481028, 269718047, 16857830, 1750017979, 816851078, 1084112860],
  wrap: [910018390, 971556136, 751086502, 1142458431, 1900604308, 1078906281, 1683156135, 776370624],
  'wrap-rate-6': [1315028546, 1831554883, 728349551, 732198097, 1281129491, 17613239, 1211181966, 37321086],
  'wrap-rate-7': [1231501567, 1800048659, 581969629, 1419095380, 1614989223, 2075789434, 1195910954, 1391132855],
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
