/** Spans and the control tree: what join, check, finish and wrap refuse of them. Attacks are named as in docs/recursion-programs.md. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { assertSame } from '../../prover/recursion/child.ts';
import { CONTROL_DEPTH } from '../../prover/recursion/control-root.ts';
import { outputOf, type ProofInput, type RecursionProgram } from '../../prover/recursion/program.ts';
import { RecursionBackend } from '../../prover/recursion/backend.ts';
import { recordProgram, recordRun } from '../../prover/recursion/record.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { CHECKED_SUBJECT } from '../../prover/recursion/statement/chain.ts';
import { stateDigest } from '../../prover/recursion/statement/state.ts';
import { defineSystem } from '../../prover/system/definition.ts';
import { controlRootOf, inputOf } from '../../prover/system/keys.ts';
import type { CoreProof, ProvedLayer } from '../../prover/system/proved-layer.ts';
import { StarkProver } from '../../prover/system/stark-prover.ts';
import { nativeBackend, type NativeWires } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import {
  assertRefused,
  CLAIM,
  coreProof,
  CORE_LAYER,
  digestOf,
  endNotes,
  hasWitness,
  PROGRAMS,
  recursionWorld,
  SPAN,
  treeWith,
  type RecursionWorld,
} from '../support/recursion-system.ts';
import { toyExecution } from '../support/toy-guest.ts';

const { join, check, finish, finishChecked, wrap } = PROGRAMS;
const on = nativeBackend(suiteKoalaBear);
/** Eight felts that are nothing else. */
const felts = (seed: number): number[] => Array.from({ length: 8 }, (_, i) => 1000 * seed + i);
const [PROGRAM, OTHER] = [felts(1), felts(2)];
const [S0, S1, S2, S3] = [felts(10), felts(11), felts(12), felts(13)];
const ROOT_WHY = 'one control root';
const CHAIN_WHY = 'a span begins where the one before it ends';
const SUBJECT_WHY = 'joined spans have one subject';

let world: RecursionWorld;
let root: readonly number[];
const input = (proof: ProvedLayer | CoreProof): ProofInput => inputOf(world.system, proof);
const said = (subject: number[], from: number[], to: number[], under = root): ProofInput =>
  input(world.say(SPAN, subject, from, to, under));

before(async () => {
  world = await recursionWorld();
  root = controlRootOf(world.system).felts;
});
after(() => world.close());

describe('a real execution in three shards', () => {
  it('is lifted, joined and finished; each proof verifies, and joining is associative', () => {
    const execution = toyExecution({ shards: [5, 4, 3] });
    const [a, b, c] = execution.shards.map((shard) => world.prover.prove('span', [coreProof(shard)]));
    const part = (proof: ProvedLayer, name: 'subject' | 'before' | 'after'): number[] =>
      outputOf(SPAN, proof.publicValues, name);
    const [left, right] = [world.prover.prove('span', [a!, b!]), world.prover.prove('span', [b!, c!])];
    const whole = world.prover.prove('span', [left, c!]);
    assert.deepEqual(recordRun(join, [input(a!), input(right)]).publicValues, whole.publicValues);
    const { key, publicValues } = coreProof(execution.shards[0]!);
    const stateOf = ([pc, ...memory]: readonly number[]): number[] => stateDigest<NativeWires>(on, pc!, memory);
    assert.deepEqual(part(whole, 'subject'), digestOf(execution));
    assert.deepEqual(part(whole, 'before'), stateOf(key.felts));
    assert.deepEqual(part(a!, 'after'), stateOf(publicValues.slice(9, 18)));
    const claim = world.prover.prove('claim', [whole], endNotes(execution));
    for (const proof of [a!, b!, c!, left, right, whole, claim]) verifyRecursion(world.system, proof);
    assert.deepEqual(outputOf(CLAIM, claim.publicValues, 'slot'), digestOf(execution));
    // One program each, whatever it is run over.
    assert.equal(
      programDigest(recordRun(finish, [input(whole)], endNotes(execution)).program),
      programDigest(recordProgram(finish)),
    );
    assert.equal(programDigest(recordRun(join, [input(a!), input(b!)]).program), programDigest(recordProgram(join)));
  });
});

describe('join', () => {
  let [a, b, c]: readonly ProofInput[] = [];
  before(() => {
    [a, b, c] = [said(PROGRAM, S0, S1), said(PROGRAM, S1, S2), said(PROGRAM, S2, S3)];
  });
  const refuses = (inputs: readonly (ProofInput | undefined)[], why: string): void =>
    assertRefused(join, inputs as ProofInput[], {}, why);

  it('takes neighbours', () => {
    assert.deepEqual(recordRun(join, [a!, b!]).publicValues, [...PROGRAM, ...S0, ...S2, ...root]);
    assert.ok(hasWitness(join, [a!, b!], {}));
  });

  it('refuses shards swapped', () => refuses([b, a], CHAIN_WHY));
  it('refuses a shard repeated', () => refuses([a, a], CHAIN_WHY));
  it('refuses a shard missing', () => refuses([a, c], CHAIN_WHY));
  it('refuses shards of two programs', () => refuses([a, said(OTHER, S1, S2)], SUBJECT_WHY));
  it('refuses an execution span joined to a checked span, on either side', () => {
    const checked = said([...CHECKED_SUBJECT], S1, S2);
    refuses([a, checked], SUBJECT_WHY);
    refuses([checked, c], SUBJECT_WHY);
  });
  it('refuses shards of two control roots, on either side', () => {
    const elsewhere = treeWith(world.system, ({ id }) => (id === 'check' ? { kind: 'claim' } : {}));
    assert.notDeepEqual(elsewhere.root, root);
    const index = a!.control!.index;
    const under = { ...said(PROGRAM, S1, S2, elsewhere.root as number[]), control: elsewhere.position(index) };
    refuses([a, under], ROOT_WHY);
    const first = { ...said(PROGRAM, S0, S1, elsewhere.root as number[]), control: elsewhere.position(index) };
    refuses([first, b], ROOT_WHY);
    // Both under the other one: an honest statement about that tree.
    assert.deepEqual(recordRun(join, [first, under]).publicValues.slice(24), elsewhere.root);
  });

  it('compares every element', () => {
    for (let i = 0; i < 8; i++) {
      const recorder = new RecursionBackend({ strict: true });
      const wires = (values: readonly number[]) => values.map((value) => recorder.hintFelt(value));
      assert.throws(
        () => assertSame(recorder, wires(S0), wires(S0.map((x, j) => (i === j ? x + 1 : x))), 'test'),
        VerificationError,
      );
      assertSame(recorder, wires(S0), wires(S0), 'test');
    }
    assert.throws(() => assertSame(on, S0, S0.slice(1), 'test'), RangeError);
  });
});

describe('the control tree', () => {
  /** Every consumer, over one input that it accepts and as many more as it takes. */
  const consumers = (span: ProofInput, claim: ProofInput) =>
    [
      [join, [span, span], {}],
      [finish, [span], endNotes(toyExecution())],
      [finishChecked, [span, span], endNotes(toyExecution())],
      [check, [claim], { chain: felts(0) }],
      [wrap, [claim], {}],
    ] as const;
  const pathOf = ({ accepts }: RecursionProgram): string => `${accepts[0]!.kind} key is in the control tree`;
  let span: ProofInput;
  let claim: ProofInput;
  before(() => {
    span = said(PROGRAM, S0, S1);
    claim = input(world.say(CLAIM, PROGRAM, felts(20), felts(21), root));
  });

  it('has room for 32 keys', () => assert.equal(CONTROL_DEPTH, 5));

  it('refuses a span for a claim and a claim for a span, at every consumer', () => {
    for (const [program, inputs, notes] of consumers(claim, span)) {
      assert.throws(
        () => recordRun(program, inputs, notes),
        (error) => error instanceof VerificationError && error.code === 'kind',
      );
      // Past the list: a proof that says it is of the other kind. Its key stands in the tree as what it is.
      const kind = program.accepts[0]!.kind;
      const disguised = inputs.map((proof) => ({ ...proof, kind }));
      assertRefused(program, disguised, notes, pathOf(program));
    }
  });

  it('refuses a key outside the tree, a wrong place and a wrong path, at every consumer', () => {
    const foreign = treeWith(world.system, ({ id, kind }) => {
      const key = world.system.keys.get(id)!;
      const changed = { ...key, root: (key.root as number[]).map((x) => x + 1) };
      return id === 'any-span' || id === 'any-claim' ? { key: changed } : { kind: kind.name };
    });
    for (const [program, inputs, notes] of consumers(span, claim)) {
      const at = inputs[0]!.control!.index;
      const places = [
        foreign.position(at),
        { ...inputs[0]!.control!, index: at ^ 1 },
        { ...inputs[0]!.control!, path: inputs[0]!.control!.path.map((node, i) => (i === 4 ? felts(5) : node)) },
      ];
      for (const control of places) {
        const changed = inputs.map((proof) => ({ ...proof, control }));
        assert.throws(
          () => recordRun(program, changed, notes),
          (error) => error instanceof VerificationError && error.where === pathOf(program),
        );
      }
      const first = inputs.map((proof) => ({ ...proof, control: places[0]! }));
      assert.equal(hasWitness(program, first, notes), false);
    }
  });

  it("pitfall 6: refuses a child whose root is not the path's, at every consumer", () => {
    // Genuine programs that say another root than the one their keys have a path to.
    const own = felts(30);
    const other = [said(PROGRAM, S0, S1, own), input(world.say(CLAIM, PROGRAM, felts(20), felts(21), own))] as const;
    for (const [program, inputs, notes] of consumers(...other)) assertRefused(program, inputs, notes, pathOf(program));
  });

  it('pitfall 6: refuses a genuine finish over a foreign lift under a self-made root', async () => {
    const programs = [PROGRAMS.anySpan, finish, check, wrap];
    const keys = new Map(programs.map(({ id }) => [id, world.system.keys.get(id)!]));
    const foreign = defineSystem({ cores: [CORE_LAYER.core], tiers: [CORE_LAYER.tier], programs, keys });
    const forger = await StarkProver.create(foreign, 2);
    try {
      const selfMade = controlRootOf(foreign).felts;
      const execution = toyExecution();
      const { key, publicValues } = coreProof(execution.shards[0]!);
      const stateOf = ([pc, ...memory]: readonly number[]): number[] => stateDigest<NativeWires>(on, pc!, memory);
      const states = [stateOf(key.felts), stateOf(publicValues.slice(9, 18))];
      const outputs = [digestOf(execution), ...states, selfMade].flat();
      const forgedSpan = forger.prove('span', [coreProof(execution.shards[0]!)], { chain: outputs });
      const forged = forger.prove('claim', [forgedSpan], endNotes(execution));
      // A true proof of finish, of this system's own key; but it says what it rests on.
      assert.deepEqual(forged.key, world.system.keys.get('finish'));
      assert.deepEqual(outputOf(CLAIM, forged.publicValues, 'controlRoot'), selfMade);
      assert.throws(
        () => verifyRecursion(world.system, forged),
        (error) => error instanceof VerificationError && error.code === 'control-root',
      );
      for (const [program, notes] of [
        [wrap, {}],
        [check, { chain: felts(0) }],
      ] as const) {
        assertRefused(program, [input(forged)], notes, pathOf(program));
        // With a path to the self-made root it goes on, and says so.
        const { publicValues: said } = recordRun(program, [inputOf(foreign, forged)], notes);
        assert.deepEqual(said.slice(24), selfMade);
      }
    } finally {
      await forger.close();
    }
  });
});
