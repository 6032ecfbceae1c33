import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ZkError } from '../../prover/core/errors.ts';
import { nativeBackend } from '../../prover/verifier/native-backend.ts';
import { suiteBn254 } from '../../prover/verifier/suite-bn254.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { constantKey, keyDigest, witnessKey, type VerifyingKey } from '../../prover/stark/key.ts';
import { machineDigest, parameterDigest } from '../../prover/stark/digest.ts';
import {
  decodeProof,
  encodeProof,
  PROOF_FORMAT_VERSION,
  proofByteLength,
  zeroProof,
} from '../../prover/stark/proof-codec.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import { verifyLayer, verifyNative } from '../../prover/stark/verify.ts';
import { honestCase, proveWitness, verifyCase, type LayerCase } from '../support/layer.ts';
import { rejects } from '../support/rejects.ts';
import { TEST_ONLY_SMALL, TEST_ONLY_TINY, TEST_ONLY_TINY_BN, TEST_ONLY_TINY_LIFTED } from '../support/test-layers.ts';
import { toyMachine, toyWitness } from '../support/toy-machine.ts';

const plain = (log: LayerCase['log']): unknown => log.map((e) => [e.label, e.kind, e.values.map(String)]);

test('honest proofs at several heights are accepted, with equal transcripts on both sides', () => {
  for (const [count, steps, cubes, key] of [
    [4, 2, 2, 3],
    [1, 5, 2, 2],
    [12, 4, 6, 4],
    [3, 5, 3, 5],
  ] as const) {
    const proved = proveWitness(toyWitness(count, steps, cubes, key));
    assert.deepEqual(plain(verifyCase(proved)), plain(proved.log));
  }
});

test('lifted keys, other windows and the BN254 hash', () => {
  verifyCase(honestCase({ parameters: TEST_ONLY_TINY_LIFTED }));
  verifyCase(honestCase({ parameters: TEST_ONLY_SMALL }));
  verifyCase(honestCase({ parameters: TEST_ONLY_TINY_BN, hash: suiteBn254 }));
});

test('a packed machine has static positions, fewer leaves, and proves', () => {
  const machine = toyMachine([3, 4, 3]);
  const proved = honestCase({ machine });
  verifyCase(proved);
  assert.deepEqual([proved.proof.positions, proved.proof.logHeights], [[], []]);
  assert.deepEqual(proved.provingKey.key.positions, []);
  assert.equal(proved.layout.rounds, 4);
  assert.ok(proved.layout.logLeaves < honestCase().layout.logLeaves);
  const lifted = { ...TEST_ONLY_TINY_LIFTED, id: 'packed-lifted' };
  verifyCase(honestCase({ machine, parameters: lifted }));
});

test('a key as witness gives the same verdict as a constant key', () => {
  const { machine, parameters, layout, provingKey, publicValues, proof } = honestCase();
  const on = nativeBackend(suiteKoalaBear);
  verifyLayer(on, machine, parameters, witnessKey(on, layout, provingKey.key), publicValues, proof);
  assert.deepEqual(
    keyDigest(on, layout, witnessKey(on, layout, provingKey.key)),
    keyDigest(on, layout, constantKey(on, layout, provingKey.key)),
  );
});

test('the key does not depend on the tier', () => {
  const lifted = { ...TEST_ONLY_TINY, id: 'higher', logRows: 8 };
  const small = honestCase();
  const large = proveWitness(toyWitness(7, 8, 5, 3), { parameters: lifted });
  verifyCase(large);
  assert.deepEqual(large.provingKey.key, small.provingKey.key);
  const on = nativeBackend(suiteKoalaBear);
  assert.deepEqual(
    keyDigest(on, large.layout, constantKey(on, large.layout, large.provingKey.key)),
    keyDigest(on, small.layout, constantKey(on, small.layout, small.provingKey.key)),
  );
});

test('pitfall 9: every field of the key changes its digest', () => {
  const { layout, provingKey } = honestCase();
  const on = nativeBackend(suiteKoalaBear);
  const digest = (key: VerifyingKey): string => JSON.stringify(keyDigest(on, layout, constantKey(on, layout, key)));
  const { key } = provingKey;
  const root = [...(key.root as number[])];
  const variants: VerifyingKey[] = [
    key,
    ...root.map((_, i) => ({ ...key, root: root.map((x, j) => (i === j ? x + 1 : x)) })),
    ...key.logHeights.map((_, i) => ({ ...key, logHeights: key.logHeights.map((h, j) => (i === j ? h + 1 : h)) })),
    ...key.positions.map((_, i) => ({ ...key, positions: key.positions.map((h, j) => (i === j ? h + 16 : h)) })),
    ...key.felts.map((_, i) => ({ ...key, felts: key.felts.map((h, j) => (i === j ? h + 1 : h)) })),
  ];
  assert.equal(new Set(variants.map(digest)).size, variants.length);
  assert.throws(
    () => digest({ ...key, machine: 'other' }),
    (e: unknown) => e instanceof ZkError && e.code === 'BAD_KEY',
  );
});

test('pitfall 30: the key comes from the caller; another key rejects the proof', () => {
  const proved = honestCase();
  assert.ok(!Object.keys(proved.proof).some((name) => /key|pre/i.test(name)));
  const witness = toyWitness(5, 3, 4, 3);
  const other = proveWitness({
    ...witness,
    preprocessed: witness.preprocessed.map((c) => c.map((x) => x.map((v) => v ^ 1))),
  });
  rejects(() => verifyCase(proved, { provingKey: other.provingKey }));
  const felts = { ...proved.provingKey, key: { ...proved.provingKey.key, felts: [101] } };
  rejects(() => verifyCase(proved, { provingKey: felts }));
});

test('public values: each altered, swapped, missing or not canonical is rejected', () => {
  const proved = honestCase();
  const { publicValues } = proved;
  for (let i = 0; i < publicValues.length; i++) {
    rejects(() => verifyCase(proved, { publicValues: publicValues.map((v, j) => (i === j ? v + 1 : v)) }));
    rejects(
      () => verifyCase(proved, { publicValues: publicValues.map((v, j) => (i === j ? v + 2130706433 : v)) }),
      'public-values',
    );
  }
  rejects(() => verifyCase(proved, { publicValues: publicValues.toReversed() }));
  rejects(() => verifyCase(proved, { publicValues: publicValues.slice(1) }), 'public-values');
});

test('a proof of one layer or machine is none of another', () => {
  const proved = honestCase();
  rejects(() => verifyCase(proved, { parameters: { ...TEST_ONLY_TINY, id: 'other' } }));
  rejects(() => verifyCase(proved, { parameters: { ...TEST_ONLY_TINY, multiplicities: [4, 3, 3] } }));
  const machine = toyMachine();
  rejects(() => verifyCase(proved, { machine: { ...machine, publicValueNames: ['a', 'b', 'c'] } }));
});

test('digests depend on every parameter and on the AIR', () => {
  const base = TEST_ONLY_TINY;
  const variants: LayerParameters[] = [base, { ...base, id: 'x' }, { ...base, hash: 'bn' }];
  for (const [name, value] of Object.entries(base)) {
    if (typeof value === 'number') variants.push({ ...base, [name]: value + 1 });
    if (Array.isArray(value)) variants.push({ ...base, [name]: [...(value as readonly number[]), 1] });
  }
  assert.equal(new Set(variants.map((p) => JSON.stringify(parameterDigest(p)))).size, variants.length);
  const machine = toyMachine();
  const [first, ...rest] = machine.chips;
  assert.ok(first);
  const flipped = first.interactions.map((i, n) => (n === 0 ? { ...i, sign: 1 as const } : i));
  const machines = [
    machine,
    { ...machine, chips: [...rest, first] },
    { ...machine, chips: [{ ...first, constraints: first.constraints.slice(1) }, ...rest] },
    { ...machine, chips: [{ ...first, interactions: flipped }, ...rest] },
    { ...machine, chips: [{ ...first, groups: [[0], [1], [2], [3], [4]] }, ...rest] },
    { ...machine, boundary: () => [] },
  ];
  assert.equal(new Set(machines.map((m) => JSON.stringify(machineDigest(m)))).size, machines.length);
});

test('the binary codec: round trip, fixed length, and refusals', () => {
  for (const [proved, hash] of [
    [honestCase(), suiteKoalaBear],
    [honestCase({ parameters: TEST_ONLY_TINY_BN, hash: suiteBn254 }), suiteBn254],
  ] as const) {
    const { layout, proof } = proved;
    const bytes = encodeProof(hash, layout, proof);
    assert.deepEqual(decodeProof(hash, layout, bytes), proof);
    assert.equal(bytes.length, proofByteLength(hash, layout));
    const bad = (run: () => unknown): void =>
      assert.throws(run, (e: unknown) => e instanceof ZkError && e.code === 'BAD_PROOF');
    bad(() => decodeProof(hash, layout, bytes.subarray(0, bytes.length - 1)));
    bad(() => decodeProof(hash, layout, bytes.subarray(0, 3)));
    bad(() => decodeProof(hash, layout, Uint8Array.of(...bytes, 0)));
    bad(() =>
      decodeProof(
        hash,
        layout,
        bytes.map((b, i) => (i === 4 ? PROOF_FORMAT_VERSION - 1 : b)),
      ),
    );
    bad(() =>
      decodeProof(
        hash,
        layout,
        bytes.map((b, i) => (i === 0 ? 0 : b)),
      ),
    );
    bad(() =>
      decodeProof(
        hash,
        layout,
        bytes.map((b, i) => (i >= 5 && i < 9 ? 255 : b)),
      ),
    );
    bad(() => encodeProof(hash, layout, { ...proof, claims: proof.claims.slice(1) }));
    bad(() => encodeProof(hash, layout, { ...proof, logHeights: [...proof.logHeights, 3] }));
    bad(() => encodeProof(hash, layout, { ...proof, lookupNonce: -1 }));
  }
});

test('the zero proof has the shape and is not accepted', () => {
  const { layout, machine, parameters, provingKey, publicValues } = honestCase();
  const zero = zeroProof(suiteKoalaBear, layout);
  rejects(() => verifyNative(suiteKoalaBear, machine, parameters, provingKey.key, publicValues, zero));
});

test('machines and parameters that do not fit are refused with a reason', () => {
  const machine = toyMachine();
  const bad = (parameters: LayerParameters, m = machine): void =>
    assert.throws(
      () => layerLayout(m, parameters),
      (e: unknown) => e instanceof ZkError && e.code === 'BAD_LAYER',
    );
  bad({ ...TEST_ONLY_TINY, mainColumns: 7 });
  bad({ ...TEST_ONLY_TINY, preStart: 7 });
  bad({ ...TEST_ONLY_TINY, logPreRows: 7 });
  bad({ ...TEST_ONLY_TINY, logRows: 3 });
  bad(TEST_ONLY_TINY, { ...machine, chips: [...machine.chips, ...machine.chips] });
  assert.throws(
    () => proveWitness(toyWitness(5, 7, 3, 3)),
    (e: unknown) => e instanceof ZkError && e.code === 'TRACE_TOO_LARGE',
  );
});
