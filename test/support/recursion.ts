/** Finishing, laying out and checking recorded programs in tests. */
import { checkMachine, type CheckReport } from '../../prover/air/checker.ts';
import type { MachineTrace, PreprocessedTraces } from '../../prover/air/machine.ts';
import type { RecursionBackend } from '../../prover/recursion/backend.ts';
import { preprocessedColumns } from '../../prover/machines/recursion/preprocess.ts';
import { CHIP_ORDER, recursionMachine, type RecursionHeights } from '../../prover/machines/recursion/machine.ts';
import { PUBLIC_VALUES } from '../../prover/machines/recursion/memory.ts';
import { rowCounts, type Program, type Witness } from '../../prover/machines/recursion/program.ts';
import type { Wire } from '../../prover/recursion/form.ts';
import { mainTraces } from '../../prover/machines/recursion/trace.ts';

export type Recorded = { program: Program; witness: Witness; publicValues: number[] };

/** Finishes a backend's program; the outputs are padded with zeros. */
export function finish(on: RecursionBackend, outputs: readonly Wire[] = []): Recorded {
  const padded = Array.from({ length: PUBLIC_VALUES }, (_, i) => outputs[i] ?? on.feltConst(0));
  return { ...on.recorder.finish(padded), publicValues: padded.map((wire) => wire.value[0]) };
}

/** The smallest heights that hold a program. */
export function fittingHeights(program: Program): RecursionHeights {
  const counts = rowCounts(program);
  const log = (count: number): number => Math.max(3, Math.ceil(Math.log2(count)));
  return Object.fromEntries(CHIP_ORDER.map((name) => [name, log(counts[name])])) as unknown as RecursionHeights;
}

export type Laid = { heights: RecursionHeights; main: MachineTrace; pre: PreprocessedTraces; publicValues: number[] };

export function lay(recorded: Recorded, heights = fittingHeights(recorded.program)): Laid {
  const { program, witness, publicValues } = recorded;
  return {
    heights,
    main: mainTraces(program, witness, heights),
    pre: preprocessedColumns(program, heights),
    publicValues,
  };
}

export function check({ heights, main, pre, publicValues }: Laid, trace: MachineTrace = main): CheckReport {
  return checkMachine({
    machine: recursionMachine(heights),
    trace,
    preprocessed: pre,
    publicValues,
    keyFelts: [],
    maxPerLabel: 5,
  });
}
