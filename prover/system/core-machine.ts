/** A core machine as a value: the AIR, and how programs and executions become its key and its trace. */
import type { Machine, MachineTrace, PreprocessedTraces } from '../air/machine.ts';
import { coreMachine, fillTrace, keyFelts, preprocessedTraces } from '../machines/rv32im/machine.ts';
import { zeroInitRows } from '../machines/rv32im/chips/zero-init/trace.ts';
import { logHeightFor } from '../machines/rv32im/shared/fill.ts';
import { FIELD, type ExecutionRecord } from '../vm/execution-record.ts';
import { FAMILIES, SYSCALLS } from '../vm/isa/operations.ts';
import type { Program } from '../vm/program.ts';

/** Log heights of all chips and their numbers of columns, in the order of the machine. */
export type TraceShape = readonly { readonly logHeight: number; readonly columns: { readonly length: number } }[];

/** One variant of the core machine. Several stand side by side in a system; each has lift programs of its own. */
export type CoreMachine = {
  /** Its name is that of the variant. */
  readonly machine: Machine;
  /** Numbers of the system calls that it proves. */
  readonly syscalls: ReadonlySet<number>;
  /** Main trace and public values of an execution. ZkError TRACE for a record that cannot be proved. */
  readonly fill: (
    program: Program,
    record: ExecutionRecord,
  ) => { readonly main: MachineTrace; readonly publicValues: readonly number[] };
  /** Columns of a program's key. ZkError PROGRAM for a malformed program. */
  readonly preprocess: (program: Program) => PreprocessedTraces;
  /** Felts of a program's key, as `machine.keyFeltNames` has them. */
  readonly keyFelts: (program: Program) => readonly number[];
  /** The shape that the trace of an execution has when it is filled. */
  readonly shape: (program: Program, record: ExecutionRecord) => TraceShape;
};

/** RV32IM with the system calls of this version. */
export function rv32im(): CoreMachine {
  const machine = coreMachine();
  return {
    machine,
    syscalls: new Set(Object.values(SYSCALLS)),
    fill: fillTrace,
    preprocess: preprocessedTraces,
    keyFelts,
    shape: (program, record) => shapeOf(machine, program, record),
  };
}

function shapeOf({ chips }: Machine, program: Program, record: ExecutionRecord): TraceShape {
  const hintReads = [...calledBy(record)].filter((number) => number === SYSCALLS.HINT_READ).length;
  const rows: Readonly<Record<string, number>> = {
    ...Object.fromEntries(FAMILIES.map((family) => [family, record.families[family].rows])),
    // Every HINT_READ has a row besides those of its words.
    HintWrite: record.hints.rows + hintReads,
    Rom: program.rom.rows,
    Image: program.image.rows,
    ZeroInit: zeroInitRows(record.zeroFinal, program.image),
  };
  return chips.map(({ name, columns, logHeight }) => ({
    logHeight: typeof logHeight === 'number' ? logHeight : logHeightFor(rows[name] ?? 0),
    columns,
  }));
}

/** The numbers of the system calls of an execution, one after the other. */
export function* calledBy({ families: { Ecall } }: ExecutionRecord): Generator<number> {
  for (let at = 0; at < Ecall.words.length; at += Ecall.width) yield Ecall.words[at + FIELD.rs1] ?? 0;
}
