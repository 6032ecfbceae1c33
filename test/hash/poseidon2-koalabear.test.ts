import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Grain } from '../../prover/hash/grain.ts';
import {
  FIRST_CONSTANTS,
  GRAIN_PARAMETERS,
  LAST_CONSTANTS,
  PARTIAL_CONSTANTS,
  permute,
} from '../../prover/hash/poseidon2-koalabear.ts';

// Published constants and known answer: Plonky3, crate p3-koala-bear, src/poseidon2.rs.

test('the Grain generator reproduces the published constants of KoalaBear, width 16', () => {
  const ends = (row: readonly number[] | undefined): (number | undefined)[] => [row?.[0], row?.[15]];
  assert.deepEqual(ends(FIRST_CONSTANTS[0]), [0x7ee56a48, 0x5b2e2660]);
  assert.deepEqual(ends(FIRST_CONSTANTS[3]), [0x5902b287, 0x760e7fdf]);
  assert.deepEqual([PARTIAL_CONSTANTS[0], PARTIAL_CONSTANTS[19]], [0x54dfeb5d, 0x1e66cec2]);
  assert.deepEqual(ends(LAST_CONSTANTS[0]), [0x43e7dc24, 0x5e3f1194]);
  assert.deepEqual(ends(LAST_CONSTANTS[3]), [0x3211570b, 0x3466c7ca]);
  assert.equal(FIRST_CONSTANTS.length + PARTIAL_CONSTANTS.length + LAST_CONSTANTS.length, 28);
});

test('the Grain generator reproduces the published constants of BN254, width 3', () => {
  const grain = new Grain({
    modulus: 21888242871839275222246405745257275088548364400416034343698204186575808495617n,
    fieldBits: 254,
    width: 3,
    fullRounds: 8,
    partialRounds: 56,
  });
  // First constant of the Horizen Labs instance (poseidon2_instance_bn256.rs).
  assert.equal(grain.element(), 0x1d066a255517b7fd8bddd3a93f7804ef7f8fcde48bb4c37a59a09a1a97052816n);
});

test('a modulus of another length is refused', () => {
  assert.throws(() => new Grain({ ...GRAIN_PARAMETERS, fieldBits: 32 }), RangeError);
});

test('the permutation gives the published answer', () => {
  const state = [
    894848333, 1437655012, 1200606629, 1690012884, 71131202, 1749206695, 1717947831, 120589055, 19776022, 42382981,
    1831865506, 724844064, 171220207, 1299207443, 227047920, 1783754913,
  ];
  permute(state);
  assert.deepEqual(
    state,
    [
      1934285469, 604889435, 133449501, 1026180808, 1830659359, 176667110, 1391183747, 351743874, 1238264085,
      1292768839, 2023573270, 1201586780, 1360691759, 1230682461, 748270449, 651545025,
    ],
  );
});
