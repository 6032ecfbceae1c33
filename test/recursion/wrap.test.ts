import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { P } from '../../prover/field/koalabear.ts';
import { NativeBackend, type NativeWires } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { CONTROL_DEPTH, controlTree, type ControlPosition } from '../../prover/recursion/control-root.ts';
import { outputOf } from '../../prover/recursion/program.ts';
import { recordProgram, recordRun } from '../../prover/recursion/record.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import type { VerifyingKey } from '../../prover/stark/key.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import type { VerifiedProof } from '../../prover/stark/proof.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import {
  TEST_ONLY_LIFT,
  controlOf,
  hasWitness as isWitness,
  inputOf,
  liftCase,
  wrapOf,
} from '../support/recursion-pipeline.ts';
import { toyGuestCase } from '../support/toy-guest.ts';

const lift = liftCase(toyGuestCase());
const { kind } = lift.program;
const { machine } = kind.target;
const control = controlOf(lift);
const layout = layerLayout(machine, TEST_ONLY_LIFT);
const wrap = wrapOf(kind);

function run(changes: Partial<VerifiedProof>, position: ControlPosition = control) {
  return recordRun(wrap, [{ ...inputOf(lift, position), ...changes }]);
}

function hasWitness(changes: Partial<VerifiedProof>, position: ControlPosition = control): boolean {
  return isWitness(wrap, { ...inputOf(lift, position), ...changes });
}

/** The tree over lift keys. */
function treeOf(...keys: readonly VerifyingKey[]) {
  return controlTree(keys.map((key) => ({ kind: kind.name, layout, key })));
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
  const { program, publicValues: outputs } = run({});
  const { publicValues } = lift.verified;
  const expected = [
    ...outputOf(kind, publicValues, 'keyDigest'),
    ...outputOf(kind, publicValues, 'publicDigest'),
    ...control.root,
  ];
  assert.deepEqual(outputs, expected);
  assert.deepEqual(outputOf(wrap.kind, outputs, 'controlRoot'), control.root);
  const on = new NativeBackend(suiteKoalaBear);
  assert.deepEqual(wrap.statement<NativeWires>(on, [inputOf(lift)]), expected);
  assert.equal(programDigest(program), programDigest(recordProgram(wrap)));
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
      () => run(failing.verified),
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
    assert.throws(() => run({}, position), VerificationError);
    assert.equal(hasWitness({}, position), false);
  };
  const foreign = { ...lift.verified.key, root: (lift.verified.key.root as number[]).map((x) => (x + 1) % P) };
  refused(treeOf(foreign).position(0));
  // The same key, in the tree as one of another kind.
  refused(controlTree([{ kind: 'join', layout, key: lift.verified.key }]).position(0));
  refused({ ...control, index: 1 });
  refused({ ...control, root: control.root.map((x, i) => (i === 3 ? (x + 1) % P : x)) });
  const path = control.path.map((node, i) => (i === 1 ? node.map((x) => (x + 1) % P) : node));
  refused({ ...control, path });
});

test('the control tree: every place has a path, roots depend on all keys and their order', () => {
  const key = (seed: number) => ({ ...lift.verified.key, root: Array.from({ length: 8 }, (_, i) => 100 * seed + i) });
  const keys = [lift.verified.key, key(1), key(2)];
  const tree = treeOf(key(1), key(2), lift.verified.key);
  assert.deepEqual(outputOf(wrap.kind, run({}, tree.position(2)).publicValues, 'controlRoot'), tree.root);
  const roots = [keys, keys.slice(0, 2), [keys[1]!, keys[0]!, keys[2]!], [keys[0]!]].map((list) =>
    String(treeOf(...list).root),
  );
  assert.equal(new Set(roots).size, roots.length);
  for (const count of [0, 2 ** CONTROL_DEPTH + 1]) {
    const full = (): unknown => treeOf(...new Array<VerifyingKey>(count).fill(lift.verified.key));
    assert.throws(full, {
      code: 'CONTROL_TREE',
      message: /has room for 1 to 8 keys of recursion programs, got [09]: /,
    });
  }
  assert.throws(() => controlTree([{ kind: 'empty', layout, key: keys[0]! }]), { code: 'CONTROL_TREE' });
  assert.throws(() => tree.position(3), RangeError);
});

test('each lift output altered alone: no wrap witness', () => {
  const { publicValues } = lift.verified;
  for (const i of [0, 7, 8, 9, 10, 25, 26, 31]) {
    const changed = publicValues.map((value, j) => (i === j ? value + 1 : value));
    assert.throws(() => run({ publicValues: changed }), VerificationError);
    assert.equal(hasWitness({ publicValues: changed }), false, `output ${i}`);
  }
});
