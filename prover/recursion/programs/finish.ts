/**
 * "finish": the span of a whole execution as its claim. "finish-checked": the same for a program that verified statements, with
 * the span of all of them. The program's key is a witness that its digest binds, so one program serves keys of every size.
 */
import type { Machine } from '../../air/machine.ts';
import { at } from '../../core/lists.ts';
import { blankKey } from '../../stark/blank.ts';
import { digestOfKeyFields, type KeyFields } from '../../stark/key.ts';
import { layerLayout } from '../../stark/layout.ts';
import type { LayerParameters } from '../../stark/parameters.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';
import { HALTED_PC } from '../../vm/address-map.ts';
import { rootOfOpening } from '../../vm/system-opening.ts';
import { accept, assertSame, verifyChildren } from '../child.ts';
import { outputOf, recursionProgram, type Notes, type ProofInput, type RecursionProgram } from '../program.ts';
import { CHECKED_SUBJECT } from '../statement/chain.ts';
import { EMPTY_CHAIN } from '../../vm/syscalls/chain.ts';
import { claimSlot } from '../statement/slot.ts';
import { stateDigest } from '../statement/state.ts';
import { assertNoChain, chainFelts, openedWords, type SystemLimbs } from '../statement/system-words.ts';
import { keyFields } from './key-fields.ts';
import { blankOpening, endsWithZero } from './ending.ts';
import type { ClaimKind, SpanKind } from './kinds.ts';
import { acceptShard, stateOf } from './shard.ts';

/** Kinds, and one of the core machines with one of its tiers: all of them have keys of one form. */
export type FinishParts = {
  readonly kind: ClaimKind;
  readonly span: SpanKind;
  readonly machine: Machine;
  readonly tier: LayerParameters;
};

type EndNotes = Required<Pick<Notes, 'words' | 'key'>>;

/** Finish for executions that verified no statements. */
export function finishProgram(parts: FinishParts): RecursionProgram {
  const { kind, span } = parts;
  return recursionProgram<keyof EndNotes>({
    id: 'finish',
    kind,
    accepts: [accept(span)],
    blankNotes: blankEnd(parts),
    statement: (on, inputs, notes) => {
      const { values, root } = verifyChildren(on, [span], inputs);
      const { outputs, limbs } = wholeExecution(on, parts, at(values, 0), notes);
      assertNoChain(on, limbs);
      return [...outputs, ...root];
    },
  });
}

/** Finish for executions that verified statements: the second proof is the span of them, from the empty chain on. */
export function finishCheckedProgram(parts: FinishParts): RecursionProgram {
  const { kind, span } = parts;
  const statement = <W extends Wires>(on: Backend<W>, inputs: readonly ProofInput[], notes: EndNotes): W['felt'][] => {
    const { values, root } = verifyChildren(on, [span, span], inputs);
    const { outputs, limbs } = wholeExecution(on, parts, at(values, 0), notes);
    const part = (name: 'subject' | 'before' | 'after'): W['felt'][] => outputOf(span, at(values, 1), name);
    const constant = (felts: readonly number[]): W['felt'][] => felts.map((felt) => on.feltConst(felt));
    assertSame(on, part('subject'), constant(CHECKED_SUBJECT), 'the second span is of checked statements');
    assertSame(on, part('before'), constant(EMPTY_CHAIN), 'checked statements begin with the empty chain');
    assertSame(on, part('after'), chainFelts(on, limbs), 'the checked statements are those that the program verified');
    return [...outputs, ...root];
  };
  return recursionProgram<keyof EndNotes>({
    id: 'finish-checked',
    kind,
    accepts: [accept(span), accept(span)],
    blankNotes: blankEnd(parts),
    statement,
  });
}

/** Asserts that a span is a whole execution. The outputs of its claim but the control root, and the words that it left. */
function wholeExecution<W extends Wires>(
  on: Backend<W>,
  { span, machine }: FinishParts,
  values: readonly W['felt'][],
  { words, key }: EndNotes,
): { readonly outputs: readonly W['felt'][]; readonly limbs: SystemLimbs<W> } {
  const part = (name: 'subject' | 'before' | 'after'): W['felt'][] => outputOf(span, values, name);
  const fields = hintKey(on, key);
  // Soundness: the digest binds every field. The subject of checked statements is the digest of no key.
  const subject = on.digestFelts(digestOfKeyFields(on, machine, fields));
  assertSame(on, subject, part('subject'), 'the key is that of the execution');
  const entry = stateOf<W>(fields.felts);
  assertSame(on, stateDigest(on, entry.pc, entry.root), part('before'), 'the execution begins where the program does');
  const root = rootOfOpening(words).map((felt) => on.hintFelt(felt));
  const halted = stateDigest(on, on.feltConst(HALTED_PC), root);
  assertSame(on, halted, part('after'), 'the execution ends where the program has halted');
  const limbs = openedWords(on, root, words);
  return { outputs: [...claimSlot(on, subject, limbs.exitCode, endsWithZero(words)), ...limbs.publicDigest], limbs };
}

function hintKey<W extends Wires>(on: Backend<W>, key: KeyFields<number>): KeyFields<W['felt']> {
  const hint = (values: readonly number[]): W['felt'][] => values.map((value) => on.hintFelt(value));
  const { shape, root, heights, positions, felts } = key;
  return {
    shape: hint(shape),
    root: hint(root),
    heights: hint(heights),
    positions: hint(positions),
    felts: hint(felts),
  };
}

function blankEnd({ machine, tier }: FinishParts): EndNotes {
  acceptShard(machine, tier);
  return { words: blankOpening(), key: keyFields(tier, blankKey(layerLayout(machine, tier))) };
}
