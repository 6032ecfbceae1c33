/**
 * Recursion programs that only this file knows, in a system of its own: a list with two more members. One pairs two claims, so it
 * has two inputs and a kind of its own; the other accepts that kind, which puts it into the control tree.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { P } from '../../prover/field/koalabear.ts';
import { hashFelts } from '../../prover/hash/sponge-koalabear.ts';
import { decodeRecursion, encodeBody } from '../../prover/proofs/body.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { accept, verifyChildren } from '../../prover/recursion/child.ts';
import { controlTree } from '../../prover/recursion/control-root.ts';
import {
  outputOf,
  type RecursionKind,
  recursionProgram,
  type RecursionProgram,
} from '../../prover/recursion/program.ts';
import { fusedProgram } from '../../prover/recursion/programs/fused.ts';
import { recordRun } from '../../prover/recursion/record.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { controlled, coreLayers, defineSystem, type System, withKeys } from '../../prover/system/definition.ts';
import { controlRootOf, inputOf, keyOf, programFor } from '../../prover/system/keys.ts';
import type { CoreProof, ProvedLayer } from '../../prover/system/proved-layer.ts';
import { StarkProver } from '../../prover/system/stark-prover.ts';
import { CLAIM, hasWitness } from '../support/recursion-system.ts';
import { TEST_ONLY_TINY } from '../support/test-layers.ts';
import { toyCoreMachine, toyExecution } from '../support/toy-guest.ts';

// -- what two files of prover/recursion/programs would hold

/** Hash of the outputs of each claim, zeros, control root. */
const OUTPUTS = { left: [0, 8], right: [8, 16], zeros: [16, 24], controlRoot: [24, 32] } as const;
const PAIR: RecursionKind<keyof typeof OUTPUTS> = { ...CLAIM, name: 'pair', outputs: OUTPUTS };
const DOMAIN = 'test/pair';

const pair: RecursionProgram = recursionProgram({
  id: 'pair',
  kind: PAIR,
  accepts: [accept(CLAIM), accept(CLAIM)],
  statement: (on, inputs) => {
    const { values, root } = verifyChildren(on, [CLAIM, CLAIM], inputs);
    const zeros = Array.from({ length: 8 }, () => on.feltConst(0));
    return [...values.flatMap((outputs) => on.digestFelts(on.hashFelts(DOMAIN, outputs))), ...zeros, ...root];
  },
});

const again: RecursionProgram = recursionProgram({
  id: 'again',
  kind: PAIR,
  accepts: [accept(PAIR)],
  statement: (on, inputs) => [...verifyChildren(on, [PAIR], inputs).values[0]!],
});

// -- the system: two machines on one tier, and the list

const cores = [toyCoreMachine('toy'), toyCoreMachine('second toy')];
const tiers = [TEST_ONLY_TINY];
const layers = coreLayers({ cores, tiers });
const programs = [...layers.map(({ core, tier }) => fusedProgram(CLAIM, core.machine, tier)), pair, again];

let system: System;
let prover: StarkProver;
let proofs: { left: CoreProof; right: CoreProof; claims: [ProvedLayer, ProvedLayer]; paired: ProvedLayer };

before(async () => {
  const definition = defineSystem({ cores, tiers, programs });
  const maker = await StarkProver.create(definition, 2);
  const keys = maker.computeKeys();
  await maker.close();
  system = withKeys(definition, keys);
  prover = await StarkProver.create(system, 2);
  const executions = layers.map(({ core: { machine } }, i) => toyExecution({ machine, seed: 1 + i }));
  const [left, right] = executions.map(({ shards: [shard] }): CoreProof => {
    const { provingKey, publicValues, proof } = shard!;
    return { kind: 'core', tier: TEST_ONLY_TINY.id, key: provingKey.key, publicValues, proof };
  }) as [CoreProof, CoreProof];
  const claims = [left, right].map((core, i) => prover.prove('claim', [core], { words: executions[i]!.words }));
  const [first, second] = claims as [ProvedLayer, ProvedLayer];
  proofs = { left, right, claims: [first, second], paired: prover.prove('pair', [first, second]) };
});
after(() => prover.close());

const refused = (code: string) => (error: unknown) => error instanceof VerificationError && error.code === code;

describe('a recursion program of a test', () => {
  it('has a key, and a leaf of its own kind in the control tree', () => {
    assert.deepEqual(
      [...system.keys.keys()],
      ['fused/toy/test-only-tiny', 'fused/second toy/test-only-tiny', 'pair', 'again'],
    );
    assert.equal(new Set(Array.from(system.keys.values(), ({ root }) => String(root))).size, 4);
    assert.deepEqual(
      controlled(system).map(({ kind }) => kind.name),
      ['claim', 'claim', 'pair', 'pair'],
    );
    const as = (kind: string): string => {
      const entries = controlled(system).map((program) => ({
        kind: program === pair ? kind : program.kind.name,
        layout: layerLayout(CLAIM.target.machine, CLAIM.layer),
        key: keyOf(system, program.id),
      }));
      return String(controlTree(entries).root);
    };
    assert.equal(String(controlRootOf(system).felts), as('pair'));
    assert.notEqual(as('pair'), as('claim'));
  });

  it('takes proofs of two machines under one control root, verifies natively, and is accepted by another', () => {
    const { left, right, claims, paired } = proofs;
    assert.deepEqual([left.key.machine, right.key.machine], ['toy', 'second toy']);
    assert.notEqual(String(claims[0].key.root), String(claims[1].key.root));
    for (const proof of [...claims, paired]) verifyRecursion(system, proof);
    const part = (name: keyof typeof OUTPUTS): readonly number[] => outputOf(PAIR, paired.publicValues, name);
    assert.deepEqual(part('left'), hashFelts(DOMAIN, claims[0].publicValues));
    assert.deepEqual(part('right'), hashFelts(DOMAIN, claims[1].publicValues));
    assert.deepEqual(part('controlRoot'), controlRootOf(system).felts);
    const higher = prover.prove('pair', [paired]);
    verifyRecursion(system, higher);
    assert.deepEqual(higher.publicValues, paired.publicValues);
    assert.deepEqual(decodeRecursion(system, 'pair', encodeBody(system, higher)), higher);
  });

  it('is refused natively with other outputs, another key, or as another kind', () => {
    const { paired } = proofs;
    for (const i of [0, 15, 16, 31]) {
      const publicValues = paired.publicValues.map((value, j) => (i === j ? (value + 1) % P : value));
      assert.throws(() => verifyRecursion(system, { ...paired, publicValues }), VerificationError);
    }
    const { key } = proofs.claims[0];
    assert.throws(() => verifyRecursion(system, { ...paired, key }), refused('recursion-key'));
    assert.throws(() => verifyRecursion(system, { ...paired, kind: 'claim' }), refused('recursion-key'));
    assert.throws(() => verifyRecursion(system, { ...paired, kind: 'unknown' }), { code: 'BAD_KIND' });
  });

  it('refuses proofs of a kind that it does not accept', () => {
    const { left, claims, paired } = proofs;
    const [first, second] = claims;
    for (const inputs of [[left, first], [first], [first, first, second], [first, paired], []]) {
      assert.throws(() => prover.prove('pair', inputs), { code: 'BAD_KIND' });
    }
    assert.throws(() => prover.prove('claim', [paired]), { code: 'BAD_KIND' });
    assert.throws(() => prover.prove('unknown', [paired]), { code: 'BAD_KIND' });
    // Past the list, the program itself.
    const input = inputOf(system, first);
    assert.throws(() => recordRun(pair, [{ ...left, control: undefined }, input]), refused('kind'));
    assert.throws(() => recordRun(pair, [{ ...input, kind: 'other' }, input]), refused('kind'));
    assert.throws(() => recordRun(programFor(system, 'claim', [left]), [input]), refused('kind'));
  });

  it('refuses a proof of another core machine than the program is for', () => {
    const [first, second] = [programFor(system, 'claim', [proofs.left]), programFor(system, 'claim', [proofs.right])];
    assert.notEqual(first, second);
    const notes = first.blankNotes;
    assert.throws(() => recordRun(first, [{ ...proofs.right, control: undefined }], notes), { code: 'BAD_KEY' });
    const renamed = { ...proofs.right.key, machine: 'toy' };
    const disguised = { ...proofs.right, key: renamed, control: undefined };
    assert.throws(() => recordRun(first, [disguised], notes), VerificationError);
    assert.equal(hasWitness(first, [disguised], notes), false);
  });

  it('refuses keys in another place of the tree, or under another kind', () => {
    const [left, right] = proofs.claims.map((claim) => inputOf(system, claim));
    const { index, path, root } = right!.control!;
    const tree = controlTree(
      controlled(system).map(({ id }) => ({
        kind: 'pair',
        layout: layerLayout(CLAIM.target.machine, CLAIM.layer),
        key: keyOf(system, id),
      })),
    );
    for (const control of [
      { root, index: index ^ 1, path },
      { root, index, path: path.toReversed() },
      tree.position(1),
    ]) {
      assert.throws(() => recordRun(pair, [left!, { ...right!, control }]), refused('merkle-path'));
      assert.equal(hasWitness(pair, [left!, { ...right!, control }], {}), false);
    }
  });
});
