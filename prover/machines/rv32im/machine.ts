/**
 * The RV32IM machine: base chips and those of any list of extensions. A machine is a value; several with other extensions
 * may exist side by side.
 */
import { recordChip, type Bus } from '../../air/chip.ts';
import type { Machine, MachineTrace, PreprocessedTraces } from '../../air/machine.ts';
import { ZkError } from '../../core/errors.ts';
import { blankRecord, type ExecutionRecord } from '../../vm/execution-record.ts';
import { SYSCALLS } from '../../vm/isa/operations.ts';
import { MemoryTree } from '../../vm/memory-tree.ts';
import type { Program, Rom } from '../../vm/program.ts';
import type { ShardLimits } from '../../vm/run/limits.ts';
import { SYSCALL_NUMBER_LIMIT, type Syscall, type SyscallTable } from '../../vm/syscalls/table.ts';
import { BUSES, EXTENSION_BUS_START } from './buses.ts';
import { chipsWith } from './chips.ts';
import { interfaceOf } from './interface.ts';
import type { ChipModule, Extension } from './module.ts';
import { boundary, KEY_FELT_NAMES, PUBLIC_VALUE_NAMES, publicValuesOf } from './public-values.ts';
import { receivedNumbers } from './receivers.ts';
import { logHeightFor, Lookups } from './shared/fill.ts';

/** Log heights of all chips and their columns, in the order of the machine. */
export type TraceShape = readonly { readonly logHeight: number; readonly columns: { readonly length: number } }[];

/** A machine with all that turns programs and records into its tables. */
export type CoreMachine = {
  /** What prover and verifier work on. */
  readonly machine: Machine;
  readonly extensions: readonly Extension[];
  /** The system calls that executions for this machine may make, besides HALT, WRITE and COMMIT. */
  readonly syscalls: SyscallTable;
  /** Every bus, those of the extensions included. */
  readonly buses: readonly Bus[];
  /**
   * The main trace of every chip, and the public values. Errors: ZkError TRACE for a record that cannot be proved (a
   * misaligned access, a time of 2^24 or more, a system call that this machine has not).
   */
  readonly fill: (
    program: Program,
    record: ExecutionRecord,
  ) => { readonly main: MachineTrace; readonly publicValues: readonly number[] };
  /** The preprocessed columns of every chip. Errors: ZkError PROGRAM for a malformed program. */
  readonly preprocess: (program: Program) => PreprocessedTraces;
  /** The felts of the verifying key, in the order of KEY_FELT_NAMES. Errors: ZkError PROGRAM for an entry outside the text. */
  readonly keyFelts: (program: Program) => readonly number[];
  /** The shape that the trace of an execution has when it is filled. */
  readonly shape: (program: Program, record: ExecutionRecord) => TraceShape;
  /** What gives its chips their rows, and the cells of those whose height does not depend on the execution. */
  readonly room: (program: Program) => Pick<ShardLimits, 'chips' | 'fixedCells'>;
};

/**
 * The machine with these extensions. Errors: ZkError BAD_MACHINE for two extensions that share the number of a system
 * call or a bus, or claim one of the base.
 */
export function coreMachine(extensions: readonly Extension[]): CoreMachine {
  const syscalls = syscallTable(extensions);
  const buses = busesOf(extensions);
  const modules = chipsWith(extensions.flatMap(({ chips }) => chips));
  const chips = modules.map(({ definition }) => recordChip(definition));
  const machine: Machine = {
    name: ['rv32im', ...extensions.map(({ name }) => name)].join('+'),
    chips,
    publicValueCount: PUBLIC_VALUE_NAMES.length,
    publicValueNames: PUBLIC_VALUE_NAMES,
    keyFeltNames: KEY_FELT_NAMES,
    keyInterface: interfaceOf(chips),
    boundary,
  };
  checkReceivers(extensions);
  for (const { name, interactions } of machine.chips) {
    const other = interactions.find(({ bus }) => !buses.includes(bus));
    if (other !== undefined) bad(`chip "${name}" uses the bus "${other.bus.name}", which no extension lists`);
  }
  return {
    machine,
    extensions,
    syscalls,
    buses,
    fill: (program, record) => {
      refuseOtherCalls(record, syscalls);
      const context = { program, lookups: new Lookups(program.rom.rows) };
      return { main: modules.map(({ fill }) => fill(record, context)), publicValues: publicValuesOf(record) };
    },
    preprocess: (program) => modules.map(({ preprocess }) => preprocess?.(program) ?? []),
    keyFelts: ({ entry, rom, image }) => [checkedEntry(entry, rom), ...MemoryTree.of(image).root()],
    shape: (program, record) => shapeOf(machine, modules, program, record),
    room: (program) => roomOf(shapeOf(machine, modules, program, blankRecord()), modules),
  };
}

function shapeOf(
  { chips }: Machine,
  modules: readonly ChipModule[],
  program: Program,
  record: ExecutionRecord,
): TraceShape {
  return chips.map(({ columns, logHeight }, i) => ({
    logHeight: typeof logHeight === 'number' ? logHeight : logHeightFor(modules[i]?.rows(record, program) ?? 0),
    columns,
  }));
}

/** `shape`: that of no instructions. */
function roomOf(shape: TraceShape, modules: readonly ChipModule[]): Pick<ShardLimits, 'chips' | 'fixedCells'> {
  const all = shape.map(({ logHeight, columns }, i) => {
    const { definition, counts } = modules[i]!;
    return { name: definition.name, columns: columns.length, minLogHeight: logHeight, rows: counts };
  });
  const fixed = all.filter(({ rows }) => rows.length === 0);
  return {
    chips: all.filter(({ rows }) => rows.length > 0),
    fixedCells: fixed.reduce((sum, { columns, minLogHeight }) => sum + columns * 2 ** minLogHeight, 0),
  };
}

/**
 * Soundness: an execution under the key begins at its entry, with the instruction of that row. HALT leads to pc 1: an
 * execution that begins there would have ended without a single step.
 */
function checkedEntry(entry: number, { pc, rows }: Rom): number {
  if (pc.subarray(0, rows).includes(entry)) return entry;
  throw new ZkError('PROGRAM', `entry at 0x${entry.toString(16)}: there is no instruction`);
}

/** The system calls of extensions by number. Errors: ZkError BAD_MACHINE, see `coreMachine`. */
export function syscallTable(extensions: readonly Extension[]): SyscallTable {
  const table = new Map<number, Syscall>();
  for (const { name, syscalls } of extensions) {
    for (const [key, syscall] of Object.entries(syscalls)) {
      const number = Number(key);
      const what = `extension "${name}": system call ${syscall.name}`;
      if (!Number.isInteger(number) || number < 0 || number >= SYSCALL_NUMBER_LIMIT) {
        bad(`${what} expected a number below ${SYSCALL_NUMBER_LIMIT}, got ${key}`);
      }
      // Soundness: a chip that received the number of HALT, WRITE or COMMIT could give these another meaning.
      if (Object.values<number>(SYSCALLS).includes(number))
        bad(`${what} has number ${number}, which every machine has`);
      const known = table.get(number);
      if (known !== undefined) bad(`${what} has number ${number}, as ${known.name} has`);
      table.set(number, syscall);
    }
  }
  return table;
}

function busesOf(extensions: readonly Extension[]): Bus[] {
  const buses = [...BUSES];
  for (const { name, buses: own } of extensions) {
    for (const bus of own) {
      const what = `extension "${name}": bus "${bus.name}"`;
      if (bus.id < EXTENSION_BUS_START)
        bad(`${what} expected an identifier of at least ${EXTENSION_BUS_START}, got ${bus.id}`);
      const known = buses.find(({ id, name: other }) => id === bus.id || other === bus.name);
      if (known !== undefined) bad(`${what} shares its identifier ${bus.id} or its name with another bus`);
      buses.push(bus);
    }
  }
  return buses;
}

/** Soundness: every call has the meaning that its own extension gives it, and those of the base have no receiver. */
function checkReceivers(extensions: readonly Extension[]): void {
  for (const { name, syscalls, chips } of extensions) {
    for (const { definition } of chips) {
      const numbers = receivedNumbers(recordChip(definition));
      const what = `extension "${name}": chip "${definition.name}"`;
      if (numbers === undefined)
        bad(`${what} expected to receive system calls, with numbers that follow from its flags`);
      const other = [...numbers].find((number) => syscalls[number] === undefined);
      if (other !== undefined) bad(`${what} receives the system call ${other}, which is none of the extension's`);
    }
  }
}

function refuseOtherCalls(record: ExecutionRecord, syscalls: SyscallTable): void {
  for (const number of record.calls.keys()) {
    if (!syscalls.has(number)) throw new ZkError('TRACE', `this machine has no system call ${number}`);
  }
}

function bad(why: string): never {
  throw new ZkError('BAD_MACHINE', why);
}
