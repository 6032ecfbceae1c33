import type { ChipTrace } from '../../../../air/machine.ts';
import { ZkError } from '../../../../core/errors.ts';
import { IMMEDIATE, OPERATIONS, familyOf, type Family } from '../../../../vm/isa/operations.ts';
import type { Rom } from '../../../../vm/program.ts';
import { registerAddress } from '../../../../vm/address-map.ts';
import { WRITES } from '../../shared/air.ts';
import { limbs, newTrace } from '../../shared/fill.ts';
import { COLUMNS, PREPROCESSED } from './columns.ts';

/** What a family reads of a decoded row. The rest is 0 in the table, because the chips send 0 for it. */
const USES: Readonly<Record<Family, readonly ('rd' | 'rs1' | 'rs2' | 'immediate' | 'extra')[]>> = {
  AddImm: ['rd', 'rs1', 'immediate', 'extra'],
  AddSub: ['rd', 'rs1', 'rs2'],
  Bitwise: ['rd', 'rs1', 'rs2', 'immediate'],
  Shift: ['rd', 'rs1', 'rs2', 'immediate'],
  LessThan: ['rd', 'rs1', 'rs2', 'immediate'],
  Branch: ['rs1', 'rs2', 'extra'],
  Jalr: ['rd', 'rs1', 'immediate', 'extra'],
  LoadWord: ['rd', 'rs1', 'immediate'],
  StoreWord: ['rs1', 'rs2', 'immediate'],
  LoadNarrow: ['rd', 'rs1', 'immediate'],
  StoreNarrow: ['rs1', 'rs2', 'immediate'],
  Mul: ['rd', 'rs1', 'rs2'],
  DivRem: ['rd', 'rs1', 'rs2'],
  Ecall: [],
};
/** Families that may drop their result (`write` = 0); the others that use rd always write it. */
const MAY_DROP: readonly Family[] = ['AddImm', 'Jalr', 'LoadWord', 'LoadNarrow'];

/** Errors: ZkError PROGRAM for a decoded row that no chip could execute as it stands. */
function checkRow(rom: Rom, i: number, family: Family): void {
  const pc = rom.pc[i]!;
  const refuse = (why: string): never => {
    throw new ZkError('PROGRAM', `text word at 0x${pc.toString(16)}: ${why}`);
  };
  if (pc === 0 || pc % 4 !== 0 || pc >= 2 ** 30) refuse('address expected a positive multiple of 4 below 2^30');
  const writes = rom.write[i]!;
  if (rom.rd[i]! > 31 || rom.rs1[i]! > 31 || rom.rs2[i]! > 31) refuse('register above 31');
  if (writes > 1 || (writes === 1 && rom.rd[i] === 0)) refuse('writes register 0');
  const uses = USES[family];
  if (uses.includes('rd') && !MAY_DROP.includes(family) && writes !== 1) refuse('a dropped result is an ADD_IMM');
  if (!uses.includes('rd') && writes !== 0) refuse('writes a register');
  const isTarget = family === 'AddImm' || family === 'Branch';
  if (isTarget && (rom.extra[i]! % 4 !== 0 || rom.extra[i]! > 2 ** 30)) refuse('target is not a text address');
  if (family === 'Jalr' && rom.extra[i] !== pc + 4) refuse('link is not the next address');
  // Soundness: the chip takes the link apart into 16 and 14 bits.
  if (family === 'Jalr' && pc + 4 >= 2 ** 30) refuse('a jump from the last word of memory has no room for its link');
}

/** The preprocessed columns of Rom. Errors: ZkError PROGRAM for text the machine cannot represent. */
export function preprocessRom(rom: Rom): Uint32Array[] {
  const { trace, column: c } = newTrace(PREPROCESSED, rom.rows);
  let previous = 0;
  for (let i = 0; i < rom.rows; i++) {
    const operation = rom.operation[i]!;
    const pc = rom.pc[i]!;
    c.pc[i] = pc;
    // Soundness: two rows for one address would let the prover choose between two instructions.
    if (pc <= previous) throw new ZkError('PROGRAM', `text addresses expected ascending from 4, got ${pc} in row ${i}`);
    previous = pc;
    const family = familyOf(operation);
    if (family === undefined) {
      if (operation !== OPERATIONS.TRAP) throw new ZkError('PROGRAM', `operation ${operation} has no chip`);
      continue;
    }
    checkRow(rom, i, family);
    const uses = USES[family];
    // Only Bitwise, Shift and LessThan have two forms; a store reads rs2 and the immediate.
    const hasForms = family === 'Bitwise' || family === 'Shift' || family === 'LessThan';
    const isImmediate = hasForms && operation >= IMMEDIATE;
    const isRegister = hasForms && !isImmediate;
    c.operation[i] = operation + WRITES * rom.write[i]!;
    if (uses.includes('rd')) c.rd[i] = registerAddress(rom.rd[i]!);
    if (uses.includes('rs1')) c.rs1[i] = registerAddress(rom.rs1[i]!);
    if (uses.includes('rs2') && !isImmediate) c.rs2[i] = registerAddress(rom.rs2[i]!);
    if (uses.includes('immediate') && !isRegister) limbs(c.immediate, i, rom.immediate[i]!);
    if (uses.includes('extra')) c.extra[i] = rom.extra[i]!;
  }
  return [...trace.columns];
}

/** The multiplicities of Rom. */
export function fillRom(rom: Rom, executions: Uint32Array): ChipTrace {
  const { trace, column } = newTrace(COLUMNS, rom.rows);
  column.executions.set(executions);
  return trace;
}
