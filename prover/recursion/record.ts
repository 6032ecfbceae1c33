/** Recording of recursion programs: over proofs, with their values, or over blanks of the same shapes. */
import { PUBLIC_VALUES } from '../machines/recursion/memory.ts';
import type { Program, Witness } from '../machines/recursion/program.ts';
import { blankKey, blankProof } from '../stark/blank.ts';
import { layerLayout } from '../stark/layout.ts';
import { RecursionBackend, type RecursionWires } from './backend.ts';
import { blankPosition } from './control-root.ts';
import { CORE, type Accepted, type Notes, type ProofInput, type RecursionProgram } from './program.ts';

/** A program of the recursion machine, run once: rows, values, public values. */
export type RecursionRun = {
  readonly program: Program;
  readonly witness: Witness;
  readonly publicValues: readonly number[];
};

/** Runs a program over proofs. VerificationError if one of them is not accepted. */
export function recordRun(program: RecursionProgram, inputs: readonly ProofInput[], notes: Notes = {}): RecursionRun {
  return record((on) => program.statement<RecursionWires>(on, inputs, notes), true);
}

/** The rows of a program, without proofs: what its key commits to. */
export function recordProgram(program: RecursionProgram): Program {
  const inputs = program.accepts.map((accepted) => blankInput(accepted));
  return record((on) => program.statement<RecursionWires>(on, inputs, program.blankNotes), false).program;
}

function blankInput({ kind, machine, parameters }: Accepted): ProofInput {
  const layout = layerLayout(machine, parameters);
  return {
    kind,
    key: blankKey(layout),
    publicValues: new Array<number>(machine.publicValueCount).fill(0),
    proof: blankProof(layout),
    control: kind === CORE ? undefined : blankPosition(),
  };
}

/** Records one statement; it has 32 outputs. `strict`: whether a failing assertion throws. */
export function record(
  statement: (on: RecursionBackend) => Parameters<RecursionBackend['recorder']['finish']>[0],
  strict: boolean,
): RecursionRun {
  const on = new RecursionBackend({ strict });
  const outputs = statement(on);
  if (outputs.length !== PUBLIC_VALUES) {
    throw new RangeError(`"statement" expected ${PUBLIC_VALUES} outputs, got ${outputs.length}`);
  }
  return { ...on.recorder.finish(outputs), publicValues: outputs.map((wire) => wire.value[0]) };
}
