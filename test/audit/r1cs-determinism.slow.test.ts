/**
 * Audit of the outermost circuit on a small wrap proof: the prover chooses what the proof says, the digits of challenges and
 * remainders modulo p (all of them range-checked), and nothing else. Numbers are those that shapes and transcript give.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capOf } from '../../prover/groth16/circuit/constant-cap.ts';
import { ConstraintSystem } from '../../prover/groth16/circuit/r1cs/system.ts';
import { buildStatement } from '../../prover/groth16/circuit/statement.ts';
import { pathLengthBn } from '../../prover/hash/merkle-bn254.ts';
import { scheduleOf } from '../../prover/pcs/whir/schedule.ts';
import { suiteBn254 } from '../../prover/verifier/suite-bn254.ts';
import { RecursionBackend } from '../../prover/recursion/backend.ts';
import { recursionMachine } from '../../prover/machines/recursion/machine.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { createReferenceLayerProver } from '../../prover/stark/prover/reference.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import type { TranscriptLog } from '../../prover/verifier/native-transcript.ts';
import { finish, lay } from '../support/recursion.ts';
import { TEST_ONLY_SMALL_BN } from '../support/test-layers.ts';
import { freeWires } from './determined.ts';
import { rangedWire } from '../../prover/groth16/circuit/r1cs/bits.ts';
import { mulInt } from '../../prover/groth16/circuit/r1cs/product.ts';

test('the search finds a wire that no constraint determines', () => {
  const system = new ConstraintSystem({ publicCount: 0, mode: 'witness' });
  const x = rangedWire(system, 77n, 8, 'late', 'x').int;
  mulInt(system, x, x, 'square');
  assert.deepEqual(
    freeWires(system).map(({ wire }) => wire),
    x.wires,
  );
  const loose = system.allocateLate(5n);
  assert.deepEqual(
    freeWires(system).map(({ wire }) => wire),
    [...x.wires, loose],
  );
});

test('the wrap circuit: only proof data, digits and remainders are free', () => {
  const on = new RecursionBackend({ strict: true });
  const outputs = Array.from({ length: 32 }, (_, i) => (i * 4099 + 7) % 65536);
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
  const log: TranscriptLog = [];
  verifyNative(suiteBn254, machine, TEST_ONLY_SMALL_BN, key.key, laid.publicValues, proof, { log });
  const cap = capOf(key.tree, 7);
  assert.ok(cap !== undefined);

  // Wires that owe their absorption: public values, proof limbs, challenge limbs, remainders, hints.
  let owed = 0;
  // Wires that stand in relations modulo p themselves, not only inside products.
  const related = new Set<number>();
  const layer = { machine, parameters: TEST_ONLY_SMALL_BN, key: key.key, cap };
  const system = buildStatement(layer, { publicValues: laid.publicValues, proof }, 'deferred', {
    owed: () => void owed++,
    relation: (limbs) => {
      for (const { wires } of limbs) for (const wire of wires) related.add(wire);
    },
  });
  const free = freeWires(system);
  const count = (kind: string): number => free.filter((wire) => wire.kind === kind).length;

  const samples = log.filter(({ kind }) => kind === 'ext').length + 1; // and the combination's
  const schedule = scheduleOf(TEST_ONLY_SMALL_BN);
  const mainDepth = TEST_ONLY_SMALL_BN.logRows + TEST_ONLY_SMALL_BN.logInverseRate;
  const keyDepth = TEST_ONLY_SMALL_BN.logPreRows + TEST_ONLY_SMALL_BN.logInverseRate - cap.logNodes;
  const siblings = schedule.reduce(
    (sum, { queries, logLeaves }, i) =>
      sum + queries * (i === 0 ? pathLengthBn(mainDepth) + pathLengthBn(keyDepth) : pathLengthBn(logLeaves)),
    0,
  );
  const limbs = schedule.reduce(
    (sum, { queries, fold }, i) =>
      sum +
      queries * (i === 0 ? TEST_ONLY_SMALL_BN.mainColumns + 2 ** TEST_ONLY_SMALL_BN.logPreColumns : 5 * 2 ** fold),
    0,
  );
  assert.deepEqual(
    free.filter(({ boolean }) => boolean),
    [],
    'no bit is free',
  );
  assert.equal(count('range checks'), 32, 'public values');
  assert.equal(count('transcript'), 1 + TEST_ONLY_SMALL_BN.folds.length - 1, 'roots');
  assert.equal(count('Merkle path'), siblings);
  assert.equal(count('row limbs'), limbs);
  assert.equal(count('challenge digits'), 10 * samples);
  // Everything else is range-checked: proof limbs, remainders, witnesses of inverses, reductions after the combination.
  const rest = free.filter(({ kind }) => kind !== 'Merkle path' && kind !== 'transcript');
  assert.deepEqual(
    rest.filter(({ ranged }) => !ranged),
    [],
  );
  assert.equal(count('range checks') + count('proof limbs') + count('reduction') + count('hint') + 5 * samples, owed);
  // A remainder is what its relation says.
  assert.ok(count('reduction') > 0);
  for (const { wire } of free.filter(({ kind }) => kind === 'reduction')) assert.ok(related.has(wire), `wire ${wire}`);
  const kinds = ['range checks', 'transcript', 'Merkle path', 'row limbs', 'challenge digits', 'proof limbs'];
  const known = new Set([...kinds, 'reduction', 'hint', 'powers', 'sums']);
  assert.deepEqual(
    free.filter(({ kind }) => !known.has(kind)),
    [],
  );
});
