/** Which function an address of the text belongs to, by symbols or, without any, by where calls go. */
import { OPERATIONS } from '../vm/isa/operations.ts';
import { hex } from '../vm/outcome.ts';
import type { Program, Rom } from '../vm/program.ts';
import type { FunctionSymbol } from '../elf/symbols.ts';

/** Registers that hold a return address, by the ABI: ra, and t0 for the compiler's save and restore routines. */
export const isLink = (register: number): boolean => register === 1 || register === 5;

/** Functions of a text. Addresses are looked up as `(pc - base) / 4`. */
export type FunctionTable = {
  readonly base: number;
  /** Function of each text word; text between functions belongs to functions without a name. */
  readonly functionAt: Int32Array;
  /** 1 where a function begins. */
  readonly startAt: Uint8Array;
  readonly names: readonly string[];
  readonly addresses: readonly number[];
  /** True when the names are those of the source, false when they are addresses. */
  readonly hasNames: boolean;
};

/**
 * Makes the table of a program. Symbols outside the text are left out; when none is left, functions are the entry and
 * every target of a direct call, and are named by their address.
 */
export function functionTable(program: Program, symbols: readonly FunctionSymbol[]): FunctionTable {
  const { rom } = program;
  const base = rom.pc[0] ?? 0;
  const length = ((rom.pc[rom.rows - 1] ?? base) - base) / 4 + 1;
  const contains = ({ address, size }: FunctionSymbol): boolean =>
    address >= base && address < base + 4 * length && address % 4 === 0 && size > 0;
  const named = symbols.filter(contains);
  const hasNames = named.length > 0;
  const functions = hasNames ? named : callTargets(program).map((address) => unnamed(address));
  const table = {
    base,
    functionAt: new Int32Array(length).fill(-1),
    startAt: new Uint8Array(length),
    names: [] as string[],
    addresses: [] as number[],
    hasNames,
  };
  for (const { address, size, name } of functions.toSorted((a, b) => a.address - b.address)) {
    const from = (address - base) / 4;
    table.startAt[from] = 1;
    table.functionAt.fill(table.names.length, from, Math.min(length, from + Math.ceil(size / 4)));
    table.names.push(name);
    table.addresses.push(address);
  }
  fillGaps(table);
  return table;
}

function unnamed(address: number): FunctionSymbol {
  return { address, size: 2 ** 30, name: hex(address) };
}

/** Each stretch of text without a function becomes one that is named by its address. */
function fillGaps(table: {
  readonly base: number;
  readonly functionAt: Int32Array;
  readonly names: string[];
  readonly addresses: number[];
}): void {
  let current = -1;
  for (let i = 0; i < table.functionAt.length; i++) {
    if (table.functionAt[i] !== -1) {
      current = -1;
      continue;
    }
    if (current === -1) {
      current = table.names.length;
      table.names.push(hex(table.base + 4 * i));
      table.addresses.push(table.base + 4 * i);
    }
    table.functionAt[i] = current;
  }
}

/** Entry and targets of calls: `jal ra, target`, or `auipc` and `jalr` one after the other. */
function callTargets({ rom, entry }: Program): number[] {
  const targets = new Set([entry]);
  for (let row = 0; row < rom.rows; row++) {
    const target = directTarget(rom, row);
    if (target !== undefined) targets.add(target);
  }
  const texts = new Set(rom.pc);
  return [...targets].filter((address) => texts.has(address));
}

function directTarget(rom: Rom, row: number): number | undefined {
  const operation = rom.operation[row];
  if (rom.write[row] !== 1 || !isLink(rom.rd[row] ?? 0)) return undefined;
  // jal is an addition with a next pc of its own.
  const next = rom.extra[row];
  if (operation === OPERATIONS.ADD_IMM) return next === (rom.pc[row] ?? 0) + 4 ? undefined : next;
  if (operation !== OPERATIONS.JALR || row === 0) return undefined;
  const isPair =
    rom.operation[row - 1] === OPERATIONS.ADD_IMM &&
    rom.rs1[row - 1] === 0 &&
    rom.rd[row - 1] === rom.rs1[row] &&
    rom.extra[row - 1] === rom.pc[row];
  return isPair ? ((rom.immediate[row - 1] ?? 0) + (rom.immediate[row] ?? 0)) >>> 0 : undefined;
}
