import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameterDigest } from '../../prover/stark/digest.ts';
import { LAYERS, layer, WRAP, type LayerChoice } from '../../prover/stark/layers.ts';
import { TEST_ONLY_SMALL, TEST_ONLY_TINY } from '../support/test-layers.ts';

/** What every verifying key of version 1 binds: a change here is a new version of all keys. */
const DIGESTS: Readonly<Record<string, readonly number[]>> = {
  'core-s': [787369982, 758130074, 1878450126, 178116444, 435486071, 1467467579, 1287375071, 1402972716],
  'core-m': [359260862, 799069617, 143758057, 161814626, 1942389500, 1030358341, 2002058199, 290059261],
  'core-l': [992921751, 578444422, 1245678734, 1776800794, 956009054, 1031978766, 217259534, 608657000],
  'core-m-big': [1839321032, 405744047, 1081681254, 1851971556, 1114804284, 1336269904, 1332845034, 1211527180],
  'core-l-big': [1095967971, 1205641512, 133669742, 1907310904, 992805286, 89250323, 1606021897, 152611714],
  claim: [964019241, 1510894407, 112628883, 797012804, 145248431, 1697270302, 1290499075, 896396381],
  span: [2099072914, 1081374667, 289758822, 1103560021, 230579915, 224527477, 293254926, 1398781310],
  wrap: [1174641297, 568944244, 86740276, 974077410, 464560597, 1845909708, 332747153, 841483099],
  'wrap-rate-6': [1081594275, 913803022, 705360724, 514778598, 626480769, 92116936, 2084133965, 481706640],
  'wrap-rate-7': [1565953418, 356714975, 528207750, 863975817, 1267967299, 691185140, 1390425498, 2093351676],
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
