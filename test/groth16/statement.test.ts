import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sha256 } from '@noble/hashes/sha2.js';
import { mod } from '../../prover/field/bn254.ts';
import { P } from '../../prover/field/koalabear.ts';
import { packScalar } from '../../prover/hash/sponge-bn254.ts';
import { capOf } from '../../prover/groth16/circuit/constant-cap.ts';
import { circuitDigest } from '../../prover/groth16/circuit/r1cs/digest.ts';
import {
  buildShape,
  buildStatement,
  publicInputsOf,
  type WrapLayer,
  type WrapProof,
} from '../../prover/groth16/circuit/statement.ts';
import { suiteBn254 } from '../../prover/verifier/suite-bn254.ts';
import { RecursionBackend } from '../../prover/recursion/backend.ts';
import { recursionMachine } from '../../prover/machines/recursion/machine.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { createReferenceLayerProver } from '../../prover/stark/prover/reference.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { finish, lay } from '../support/recursion.ts';
import { TEST_ONLY_SMALL_BN } from '../support/test-layers.ts';

const publicBytes = new TextEncoder().encode('public values');
const digest = sha256(publicBytes);
const limbs = Array.from({ length: 16 }, (_, l) => digest[2 * l]! + 256 * digest[2 * l + 1]!);
const programKey = Array.from({ length: 8 }, (_, i) => (P - 1 - i * 12345) % P);
const controlRoot = Array.from({ length: 8 }, (_, i) => (i * 987654321) % P);
const outputs = [...programKey, ...limbs, ...controlRoot];

let layer: WrapLayer;
let wrap: WrapProof;
before(() => {
  const on = new RecursionBackend({ strict: true });
  const laid = lay(
    finish(
      on,
      outputs.map((x) => on.hintFelt(x)),
    ),
  );
  const machine = recursionMachine(laid.heights);
  const key = setupKey(suiteBn254, machine, TEST_ONLY_SMALL_BN, laid.pre, []);
  const proof = proveLayer(
    suiteBn254,
    createReferenceLayerProver,
    machine,
    TEST_ONLY_SMALL_BN,
    key,
    laid.publicValues,
    laid.main,
  );
  verifyNative(suiteBn254, machine, TEST_ONLY_SMALL_BN, key.key, laid.publicValues, proof);
  layer = { machine, parameters: TEST_ONLY_SMALL_BN, key: key.key };
  wrap = { publicValues: laid.publicValues, proof };
  const cap = capOf(key.tree, 7);
  assert.ok(cap !== undefined);
  layer = { ...layer, cap };
});

test('public inputs: packed key and root, sha256 as the contract masks it', () => {
  const big = BigInt(`0x${Buffer.from(digest).toString('hex')}`);
  assert.deepEqual(publicInputsOf(outputs), [
    packScalar(programKey),
    big & ((1n << 253n) - 1n),
    packScalar(controlRoot),
  ]);
});

for (const strategy of ['deferred', 'conventional'] as const) {
  test(`${strategy}: a wrap proof satisfies the circuit; setup records the same one without a proof`, () => {
    const system = buildStatement(layer, wrap, strategy);
    assert.deepEqual(system.check(), []);
    assert.deepEqual(system.values.slice(1, 4), publicInputsOf(outputs));
    assert.equal(circuitDigest(buildShape(layer, strategy)), circuitDigest(system));
    const { cap: _, ...uncapped } = layer;
    assert.notEqual(circuitDigest(buildShape(uncapped, strategy)), circuitDigest(system));
  });

  test(`${strategy}: no public input can be changed, nor can another statement use the proof`, () => {
    const system = buildStatement(layer, wrap, strategy);
    for (const i of [1, 2, 3]) {
      const values = [...system.values];
      values[i] = mod(values[i]! + 1n);
      assert.notEqual(system.check(values, 1).length, 0, `input ${i}`);
    }
    for (const at of [0, 7, 8, 23, 24, 31]) {
      const publicValues = outputs.map((x, i) => (i === at ? (x === 0 ? 1 : x - 1) : x));
      assert.throws(() => buildStatement(layer, { ...wrap, publicValues }, strategy), { code: 'R1CS_UNSATISFIED' });
    }
  });
}

test('aliases of public values are refused: felts from p on, limbs from 2^16 on (pitfall 22)', () => {
  // controlRoot[0] is 0: p is its alias.
  assert.throws(
    () => buildStatement(layer, { ...wrap, publicValues: outputs.map((x, i) => (i === 24 ? P : x)) }, 'deferred'),
    {
      code: 'R1CS_UNSATISFIED',
    },
  );
  const carried = outputs.map((x, i) => (i === 8 ? x + 65536 : x));
  assert.throws(() => buildStatement(layer, { ...wrap, publicValues: carried }, 'deferred'), {
    code: 'R1CS_UNSATISFIED',
  });
});

test('another key is another circuit', () => {
  const other = { ...layer.key, root: (layer.key.root as bigint) + 1n };
  const { cap: _, ...rest } = layer;
  assert.throws(() => buildStatement({ ...rest, key: other }, wrap, 'deferred'), { code: 'R1CS_UNSATISFIED' });
  assert.throws(() => buildShape({ ...layer, key: other }, 'deferred'), {
    name: 'RangeError',
    message: '"cap" expected a cap of the key\'s tree',
  });
});
