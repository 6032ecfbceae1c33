import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { P } from '../../prover/field/koalabear.ts';
import { NativeBackend, type NativeWires } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { RecursionWires } from '../../prover/recursion/backend.ts';
import { CONTROL_DEPTH, controlTree } from '../../prover/recursion/control-root.ts';
import { LIFT_OUTPUT, record, type VerifiedProof } from '../../prover/recursion/programs/lift.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { recordWrap, wrapProgram, wrapStatement, type ControlPosition } from '../../prover/recursion/programs/wrap.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { check, lay } from '../support/recursion.ts';
import { TEST_ONLY_LIFT, controlOf, liftCase } from '../support/recursion-pipeline.ts';
import { toyGuestCase } from '../support/toy-guest.ts';

const lift = liftCase(toyGuestCase());
const { machine } = lift.target;
const control = controlOf(lift);
const layout = layerLayout(machine, TEST_ONLY_LIFT);

function hasWitness(changes: Partial<VerifiedProof>, position: ControlPosition = control): boolean {
  const statement = { ...lift.verified, ...changes };
  const run = record((on) => wrapStatement<RecursionWires>(on, machine, TEST_ONLY_LIFT, statement, position), false);
  return check(lay({ ...run, publicValues: [...run.publicValues] })).ok;
}

test('the lift proof verifies natively, and no other public values do', () => {
  const { key, publicValues, proof } = lift.verified;
  verifyNative(suiteKoalaBear, machine, TEST_ONLY_LIFT, key, publicValues, proof);
  for (const [i] of publicValues.entries()) {
    const changed = publicValues.map((value, j) => (i === j ? value + 1 : value));
    assert.throws(() => verifyNative(suiteKoalaBear, machine, TEST_ONLY_LIFT, key, changed, proof), VerificationError);
  }
});

test('wrap of an honest proof: outputs, witness, and the program of the blank proof', () => {
  const run = recordWrap(machine, TEST_ONLY_LIFT, lift.verified, control);
  const { publicValues } = lift.verified;
  const expected = [
    ...publicValues.slice(...LIFT_OUTPUT.keyDigest),
    ...publicValues.slice(...LIFT_OUTPUT.publicDigest),
    ...control.root,
  ];
  assert.deepEqual(run.publicValues, expected);
  const on = new NativeBackend(suiteKoalaBear);
  assert.deepEqual(wrapStatement<NativeWires>(on, machine, TEST_ONLY_LIFT, lift.verified, control), expected);
  assert.equal(programDigest(run.program), programDigest(wrapProgram(machine, TEST_ONLY_LIFT)));
  assert.ok(hasWitness({}));
});

test('pitfall 20: another exit code than 0 has no wrap witness', () => {
  for (const exitCode of [
    [1, 0],
    [0, 1],
  ] as const) {
    const failing = liftCase(toyGuestCase({ exitCode }));
    const { key, publicValues, proof } = failing.verified;
    verifyNative(suiteKoalaBear, machine, TEST_ONLY_LIFT, key, publicValues, proof);
    assert.throws(
      () => recordWrap(machine, TEST_ONLY_LIFT, failing.verified, control),
      (error) => error instanceof VerificationError && error.where === 'exit code is zero',
    );
    assert.equal(hasWitness(failing.verified), false);
    // Claiming 0 for it is no way out either.
    const claimed = publicValues.map((value, i) => (i === 8 || i === 9 ? 0 : value));
    assert.equal(hasWitness({ ...failing.verified, publicValues: claimed }), false);
  }
});

test('pitfall 6: the lift key must be in the control tree that is output', () => {
  const refused = (position: ControlPosition): void => {
    assert.throws(() => recordWrap(machine, TEST_ONLY_LIFT, lift.verified, position), VerificationError);
    assert.equal(hasWitness({}, position), false);
  };
  const foreign = { ...lift.verified.key, root: (lift.verified.key.root as number[]).map((x) => (x + 1) % P) };
  const other = controlTree(layout, [foreign]);
  refused({ root: other.root, index: 0, path: other.path(0) });
  refused({ ...control, index: 1 });
  refused({ ...control, root: control.root.map((x, i) => (i === 3 ? (x + 1) % P : x)) });
  const path = control.path.map((node, i) => (i === 1 ? node.map((x) => (x + 1) % P) : node));
  refused({ ...control, path });
});

test('the control tree: every place has a path, roots depend on all keys and their order', () => {
  const key = (seed: number) => ({ ...lift.verified.key, root: Array.from({ length: 8 }, (_, i) => 100 * seed + i) });
  const keys = [lift.verified.key, key(1), key(2)];
  const tree = controlTree(layout, [key(1), key(2), lift.verified.key]);
  const run = recordWrap(machine, TEST_ONLY_LIFT, lift.verified, { root: tree.root, index: 2, path: tree.path(2) });
  assert.deepEqual(run.publicValues.slice(24), tree.root);
  const roots = [keys, keys.slice(0, 2), [keys[1]!, keys[0]!, keys[2]!], [keys[0]!]].map((list) =>
    String(controlTree(layout, list).root),
  );
  assert.equal(new Set(roots).size, roots.length);
  assert.throws(() => controlTree(layout, []), RangeError);
  assert.throws(() => controlTree(layout, new Array(2 ** CONTROL_DEPTH + 1).fill(lift.verified.key)), RangeError);
  assert.throws(() => tree.path(3), RangeError);
});

test('each lift output altered alone: no wrap witness', () => {
  const { publicValues } = lift.verified;
  for (const i of [0, 7, 8, 9, 10, 25, 26, 31]) {
    const changed = publicValues.map((value, j) => (i === j ? value + 1 : value));
    assert.throws(
      () => recordWrap(machine, TEST_ONLY_LIFT, { ...lift.verified, publicValues: changed }, control),
      VerificationError,
    );
    assert.equal(hasWitness({ publicValues: changed }), false, `output ${i}`);
  }
});
