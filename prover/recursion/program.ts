/**
 * What a recursion program is: a statement about proofs of some kinds, whose own proofs are of one kind. The list of a system
 * (`system/default.ts`) is all that keys, control tree, proof codec, prover and tables know of its members.
 */
import type { Machine } from '../air/machine.ts';
import { VerificationError, ZkError } from '../core/errors.ts';
import { PUBLIC_VALUES } from '../machines/recursion/memory.ts';
import type { LayerParameters } from '../stark/parameters.ts';
import type { KeyFields } from '../stark/key.ts';
import type { VerifiedProof } from '../stark/proof.ts';
import type { Backend, Wires } from '../verifier/backend.ts';
import type { SystemOpening } from '../vm/system-opening.ts';
import type { ControlPosition } from './control-root.ts';
import type { RecursionTarget } from './target.ts';

/** The kind of a core proof: an execution. All other kinds are those of recursion programs. */
export const CORE = 'core';

/**
 * What all proofs of a kind have in common, whichever program made them: machine, layer and the form of their outputs. A program
 * that accepts a kind therefore verifies every proof of it in one way.
 */
export type RecursionKind<Names extends string = string> = {
  /** Name in messages, progress and tables, and domain of the control leaves: small letters, digits, hyphens. */
  readonly name: string;
  readonly target: RecursionTarget;
  readonly layer: LayerParameters;
  /** Where each part stands in the outputs, [from, to); together they are all of them. */
  readonly outputs: Readonly<Record<Names, readonly [from: number, to: number]>>;
};

/** What one input of a program is: proofs of a kind, with its machine and layer. */
export type Accepted = {
  readonly kind: string;
  readonly machine: Machine;
  readonly parameters: LayerParameters;
};

/** A proof as input of a recursion program. */
export type ProofInput = VerifiedProof & {
  readonly kind: string;
  /** Where the key stands in the control tree; undefined for a core proof, whose key is an output instead. */
  readonly control: ControlPosition | undefined;
};

/** What a program is told besides proofs. None of it is trusted: a statement binds what it uses. */
export type Notes = {
  /** Of programs that verify no other ones: the root that whoever accepts their proofs compares with its own. */
  readonly controlRoot?: readonly number[];
  /** The system words in the last memory of an execution. */
  readonly words?: SystemOpening;
  /** What the key of the program that was executed holds. */
  readonly key?: KeyFields<number>;
  /** The chain before a checked statement. */
  readonly chain?: readonly number[];
};

/** A statement over any backend: verifies its inputs and returns the 32 outputs. `Names`: the notes that it needs. */
export type Statement<Names extends keyof Notes = never> = <W extends Wires>(
  on: Backend<W>,
  inputs: readonly ProofInput[],
  notes: Required<Pick<Notes, Names>>,
) => W['felt'][];

export type RecursionProgram = {
  /** Unique in a system; names the key in the generated file. */
  readonly id: string;
  /** Of the proofs that it makes. */
  readonly kind: RecursionKind;
  /** One entry per input. */
  readonly accepts: readonly Accepted[];
  /** Notes of the shapes that it needs, which say nothing. */
  readonly blankNotes: Notes;
  readonly statement: <W extends Wires>(on: Backend<W>, inputs: readonly ProofInput[], notes: Notes) => W['felt'][];
};

/** What a program is made of. */
export type ProgramParts<Names extends keyof Notes> = Pick<RecursionProgram, 'id' | 'kind' | 'accepts'> & {
  /** None for a program that needs none. */
  readonly blankNotes?: Required<Pick<Notes, Names>>;
  readonly statement: Statement<Names>;
};

/** The part of an output vector that a kind has under this name. */
export function outputOf<Names extends string, T>(
  { name: kind, outputs }: RecursionKind<Names>,
  values: readonly T[],
  name: Names,
): T[] {
  if (!Object.hasOwn(outputs, name)) throw new RangeError(`proofs of kind "${kind}" have no output "${name}"`);
  return values.slice(...outputs[name]);
}

/**
 * Makes a program whose statement refuses inputs that it is not for, before anything is recorded. Errors of the statement:
 * VerificationError `kind`; RangeError for a wrong number of inputs, public values, or control positions, or a missing note.
 */
export function recursionProgram<Names extends keyof Notes = never>(parts: ProgramParts<Names>): RecursionProgram {
  const { id, kind, accepts, statement, blankNotes = {} } = parts;
  if (accepts.length === 0) throw new ZkError('BAD_SYSTEM', `the recursion program "${id}" accepts no proof`);
  const program: RecursionProgram = {
    id,
    kind,
    accepts,
    blankNotes,
    statement: (on, inputs, notes) => {
      expectInputs(program, inputs);
      for (const name of Object.keys(blankNotes)) {
        if (!Object.hasOwn(notes, name)) throw new RangeError(`"notes.${name}" is missing for the program "${id}"`);
      }
      // Every note of the blank ones is there.
      const outputs = statement(on, inputs, notes as Required<Pick<Notes, Names>>);
      if (outputs.length !== PUBLIC_VALUES) {
        throw new RangeError(`the program "${id}" has ${outputs.length} outputs, expected ${PUBLIC_VALUES}`);
      }
      return outputs;
    },
  };
  return program;
}

function expectInputs({ id, accepts }: RecursionProgram, inputs: readonly ProofInput[]): void {
  if (inputs.length !== accepts.length) {
    throw new RangeError(`"inputs" expected ${accepts.length} proofs for the program "${id}", got ${inputs.length}`);
  }
  for (const [i, { kind, publicValues, control }] of inputs.entries()) {
    const { kind: expected, machine } = accepts[i]!;
    if (kind !== expected) {
      throw new VerificationError('kind', id, `input ${i} is a proof of kind "${kind}", expected ${expected}`);
    }
    if (publicValues.length !== machine.publicValueCount) {
      throw new RangeError(`"publicValues" expected ${machine.publicValueCount} elements, got ${publicValues.length}`);
    }
    if ((control === undefined) !== (kind === CORE)) {
      throw new RangeError(`"control" expected a position for every proof that is not a core proof, input ${i}`);
    }
  }
}
