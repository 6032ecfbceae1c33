/**
 * A recursion program that only this file knows, in a system of its own: a list with one more member. It joins two proofs, each
 * of an execution's lift or of a join, so it has two inputs, inputs of several kinds, and a kind of its own in the control tree.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { loadProgram } from '../../prover/elf/load.ts';
import { P } from '../../prover/field/koalabear.ts';
import { hashFelts } from '../../prover/hash/sponge-koalabear.ts';
import { decodeRecursion, encodeBody } from '../../prover/proofs/body.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { hintOutputs, verifyChild } from '../../prover/recursion/child.ts';
import { controlTree, type ControlPosition } from '../../prover/recursion/control-root.ts';
import {
  outputOf,
  type ProofInput,
  recursionProgram,
  type RecursionKind,
  type RecursionProgram,
  type Statement,
} from '../../prover/recursion/program.ts';
import { liftKind, liftProgram, type LiftKind } from '../../prover/recursion/programs/lift.ts';
import { recordRun } from '../../prover/recursion/record.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { controlled, coreLayers, defineSystem, type System, withKeys } from '../../prover/system/definition.ts';
import { controlRootOf, inputOf, keyOf, programFor } from '../../prover/system/keys.ts';
import type { CoreProof, ProvedLayer } from '../../prover/system/proved-layer.ts';
import { StarkProver } from '../../prover/system/stark-prover.ts';
import type { Backend, Wires } from '../../prover/verifier/backend.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';
import { HINT_LEN } from '../../prover/machines/extensions/hints/air.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence } from '../support/guest.ts';
import { hasWitness } from '../support/recursion-pipeline.ts';
import { testOnlyRecursion, TEST_ONLY_TINY } from '../support/test-layers.ts';
import { toyCoreMachine } from '../support/toy-guest.ts';

// -- what a file of prover/recursion/programs would hold

/** Hash of the outputs of each child, zeros, control root. */
const OUTPUTS = { left: [0, 8], right: [8, 16], zeros: [16, 24], controlRoot: [24, 32] } as const;
type JoinKind = RecursionKind<keyof typeof OUTPUTS>;

function joinProgram(lift: LiftKind): RecursionProgram {
  const kind: JoinKind = { ...lift, name: 'join', outputs: OUTPUTS };
  const child = { kinds: [lift.name, kind.name], machine: lift.target.machine, parameters: lift.layer };
  const statement: Statement = <W extends Wires>(on: Backend<W>, [left, right]: readonly ProofInput[]) => {
    const verify = (input: ProofInput, known?: readonly W['felt'][]) => {
      const values = hintOutputs(on, input);
      const { root, chosen } = verifyChild(on, child, input, values, known);
      // Soundness: the root of a join is that of its own children, so it must be ours.
      const isJoin = chosen[1]!;
      for (const [i, felt] of outputOf(kind, values, 'controlRoot').entries()) {
        const difference = on.feltMul(isJoin, on.feltSub(felt, root[i]!));
        on.assertFeltEqual(difference, on.feltConst(0), 'one control root');
      }
      return { root, digest: on.digestFelts(on.hashFelts('toy/join', values)) };
    };
    const first = verify(left!);
    const second = verify(right!, first.root);
    const zeros = Array.from({ length: 8 }, () => on.feltConst(0));
    return [...first.digest, ...second.digest, ...zeros, ...first.root];
  };
  return recursionProgram({ id: 'join', kind, accepts: [child, child], statement });
}

// -- the system: two machines on one tier, and the list

const lift = liftKind(testOnlyRecursion('test-only-lift', 15), {
  arithmetic: 14,
  bits: 10,
  packs: 11,
  limbs: 12,
  permutations: 11,
});
const cores = [toyCoreMachine('toy', new Map()), toyCoreMachine('toy with hints')];
const tiers = [TEST_ONLY_TINY];
const join = joinProgram(lift);
const programs = [...coreLayers({ cores, tiers }).map(({ core, tier }) => liftProgram(lift, core.machine, tier)), join];

const plain = loadProgram(assemble(haltSequence(0)).elf);
const hinted = loadProgram(assemble(`li t0, ${HINT_LEN}\necall\n${haltSequence(3)}`).elf);

let system: System;
let prover: StarkProver;
let proofs: { left: CoreProof; right: CoreProof; lifted: ProvedLayer[]; joined: ProvedLayer };

before(async () => {
  const definition = defineSystem({ cores, tiers, programs });
  const maker = await StarkProver.create(definition, 2);
  const keys = maker.computeKeys();
  await maker.close();
  system = withKeys(definition, keys);
  prover = await StarkProver.create(system, 2);
  const core = (program: typeof plain): CoreProof => {
    const { record } = executeRecorded(program, [new Uint8Array(4)]);
    assert.ok(record !== undefined);
    return prover.core(program, record);
  };
  const [left, right] = [core(plain), core(hinted)];
  const lifted = [left, right].map((proof) => prover.prove('lift', [proof]));
  proofs = { left, right, lifted, joined: prover.prove('join', lifted) };
});
after(() => prover.close());

const refused = (code: string) => (error: unknown) => error instanceof VerificationError && error.code === code;

/** What a join outputs of a child. */
const digestOf = ({ publicValues }: ProvedLayer): readonly number[] => hashFelts('toy/join', publicValues);

describe('a recursion program of a test', () => {
  it('has a key, and a leaf of its own kind in the control tree', () => {
    assert.deepEqual(
      [...system.keys.keys()],
      ['lift/toy/test-only-tiny', 'lift/toy with hints/test-only-tiny', 'join'],
    );
    assert.equal(new Set(Array.from(system.keys.values(), ({ root }) => String(root))).size, 3);
    assert.deepEqual(
      controlled(system).map(({ kind }) => kind.name),
      ['lift', 'lift', 'join'],
    );
    const as = (kind: string): string => {
      const entries = controlled(system).map((program) => ({
        kind: program === join ? kind : program.kind.name,
        layout: layerLayout(lift.target.machine, lift.layer),
        key: keyOf(system, program.id),
      }));
      return String(controlTree(entries).root);
    };
    assert.equal(String(controlRootOf(system).felts), as('join'));
    assert.notEqual(as('join'), as('lift'));
  });

  it('joins proofs of two machines under one control root, and verifies natively', () => {
    const { left, right, lifted, joined } = proofs;
    assert.deepEqual([left.key.machine, right.key.machine], ['toy', 'toy with hints']);
    assert.notEqual(String(lifted[0]!.key.root), String(lifted[1]!.key.root));
    assert.equal(joined.kind, 'join');
    for (const proof of [...lifted, joined]) verifyRecursion(system, proof);
    const part = (name: keyof typeof OUTPUTS): readonly number[] => outputOf(join.kind, joined.publicValues, name);
    assert.deepEqual(part('left'), digestOf(lifted[0]!));
    assert.deepEqual(part('right'), digestOf(lifted[1]!));
    assert.deepEqual(part('controlRoot'), controlRootOf(system).felts);
    // The exit code of the second guest came through.
    assert.deepEqual(outputOf(lift, lifted[1]!.publicValues, 'exitCode'), [3, 0]);
  });

  it('joins its own proofs with proofs of another kind', () => {
    const { lifted, joined } = proofs;
    const higher = prover.prove('join', [joined, lifted[0]!]);
    verifyRecursion(system, higher);
    assert.deepEqual(outputOf(join.kind, higher.publicValues, 'left'), digestOf(joined));
    assert.deepEqual(decodeRecursion(system, 'join', encodeBody(system, higher)), higher);
  });

  it('is refused natively with other public values, another key, or as another kind', () => {
    const { joined } = proofs;
    for (const i of [0, 15, 16, 31]) {
      const publicValues = joined.publicValues.map((value, j) => (i === j ? (value + 1) % P : value));
      assert.throws(() => verifyRecursion(system, { ...joined, publicValues }), VerificationError);
    }
    const { key } = proofs.lifted[0]!;
    assert.throws(() => verifyRecursion(system, { ...joined, key }), refused('recursion-key'));
    assert.throws(() => verifyRecursion(system, { ...joined, kind: 'lift' }), refused('recursion-key'));
    assert.throws(() => verifyRecursion(system, { ...joined, kind: 'unknown' }), { code: 'BAD_KIND' });
  });

  it('refuses proofs of a kind that it does not accept', () => {
    const { left, lifted, joined } = proofs;
    for (const inputs of [[left, lifted[0]!], [lifted[0]!], [lifted[0]!, lifted[0]!, lifted[1]!], []]) {
      assert.throws(() => prover.prove('join', inputs), { code: 'BAD_KIND' });
    }
    assert.throws(() => prover.prove('lift', [joined]), { code: 'BAD_KIND' });
    assert.throws(() => prover.prove('unknown', [joined]), { code: 'BAD_KIND' });
    // Past the list, the program itself.
    const input = inputOf(system, lifted[0]!);
    const core = { ...left, control: undefined };
    assert.throws(() => recordRun(join, [core, input]), refused('kind'));
    assert.throws(() => recordRun(join, [{ ...input, kind: 'other' }, input]), refused('kind'));
    assert.throws(() => recordRun(programFor(system, 'lift', [left]), [input]), refused('kind'));
  });

  it('refuses a proof of another core machine than the program is for', () => {
    const [first, second] = [programFor(system, 'lift', [proofs.left]), programFor(system, 'lift', [proofs.right])];
    assert.notEqual(first, second);
    assert.throws(() => recordRun(first, [{ ...proofs.right, control: undefined }]), { code: 'BAD_KEY' });
    const renamed = { ...proofs.right.key, machine: 'toy' };
    const disguised = { ...proofs.right, key: renamed, control: undefined };
    assert.throws(() => recordRun(first, [disguised]), VerificationError);
    assert.equal(hasWitness(first, disguised), false);
  });
});

describe('the position of a key', () => {
  const inputs = (): [ProofInput, ProofInput] => [
    inputOf(system, proofs.lifted[0]!),
    inputOf(system, proofs.lifted[1]!),
  ];
  const positionOf = ({ control }: ProofInput): ControlPosition => control!;
  /** The tree of the system with keys under kinds that are given. */
  const treeWith = (...kinds: readonly string[]) =>
    controlTree(
      controlled(system).map(({ id }, i) => ({
        kind: kinds[i]!,
        layout: layerLayout(lift.target.machine, lift.layer),
        key: keyOf(system, id),
      })),
    );
  const refuses = (...changed: readonly ProofInput[]): void => {
    assert.throws(() => recordRun(join, changed), VerificationError);
    assert.equal(hasWitness(join, ...changed), false);
  };

  it('is that of its kind: a key in the tree is not one of another kind', () => {
    const [left, right] = inputs();
    recordRun(join, [left, right]);
    // The proof says it is a join, the tree that its key is one of lift.
    refuses({ ...left, kind: 'join' }, right);
    // The tree says that the key is one of a join, the proof that it is of lift.
    const tree = treeWith('join', 'lift', 'join');
    refuses({ ...left, control: tree.position(0) }, { ...right, control: tree.position(1) });
    // A kind that the program knows nothing of.
    const foreign = treeWith('other', 'lift', 'join');
    refuses({ ...left, control: foreign.position(0) }, { ...right, control: foreign.position(1) });
  });

  it('is the right one: index, path and root', () => {
    const [left, right] = inputs();
    const { root, index, path } = positionOf(right);
    const bump = (digest: readonly number[]): number[] => digest.map((x, i) => (i === 2 ? (x + 1) % P : x));
    refuses(left, { ...right, control: { root, index: index ^ 1, path } });
    refuses(left, { ...right, control: { root, index, path: path.map((node, i) => (i === 1 ? bump(node) : node)) } });
    refuses({ ...left, control: { ...positionOf(left), root: bump(root) } }, right);
  });

  it('ends in one root for both children, and in that of a child that has one', () => {
    const [left, right] = inputs();
    const other = controlTree([
      ...controlled(system).map(({ id, kind }) => ({
        kind: kind.name,
        layout: layerLayout(lift.target.machine, lift.layer),
        key: keyOf(system, id),
      })),
      { kind: 'lift', layout: layerLayout(lift.target.machine, lift.layer), key: keyOf(system, 'join') },
    ]);
    refuses(left, { ...right, control: other.position(1) });
    // Both children in another tree: a statement about that tree, so the join below it must be one, too.
    recordRun(join, [
      { ...left, control: other.position(0) },
      { ...right, control: other.position(1) },
    ]);
    const joined = { ...inputOf(system, proofs.joined), control: other.position(2) };
    refuses(joined, { ...right, control: other.position(1) });
  });
});
