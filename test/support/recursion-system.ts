/**
 * A whole system over the toy machine, with the programs of the product and two more, which say whatever they are told: what a
 * prover could say if the rules of the others did not forbid it. Real proofs, at test-only parameters.
 */
import assert from 'node:assert/strict';
import { VerificationError } from '../../prover/core/errors.ts';
import { controlTree, type ControlTree } from '../../prover/recursion/control-root.ts';
import {
  CORE,
  type Notes,
  type ProofInput,
  type RecursionKind,
  type RecursionProgram,
} from '../../prover/recursion/program.ts';
import { checkProgram } from '../../prover/recursion/programs/check.ts';
import { finishCheckedProgram, finishProgram } from '../../prover/recursion/programs/finish.ts';
import { fusedProgram } from '../../prover/recursion/programs/fused.ts';
import { joinProgram } from '../../prover/recursion/programs/join.ts';
import { keyFields } from '../../prover/recursion/programs/key-fields.ts';
import { claimKind, spanKind } from '../../prover/recursion/programs/kinds.ts';
import { liftProgram } from '../../prover/recursion/programs/lift.ts';
import { wrapKind, wrapProgram } from '../../prover/recursion/programs/wrap.ts';
import { record, recordRun } from '../../prover/recursion/record.ts';
import type { RecursionWires } from '../../prover/recursion/backend.ts';
import { recursionTarget } from '../../prover/recursion/target.ts';
import type { VerifyingKey } from '../../prover/stark/key.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { controlled, defineSystem, type System, withKeys } from '../../prover/system/definition.ts';
import { coreKeyDigest } from '../../prover/system/program-key.ts';
import type { CoreProof, ExecutionProof, ProvedLayer } from '../../prover/system/proved-layer.ts';
import { StarkProver } from '../../prover/system/stark-prover.ts';
import type { LayerCase } from './layer.ts';
import { check, lay } from './recursion.ts';
import { testOnlyRecursion, TEST_ONLY_TINY } from './test-layers.ts';
import { toyCoreMachine, toyExecution, type ToyExecution } from './toy-guest.ts';

const HEIGHTS = { arithmetic: 14, bits: 10, packs: 11, limbs: 12, permutations: 11 };
const target = recursionTarget(HEIGHTS);

/** Kinds of the test's system. Their layers differ, as those of the product do. */
export const SPAN = spanKind(target, testOnlyRecursion('test-only-span', 15));
export const CLAIM = claimKind(target, testOnlyRecursion('test-only-claim', 15));
const WRAP = wrapKind(testOnlyRecursion('test-only-wrap', 15), HEIGHTS);

/** The one core layer. */
export const CORE_LAYER = { core: toyCoreMachine(), tier: TEST_ONLY_TINY };
const { machine } = CORE_LAYER.core;

/** A program whose proofs have any outputs: its note `chain` has all 32 of them. It verifies nothing. */
function sayAnything(kind: RecursionKind): RecursionProgram {
  return {
    id: `any-${kind.name}`,
    kind,
    accepts: [{ kind: CORE, machine, parameters: TEST_ONLY_TINY }],
    blankNotes: { chain: new Array<number>(32).fill(0) },
    statement: (on, _inputs, { chain = [] }) => chain.map((felt) => on.hintFelt(felt)),
  };
}

const end = { kind: CLAIM, span: SPAN, machine, tier: TEST_ONLY_TINY };
/** The programs by what they are called in the product. */
export const PROGRAMS = {
  lift: liftProgram(SPAN, machine, TEST_ONLY_TINY),
  fused: fusedProgram(CLAIM, machine, TEST_ONLY_TINY),
  join: joinProgram(SPAN, 2),
  check: checkProgram(SPAN, CLAIM),
  finish: finishProgram(end),
  finishChecked: finishCheckedProgram(end),
  wrap: wrapProgram(WRAP, CLAIM),
  anySpan: sayAnything(SPAN),
  anyClaim: sayAnything(CLAIM),
} as const;

/** The system, what proves in it, and what it makes of toy executions. */
export type RecursionWorld = {
  readonly system: System;
  readonly prover: StarkProver;
  /** A proof with these outputs, made by a program of the system that nothing binds. */
  readonly say: (kind: RecursionKind, ...outputs: readonly (readonly number[])[]) => ProvedLayer;
  readonly close: () => Promise<void>;
};

/** Makes the world with its keys. */
export async function recursionWorld(): Promise<RecursionWorld> {
  const layers = { cores: [CORE_LAYER.core], tiers: [CORE_LAYER.tier] };
  const definition = defineSystem({ ...layers, programs: Object.values(PROGRAMS) });
  const maker = await StarkProver.create(definition, 2);
  const keys = maker.computeKeys();
  await maker.close();
  const system = withKeys(definition, keys);
  const prover = await StarkProver.create(system, 2);
  // The first program that makes a kind is taken, so these two need a list of their own.
  const programs = [PROGRAMS.anySpan, PROGRAMS.anyClaim];
  const free = new Map(programs.map(({ id }) => [id, keys.get(id)!]));
  const sayer = await StarkProver.create(defineSystem({ ...layers, programs, keys: free }), 2);
  const [carrier] = executionProof(toyExecution()).shards;
  return {
    system,
    prover,
    say: (kind, ...outputs) => sayer.prove(kind.name, [carrier!], { chain: outputs.flat() }),
    close: async () => {
      await prover.close();
      await sayer.close();
    },
  };
}

/** The proof of a shard as the system has it. */
export function coreProof({ provingKey, publicValues, proof }: LayerCase): CoreProof {
  return { kind: CORE, tier: TEST_ONLY_TINY.id, key: provingKey.key, publicValues, proof };
}

/** The proof of an execution as the system has it. */
export function executionProof({ shards, words }: ToyExecution): ExecutionProof {
  return { shards: shards.map(coreProof), words };
}

/** What finish is told of an execution. */
export function endNotes({ shards, words }: ToyExecution): Required<Pick<Notes, 'words' | 'key'>> {
  return { words, key: keyFields(TEST_ONLY_TINY, shards[0]!.provingKey.key) };
}

/** The digest of an execution's key. */
export function digestOf({ shards }: ToyExecution): number[] {
  return coreKeyDigest(CORE_LAYER, shards[0]!.provingKey.key);
}

/** The tree of a system with some of its keys replaced, or under another kind. */
export function treeWith(
  system: System,
  change: (program: RecursionProgram) => { readonly kind?: string; readonly key?: VerifyingKey },
): ControlTree {
  return controlTree(
    controlled(system).map((program) => ({
      kind: program.kind.name,
      layout: layerLayout(program.kind.target.machine, program.kind.layer),
      key: system.keys.get(program.id)!,
      ...change(program),
    })),
  );
}

/**
 * Asserts that a program refuses these inputs: with this reason when it is recorded over them, and with no witness when it is recorded
 * all the same.
 */
export function assertRefused(
  program: RecursionProgram,
  inputs: readonly ProofInput[],
  notes: Notes,
  why: string,
): void {
  assert.throws(
    () => recordRun(program, inputs, notes),
    (error) => {
      assert.ok(error instanceof VerificationError, String(error));
      assert.equal(error.where, why);
      return true;
    },
  );
  assert.equal(hasWitness(program, inputs, notes), false, why);
}

/** Whether a program has a witness for these inputs, honest or not. */
export function hasWitness(program: RecursionProgram, inputs: readonly ProofInput[], notes: Notes): boolean {
  const run = record((on) => program.statement<RecursionWires>(on, inputs, notes), false);
  return check(lay({ ...run, publicValues: [...run.publicValues] })).ok;
}
