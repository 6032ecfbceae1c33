/**
 * What trace filling shares: columns as typed arrays, counters of table lookups, the gap of an access. Filling runs once
 * per executed instruction, so it works on typed arrays and creates no object per row. Non-null assertions in trace files
 * stand on indices that are in range by construction.
 */
import { listColumns, mapColumns, type Columns, type Row } from '../../../air/columns.ts';
import type { ChipTrace } from '../../../air/machine.ts';
import { ZkError } from '../../../core/errors.ts';
import { registerAddress } from '../../../vm/address-map.ts';
import type { Program } from '../../../vm/program.ts';
import { IMMEDIATE } from '../../../vm/isa/operations.ts';
import { FIELD, type RecordTable } from '../../../vm/execution-record.ts';

/** Counts how often each tuple of the tables is looked up: the multiplicities of VarRange, Byte and Rom. */
export class Lookups {
  /** Row 2^bits + value, bits <= 15. */
  readonly short = new Uint32Array(2 ** 16);
  /** Row value, bits = 16. */
  readonly limb = new Uint32Array(2 ** 16);
  /** Row x + 256 y. */
  readonly pair = new Uint32Array(2 ** 16);
  readonly and = new Uint32Array(2 ** 16);
  /** Row of the decoded program. */
  readonly rom: Uint32Array;

  constructor(romRows: number) {
    this.rom = new Uint32Array(romRows);
  }

  range16(value: number): void {
    if (value >>> 0 >= 2 ** 16) throw rangeError(value, 16);
    this.limb[value]!++;
  }

  range(value: number, bits: number): void {
    if (value >>> 0 >= 2 ** bits) throw rangeError(value, bits);
    this.short[2 ** bits + value]!++;
  }

  bytes(x: number, y: number): void {
    if (x >>> 0 >= 256 || y >>> 0 >= 256) throw rangeError(x >>> 0 >= 256 ? x : y, 8);
    this.pair[x + 256 * y]!++;
  }

  byteAnd(x: number, y: number): void {
    if (x >>> 0 >= 256 || y >>> 0 >= 256) throw rangeError(x >>> 0 >= 256 ? x : y, 8);
    this.and[x + 256 * y]!++;
  }
}

function rangeError(value: number, bits: number): ZkError {
  return new ZkError('TRACE', `the record cannot be a trace: ${value} has to be below 2^${bits}`);
}

/** The address of register 0: chips hold registers by their addresses. */
export const REGISTERS = registerAddress(0);

/** What every chip is filled from besides its records. */
export type FillContext = { readonly program: Program; readonly lookups: Lookups };

/** Zeroed columns: as the trace that is handed on, and by name for filling. */
export type NewTrace<S extends Columns> = {
  readonly trace: ChipTrace;
  readonly column: Row<S, Uint32Array>;
  readonly height: number;
};

/** Smallest allowed log height that holds `rows`. */
export function logHeightFor(rows: number): number {
  let log = 2;
  while (2 ** log < rows) log++;
  return log;
}

/** Allocates the columns of a layout for at least `rows` rows. */
export function newTrace<S extends Columns>(layout: S, rows: number, logHeight = logHeightFor(rows)): NewTrace<S> {
  const height = 2 ** logHeight;
  const columns = listColumns(layout).map(() => new Uint32Array(height));
  const column = mapColumns(layout, (info) => columns[info.index]!);
  return { trace: { logHeight, columns }, column, height };
}

/** The two columns of an access order check. */
export type OrderColumns = readonly [Uint32Array, Uint32Array];

/** Fills the order check of an access and returns the high part of its gap. */
export function gap(order: OrderColumns, row: number, at: number, previous: number, lookups: Lookups): number {
  const distance = at - previous - 1;
  if (distance < 0 || distance >= 2 ** 24) {
    throw new ZkError('TRACE', `an access at time ${at} cannot follow one at time ${previous}`);
  }
  const low = distance & 0xffff;
  order[0][row] = previous;
  order[1][row] = low;
  lookups.limb[low]!++;
  return distance >>> 16;
}

/** Writes a word as two limbs. */
export function limbs(columns: readonly [Uint32Array, Uint32Array], row: number, word: number): void {
  columns[0][row] = word & 0xffff;
  columns[1][row] = word >>> 16;
}

/** Writes a word as four bytes. */
export function bytes(
  columns: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array],
  row: number,
  word: number,
): void {
  columns[0][row] = word & 0xff;
  columns[1][row] = (word >>> 8) & 0xff;
  columns[2][row] = (word >>> 16) & 0xff;
  columns[3][row] = word >>> 24;
}

/** Counts both limbs of a word as 16-bit range checks. */
export function limbRanges(lookups: Lookups, word: number): void {
  lookups.limb[word & 0xffff]!++;
  lookups.limb[word >>> 16]!++;
}

/** Counts the range checks of `wordAddress` for a byte address; refuses one that is misaligned or not below 2^30. */
export function countWordAddress(lookups: Lookups, address: number): void {
  if ((address & 3) !== 0) throw new ZkError('TRACE', `the record cannot be a trace: address ${address} is misaligned`);
  lookups.range((address & 0xffff) >>> 2, 14);
  lookups.range(address >>> 16, 14);
}

/** Columns that `fillStep` writes. */
type StepColumns = { readonly pc: Uint32Array; readonly time: Uint32Array };

/** Fills pc and time of one instruction, counts its program row, and returns that row. */
export function fillStep(
  column: StepColumns,
  row: number,
  words: Uint32Array,
  at: number,
  context: FillContext,
): number {
  const romRow = words[at + FIELD.romRow]!;
  column.pc[row] = words[at + FIELD.pc]!;
  column.time[row] = words[at + FIELD.time]!;
  context.lookups.rom[romRow]!++;
  return romRow;
}

/** Columns that `rTypeFiller` writes: see `rType`. */
type RTypeColumns = StepColumns & {
  readonly rd: Uint32Array;
  readonly rs1: Uint32Array;
  readonly rs2: Uint32Array;
  readonly rs1Order: OrderColumns;
  readonly rs2Order: OrderColumns;
  readonly rdBefore: readonly [Uint32Array, Uint32Array];
  readonly rdOrder: OrderColumns;
};

/**
 * Makes the function that fills the step and the three accesses of `rType` (rs2 only where the instruction reads it) from
 * the record at word `at`, `byte` being what is paired with the gap of rd; it returns the program row. One function per
 * trace, so that what runs per row reads no property of a layout, which differ from chip to chip.
 */
export function rTypeFiller(
  { pc, time, rd, rs1, rs2, rs1Order, rs2Order, rdBefore, rdOrder }: RTypeColumns,
  words: Uint32Array,
  { program, lookups }: FillContext,
): (row: number, at: number, byte?: number) => number {
  const { rom } = program;
  return (row, at, byte = 0) => {
    const i = words[at + FIELD.romRow]!;
    const now = words[at + FIELD.time]!;
    lookups.rom[i]!++;
    pc[row] = words[at + FIELD.pc]!;
    time[row] = now;
    rd[row] = REGISTERS + rom.rd[i]!;
    rs1[row] = REGISTERS + rom.rs1[i]!;
    if (rom.operation[i]! < IMMEDIATE) rs2[row] = REGISTERS + rom.rs2[i]!;
    limbs(rdBefore, row, words[at + FIELD.rdOld]!);
    const rs1High = gap(rs1Order, row, now, words[at + FIELD.rs1PrevTime]!, lookups);
    const rs2High = gap(rs2Order, row, now + 1, words[at + FIELD.rs2PrevTime]!, lookups);
    lookups.bytes(rs1High, rs2High);
    lookups.bytes(gap(rdOrder, row, now + 3, words[at + FIELD.rdPrevTime]!, lookups), byte);
    return i;
  };
}

/** Zeroed columns for the records of an instruction family, and what they are filled from. */
export function startTrace<S extends Columns>(layout: S, table: RecordTable, context: FillContext) {
  const { words, width, rows } = table;
  const { lookups, program } = context;
  return { ...newTrace(layout, rows), words, width, rows, lookups, rom: program.rom };
}

/** Fills one chip from its records. */
export type FillChip = (table: RecordTable, context: FillContext) => ChipTrace;
