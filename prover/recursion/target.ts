/**
 * The recursion machines of this version and what proves a run on one. All programs that make spans and claims share one machine, so
 * that one verifier serves every program of a kind; heights are the powers of two above the row counts of the largest ones.
 */
import type { Machine, MachineTrace, PreprocessedTraces } from '../air/machine.ts';
import { preprocessedColumns } from '../machines/recursion/preprocess.ts';
import { recursionMachine, type RecursionHeights } from '../machines/recursion/machine.ts';
import type { Program, Witness } from '../machines/recursion/program.ts';
import { mainTraces } from '../machines/recursion/trace.ts';

/** Heights of the machine of spans and claims; layers SPAN and CLAIM have room for exactly these. */
export const SPAN_HEIGHTS: RecursionHeights = { arithmetic: 16, bits: 14, packs: 13, limbs: 13, permutations: 14 };

/** Heights of the wrap machine; layer WRAP has room for exactly these. */
export const WRAP_HEIGHTS: RecursionHeights = { arithmetic: 14, bits: 12, packs: 11, limbs: 11, permutations: 12 };

/** A recursion machine with the means to lay out programs and runs on it. */
export type RecursionTarget = {
  readonly machine: Machine;
  readonly heights: RecursionHeights;
  /** Columns of the program's key. RecursionProgramError if the program does not fit. */
  readonly preprocess: (program: Program) => PreprocessedTraces;
  /** The witness of one run. */
  readonly trace: (run: { readonly program: Program; readonly witness: Witness }) => MachineTrace;
};

/** The target for programs with these heights; its machine is recorded once. */
export function recursionTarget(heights: RecursionHeights): RecursionTarget {
  return {
    machine: recursionMachine(heights),
    heights,
    preprocess: (program) => preprocessedColumns(program, heights),
    trace: ({ program, witness }) => mainTraces(program, witness, heights),
  };
}
