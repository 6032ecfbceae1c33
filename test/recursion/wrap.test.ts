import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { P } from '../../prover/field/koalabear.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { CONTROL_DEPTH, controlTree } from '../../prover/recursion/control-root.ts';
import { outputOf, type ProofInput } from '../../prover/recursion/program.ts';
import { recordProgram, recordRun } from '../../prover/recursion/record.ts';
import type { VerifyingKey } from '../../prover/stark/key.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { controlRootOf, inputOf, keyOf } from '../../prover/system/keys.ts';
import type { ProvedLayer } from '../../prover/system/proved-layer.ts';
import { NativeBackend, type NativeWires } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import {
  CLAIM,
  coreProof,
  digestOf,
  hasWitness,
  PROGRAMS,
  recursionWorld,
  type RecursionWorld,
} from '../support/recursion-system.ts';
import { TOY_DIGEST, toyExecution } from '../support/toy-guest.ts';

const { wrap } = PROGRAMS;
const layout = layerLayout(CLAIM.target.machine, CLAIM.layer);
let world: RecursionWorld;
let claim: ProvedLayer;
let input: ProofInput;
before(async () => {
  world = await recursionWorld();
  const { shards, words } = toyExecution();
  claim = world.prover.prove('claim', [coreProof(shards[0]!)], { words });
  input = inputOf(world.system, claim);
});
after(() => world.close());

test('the claim verifies natively, and no other outputs do', () => {
  verifyRecursion(world.system, claim);
  for (const [i] of claim.publicValues.entries()) {
    const publicValues = claim.publicValues.map((value, j) => (i === j ? (value + 1) % P : value));
    assert.throws(() => verifyRecursion(world.system, { ...claim, publicValues }), VerificationError);
  }
});

test('wrap of an honest claim: its outputs, a witness, and the program of the blank proof', () => {
  const { program, publicValues } = recordRun(wrap, [input]);
  assert.deepEqual(publicValues, claim.publicValues);
  assert.deepEqual(outputOf(wrap.kind, publicValues, 'controlRoot'), controlRootOf(world.system).felts);
  assert.deepEqual(wrap.statement<NativeWires>(new NativeBackend(suiteKoalaBear), [input], {}), publicValues);
  assert.equal(programDigest(program), programDigest(recordProgram(wrap)));
  assert.ok(hasWitness(wrap, [input], {}));
});

test("pitfall 20: what ended with another exit code than 0 is wrapped as no program's", () => {
  const succeeded = digestOf(toyExecution());
  for (const code of [1, 0x10000, P]) {
    const failing = toyExecution({ words: { ...TOY_DIGEST, 16: code } });
    assert.deepEqual(digestOf(failing), succeeded);
    const proof = world.prover.prove('claim', [coreProof(failing.shards[0]!)], { words: failing.words });
    const failed = inputOf(world.system, proof);
    const { publicValues } = recordRun(wrap, [failed]);
    assert.notDeepEqual(outputOf(wrap.kind, publicValues, 'keyDigest'), succeeded);
    // Claiming the key for it is no way out.
    const claimed = { ...failed, publicValues: [...succeeded, ...failed.publicValues.slice(8)] };
    assert.throws(() => recordRun(wrap, [claimed]), VerificationError);
    assert.equal(hasWitness(wrap, [claimed], {}), false);
  }
});

test('each output of a claim altered alone: no witness', () => {
  for (const i of [0, 7, 8, 23, 24, 31]) {
    const publicValues = claim.publicValues.map((value, j) => (i === j ? (value + 1) % P : value));
    assert.throws(() => recordRun(wrap, [{ ...input, publicValues }]), VerificationError);
    assert.equal(hasWitness(wrap, [{ ...input, publicValues }], {}), false, `output ${i}`);
  }
});

test('the control tree: every place has a path, roots depend on all keys, their kinds and their order', () => {
  const treeOf = (kind: string, ...keys: readonly VerifyingKey[]) =>
    controlTree(keys.map((key) => ({ kind, layout, key })));
  const known = keyOf(world.system, 'finish');
  const key = (seed: number) => ({ ...known, root: Array.from({ length: 8 }, (_, i) => 100 * seed + i) });
  const keys = [known, key(1), key(2)];
  const roots = [
    treeOf('claim', ...keys),
    treeOf('span', ...keys),
    treeOf('claim', ...keys.slice(0, 2)),
    treeOf('claim', key(1), known, key(2)),
    treeOf('claim', known),
  ].map(({ root }) => String(root));
  assert.equal(new Set(roots).size, roots.length);
  const full = treeOf('claim', ...Array.from({ length: 2 ** CONTROL_DEPTH }, (_, i) => key(i)));
  for (let i = 0; i < 2 ** CONTROL_DEPTH; i++) assert.equal(full.position(i).path.length, CONTROL_DEPTH);
  for (const count of [0, 2 ** CONTROL_DEPTH + 1]) {
    assert.throws(() => treeOf('claim', ...new Array<VerifyingKey>(count).fill(known)), {
      code: 'CONTROL_TREE',
      message: /has room for 1 to 32 keys of recursion programs, got (?:0|33): /,
    });
  }
  assert.throws(() => controlTree([{ kind: 'empty', layout, key: known }]), { code: 'CONTROL_TREE' });
  assert.throws(() => treeOf('claim', ...keys).position(3), RangeError);
});
