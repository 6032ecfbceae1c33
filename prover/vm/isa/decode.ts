/**
 * Decodes RV32IM text into ROM rows. Executor and proof share the result; the rewrites are those of the protocol
 * document, section 3.1, and depend on nothing but the word and its address.
 */
import { IMMEDIATE, OPERATIONS } from './operations.ts';
import type { Rom } from '../program.ts';

/** Byte addresses, targets included, are below this. */
export const ADDRESS_LIMIT = 2 ** 30;

/** One decoded instruction: the fields of a ROM row. */
export type Decoded = {
  readonly operation: number;
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  readonly write: number;
  readonly immediate: number;
  readonly extra: number;
};

const TRAP: Decoded = { operation: OPERATIONS.TRAP, rd: 0, rs1: 0, rs2: 0, write: 0, immediate: 0, extra: 0 };

const { ADD, SUB, SLL, SLT, SLTU, XOR, SRL, SRA, OR, AND } = OPERATIONS;
/** By funct3; funct7 = 0. */
const ALU = [ADD, SLL, SLT, SLTU, XOR, SRL, OR, AND] as const;
const MULTIPLY = [
  OPERATIONS.MUL,
  OPERATIONS.MULH,
  OPERATIONS.MULHSU,
  OPERATIONS.MULHU,
  OPERATIONS.DIV,
  OPERATIONS.DIVU,
  OPERATIONS.REM,
  OPERATIONS.REMU,
] as const;
const BRANCHES = [
  OPERATIONS.BEQ,
  OPERATIONS.BNE,
  undefined,
  undefined,
  OPERATIONS.BLT,
  OPERATIONS.BGE,
  OPERATIONS.BLTU,
  OPERATIONS.BGEU,
] as const;
const LOADS = [OPERATIONS.LB, OPERATIONS.LH, OPERATIONS.LW, undefined, OPERATIONS.LBU, OPERATIONS.LHU] as const;
const STORES = [OPERATIONS.SB, OPERATIONS.SH, OPERATIONS.SW] as const;

/** Decodes the instruction `word` at byte address `pc` (a multiple of 4, at most 2^30 - 8). */
export function decode(word: number, pc: number): Decoded {
  const rd = (word >>> 7) & 31;
  const funct3 = (word >>> 12) & 7;
  const rs1 = (word >>> 15) & 31;
  const rs2 = (word >>> 20) & 31;
  const funct7 = word >>> 25;
  const immediateI = (word >> 20) >>> 0;
  switch (word & 0x7f) {
    case 0x37: // lui
      return addImmediate(rd, 0, (word & 0xfffff000) >>> 0, pc + 4);
    case 0x17: // auipc
      return addImmediate(rd, 0, (pc + (word & 0xfffff000)) >>> 0, pc + 4);
    case 0x6f: // jal
      return isTarget(pc + offsetJ(word)) ? addImmediate(rd, 0, pc + 4, pc + offsetJ(word)) : TRAP;
    case 0x67:
      if (funct3 !== 0) return TRAP;
      return withWrite(OPERATIONS.JALR, rd, rs1, immediateI, pc + 4);
    case 0x63: {
      const operation = BRANCHES[funct3];
      // A misaligned target traps even when the branch is not taken: the row has no chip.
      if (operation === undefined || !isTarget(pc + offsetB(word))) return TRAP;
      return { operation, rd: 0, rs1, rs2, write: 0, immediate: 0, extra: pc + offsetB(word) };
    }
    case 0x03: {
      const operation = LOADS[funct3];
      return operation === undefined ? TRAP : withWrite(operation, rd, rs1, immediateI, 0);
    }
    case 0x23: {
      const operation = STORES[funct3];
      if (operation === undefined) return TRAP;
      const immediate = (((word >> 25) << 5) | rd) >>> 0;
      return { operation, rd: 0, rs1, rs2, write: 0, immediate, extra: 0 };
    }
    case 0x13:
      return decodeAluImmediate(word, pc, immediateI);
    case 0x33: {
      const operation = aluOperation(funct3, funct7);
      if (operation === undefined) return TRAP;
      if (rd === 0) return dropped(pc + 4);
      return { operation, rd, rs1, rs2, write: 1, immediate: 0, extra: 0 };
    }
    case 0x0f: // fence; fence.i (funct3 = 1) is not part of RV32IM
      return funct3 === 0 ? dropped(pc + 4) : TRAP;
    case 0x73:
      return word === 0x73 ? { ...TRAP, operation: OPERATIONS.ECALL } : TRAP;
    default:
      return TRAP;
  }
}

/** Decodes every text word into a ROM. `pc` and `words` have one entry per row. */
export function decodeText(pc: Uint32Array, words: Uint32Array): Rom {
  const rows = pc.length;
  const operation = new Uint8Array(rows);
  const rd = new Uint8Array(rows);
  const rs1 = new Uint8Array(rows);
  const rs2 = new Uint8Array(rows);
  const write = new Uint8Array(rows);
  const immediate = new Uint32Array(rows);
  const extra = new Uint32Array(rows);
  for (const [row, address] of pc.entries()) {
    const one = decode((words[row] ?? 0) >>> 0, address);
    operation[row] = one.operation;
    rd[row] = one.rd;
    rs1[row] = one.rs1;
    rs2[row] = one.rs2;
    write[row] = one.write;
    immediate[row] = one.immediate;
    extra[row] = one.extra;
  }
  return { rows, pc, operation, rd, rs1, rs2, write, immediate, extra };
}

function decodeAluImmediate(word: number, pc: number, immediate: number): Decoded {
  const rd = (word >>> 7) & 31;
  const funct3 = (word >>> 12) & 7;
  const rs1 = (word >>> 15) & 31;
  if (funct3 === 0) return addImmediate(rd, rs1, immediate, pc + 4);
  const isShift = funct3 === 1 || funct3 === 5;
  const operation = isShift ? shiftOperation(funct3, word >>> 25) : ALU[funct3];
  if (operation === undefined) return TRAP;
  if (rd === 0) return dropped(pc + 4);
  const value = isShift ? (word >>> 20) & 31 : immediate;
  return { operation: operation + IMMEDIATE, rd, rs1, rs2: 0, write: 1, immediate: value, extra: 0 };
}

function shiftOperation(funct3: number, funct7: number): number | undefined {
  if (funct7 === 0) return funct3 === 1 ? SLL : SRL;
  return funct7 === 0x20 && funct3 === 5 ? SRA : undefined;
}

function aluOperation(funct3: number, funct7: number): number | undefined {
  if (funct7 === 0) return ALU[funct3];
  if (funct7 === 1) return MULTIPLY[funct3];
  if (funct7 !== 0x20) return undefined;
  if (funct3 === 0) return SUB;
  return funct3 === 5 ? SRA : undefined;
}

function addImmediate(rd: number, rs1: number, immediate: number, nextPc: number): Decoded {
  if (rd === 0) return dropped(nextPc);
  return { operation: OPERATIONS.ADD_IMM, rd, rs1, rs2: 0, write: 1, immediate, extra: nextPc };
}

/** An instruction without a result: only the next pc remains of it. */
function dropped(nextPc: number): Decoded {
  return { operation: OPERATIONS.ADD_IMM, rd: 0, rs1: 0, rs2: 0, write: 0, immediate: 0, extra: nextPc };
}

/** Loads and jalr: their address checks stay when the result goes to x0. */
function withWrite(operation: number, rd: number, rs1: number, immediate: number, extra: number): Decoded {
  return { operation, rd, rs1, rs2: 0, write: rd === 0 ? 0 : 1, immediate, extra };
}

function isTarget(address: number): boolean {
  return address >= 0 && address < ADDRESS_LIMIT && address % 4 === 0;
}

function offsetJ(word: number): number {
  return ((word >> 31) << 20) | (word & 0xff000) | (((word >>> 20) & 1) << 11) | (((word >>> 21) & 0x3ff) << 1);
}

function offsetB(word: number): number {
  return ((word >> 31) << 12) | (((word >>> 7) & 1) << 11) | (((word >>> 25) & 0x3f) << 5) | (((word >>> 8) & 15) << 1);
}
