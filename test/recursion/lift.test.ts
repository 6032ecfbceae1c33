import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VerificationError, ZkError } from '../../prover/core/errors.ts';
import { P } from '../../prover/field/koalabear.ts';
import { NativeBackend, type NativeWires } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { outputOf } from '../../prover/recursion/program.ts';
import { stateDigest } from '../../prover/recursion/statement/state.ts';
import { recordProgram, recordRun, type RecursionRun } from '../../prover/recursion/record.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { constantKey, keyDigest, type VerifyingKey } from '../../prover/stark/key.ts';
import type { LayerProof } from '../../prover/stark/proof.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { changedAt, numbersIn } from '../support/mutation.ts';
import type { LayerCase } from '../support/layer.ts';
import { coreInput, liftOf } from '../support/recursion-pipeline.ts';
import { hasWitness as isWitness } from '../support/recursion-system.ts';
import { TEST_ONLY_TINY, TEST_ONLY_TINY_LIFTED } from '../support/test-layers.ts';
import { toyGuestCase, toyGuestMachine } from '../support/toy-guest.ts';

const toy = toyGuestCase();
const { machine, parameters } = toy;

const program = liftOf(toy);
const { kind } = program;
/** What lift is told: nothing binds it here. */
const notes = { controlRoot: [1, 2, 3, 4, 5, 6, 7, 8] };

/** Runs lift over a toy proof with parts of it replaced. */
function run(from: LayerCase, changes: Partial<ReturnType<typeof coreInput>> = {}): RecursionRun {
  return recordRun(program, [{ ...coreInput(from), ...changes }], notes);
}

/** Whether the recorded run, honest or not, is a witness of its program. */
function hasWitness(proof: LayerProof, key = toy.provingKey.key, publicValues = toy.publicValues): boolean {
  return isWitness(program, [{ ...coreInput(toy), key, publicValues, proof }], notes);
}

test('lift of an honest proof: same outputs as the native run, a witness that checks', () => {
  const { publicValues } = run(toy);
  const on = new NativeBackend(suiteKoalaBear);
  const native = program.statement<NativeWires>(on, [coreInput(toy)], notes);
  assert.deepEqual(publicValues, native);
  const state = (from: number): readonly number[] => {
    const [pc, ...root] = toy.publicValues.slice(from, from + 9);
    return stateDigest<NativeWires>(on, pc!, root);
  };
  assert.deepEqual(outputOf(kind, publicValues, 'before'), state(0));
  assert.deepEqual(outputOf(kind, publicValues, 'after'), state(9));
  assert.deepEqual(outputOf(kind, publicValues, 'controlRoot'), notes.controlRoot);
  const digest = keyDigest<NativeWires>(on, toy.layout, constantKey(on, toy.layout, toy.provingKey.key));
  assert.deepEqual(outputOf(kind, publicValues, 'subject'), digest);
  assert.ok(hasWitness(toy.proof));
});

test('pitfall 4: one program for every height, step count and proof; another one for another layer', () => {
  const blank = programDigest(recordProgram(program));
  const shapes = [
    [3, 3, 3],
    [4, 4, 4],
    [5, 3, 4],
    [3, 6, 3],
  ] as const;
  for (const heights of shapes) {
    const other = toyGuestCase({ machine, heights, steps: 3 });
    assert.equal(programDigest(run(other).program), blank);
  }
  for (const other of [TEST_ONLY_TINY_LIFTED, { ...TEST_ONLY_TINY, queryPowBits: 3 }]) {
    assert.notEqual(programDigest(recordProgram(liftOf({ machine, parameters: other }))), blank);
  }
});

test('pitfall 4: heights and positions of the proof altered: no witness', () => {
  const { logHeights, positions } = toy.proof;
  for (const [i] of logHeights.entries()) {
    for (const step of [-1, 1]) {
      const changed = logHeights.map((h, j) => (i === j ? h + step : h));
      if (changed[i]! < 2 || changed[i]! > parameters.logRows) continue;
      assert.equal(hasWitness({ ...toy.proof, logHeights: changed }), false);
    }
  }
  const moved = positions.map((position, i) => (i === 0 ? position + 1 : position));
  assert.equal(hasWitness({ ...toy.proof, positions: moved }), false);
});

test('every part of a proof mutated: refused with the same code and place as natively, and without a witness', () => {
  const places = numbersIn(toy.proof);
  let checked = 0;
  // A prime stride visits every kind of field; the first and last are always there.
  const stride = 37;
  for (let i = 0; i < places.length; i += stride) {
    const place = places[i]!;
    const proof = changedAt(toy.proof, place);
    const refusal = (verify: () => unknown): { code: string; where: string } | undefined => {
      try {
        verify();
        return undefined;
      } catch (error) {
        assert.ok(error instanceof VerificationError, String(error));
        return { code: error.code, where: error.where };
      }
    };
    const native = refusal(() =>
      verifyNative(suiteKoalaBear, machine, parameters, toy.provingKey.key, toy.publicValues, proof),
    );
    const recorded = refusal(() => run(toy, { proof }));
    // A nonce may happen to work; nothing else may.
    assert.deepEqual(recorded, native, place.join('.'));
    if (native === undefined) assert.equal(place.at(-1), 'nonce');
    else if (i % (4 * stride) === 0) {
      assert.equal(hasWitness(proof), false, place.join('.'));
      checked++;
    }
  }
  assert.ok(checked > 5);
});

test('pitfall 1: every public value is bound', () => {
  for (const [i] of toy.publicValues.entries()) {
    const publicValues = toy.publicValues.map((value, j) => (i === j ? value + 1 : value));
    assert.throws(() => run(toy, { publicValues }), VerificationError);
    if (i < 4) assert.equal(hasWitness(toy.proof, undefined, publicValues), false);
  }
});

test('pitfall 9: every field of the key changes the digest and invalidates the proof', () => {
  const { key } = toy.provingKey;
  const root = key.root as number[];
  const changes: Partial<VerifyingKey>[] = [
    ...root.map((_, i) => ({ root: root.map((x, j) => (i === j ? (x + 1) % P : x)) })),
    ...key.logHeights.map((_, i) => ({ logHeights: key.logHeights.map((x, j) => (i === j ? x + 1 : x)) })),
    ...key.positions.map((_, i) => ({ positions: key.positions.map((x, j) => (i === j ? x + 64 : x)) })),
    ...key.felts.map((_, i) => ({ felts: key.felts.map((x, j) => (i === j ? x + 1 : x)) })),
  ];
  const on = new NativeBackend(suiteKoalaBear);
  const digests = new Set<string>();
  for (const change of [{}, ...changes]) {
    const changed = { ...key, ...change };
    digests.add(String(keyDigest<NativeWires>(on, toy.layout, constantKey(on, toy.layout, changed))));
    if (Object.keys(change).length === 0) continue;
    assert.throws(() => run(toy, { key: changed }), VerificationError);
    assert.equal(hasWitness(toy.proof, changed), false);
  }
  assert.equal(digests.size, changes.length + 1);
});

test('a machine without the public values of a core machine is refused', () => {
  const names = ['a', 'b', 'c'];
  for (const other of [
    { ...toyGuestMachine(), publicValueCount: 3, publicValueNames: names },
    { ...toyGuestMachine(), keyFeltNames: names },
  ]) {
    assert.throws(
      () => liftOf({ machine: other, parameters }),
      (error) => error instanceof ZkError && error.code === 'BAD_LAYER',
    );
  }
});

test('a proof of another kind, or another number of proofs, is refused', () => {
  const input = coreInput(toy);
  assert.throws(
    () => recordRun(program, [{ ...input, kind: 'span' }], notes),
    (error) => error instanceof VerificationError && error.code === 'kind',
  );
  for (const inputs of [[], [input, input], [{ ...input, publicValues: [] }]]) {
    assert.throws(() => recordRun(program, inputs, notes), RangeError);
  }
  assert.throws(() => recordRun(program, [input], {}), RangeError);
});
