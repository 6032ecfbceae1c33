/** What a machine is put together from: chips with all that belongs to them, and extensions, which are chips with system calls. */
import type { Bus, ChipDefinition } from '../../air/chip.ts';
import type { ChipTrace } from '../../air/machine.ts';
import type { ExecutionRecord } from '../../vm/execution-record.ts';
import type { Family } from '../../vm/isa/operations.ts';
import type { Program } from '../../vm/program.ts';
import type { ShardChip } from '../../vm/run/limits.ts';
import type { Syscall } from '../../vm/syscalls/table.ts';
import type { FillChip, FillContext } from './shared/fill.ts';

/** One chip: its constraints, and how its traces come from a program and the record of an execution. */
export type ChipModule = {
  readonly definition: ChipDefinition;
  /** The preprocessed columns, where the chip has any. ZkError PROGRAM for a program that has none. */
  readonly preprocess?: (program: Program) => Uint32Array[];
  /** The main columns. Counts all lookups of the chip. ZkError TRACE for a record that cannot be proved. */
  readonly fill: (record: ExecutionRecord, context: FillContext) => ChipTrace;
  /** How many rows `fill` needs, padding not included. Not asked where the machine fixes the height. */
  readonly rows: (record: ExecutionRecord, program: Program) => number;
  /** What of an execution gives it rows, at most; nothing for a chip whose height the program or the machine fixes. */
  readonly counts: ShardChip['rows'];
};

/** System calls with the chips that prove them. */
export type Extension = {
  readonly name: string;
  /** By number, from 0 to 2^16 - 1; no number of `SYSCALLS` and none of another extension. */
  readonly syscalls: Readonly<Record<number, Syscall>>;
  readonly chips: readonly ChipModule[];
  /** Buses of its own; identifiers from EXTENSION_BUS_START up, none of another extension. */
  readonly buses: readonly Bus[];
};

/** The chip of an instruction family, filled from that family's records. */
export function instructionChip(family: Family, definition: ChipDefinition, fill: FillChip): ChipModule {
  return {
    definition,
    fill: (record, context) => fill(record.families[family], context),
    rows: (record) => record.families[family].rows,
    counts: [{ of: family, each: 1 }],
  };
}
