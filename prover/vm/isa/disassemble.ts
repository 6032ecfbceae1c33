/** Text of instructions, with ABI register names; for traces and messages only. */
import { ADDRESS_LIMIT } from './decode.ts';

const NAMES = [
  ...['zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5'],
  ...['a6', 'a7', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6'],
];
const ALU = ['add', 'sll', 'slt', 'sltu', 'xor', 'srl', 'or', 'and'];
const MULTIPLY = ['mul', 'mulh', 'mulhsu', 'mulhu', 'div', 'divu', 'rem', 'remu'];
const BRANCHES = ['beq', 'bne', '', '', 'blt', 'bge', 'bltu', 'bgeu'];
const LOADS = ['lb', 'lh', 'lw', '', 'lbu', 'lhu', '', ''];
const STORES = ['sb', 'sh', 'sw', '', '', '', '', ''];

/** ABI name of a register. */
export function registerName(register: number): string {
  return NAMES[register] ?? `x${register}`;
}

/** The instruction `word` at `pc` as assembly; `.word 0x...` when it is none. */
export function disassemble(word: number, pc: number): string {
  return format(word >>> 0, pc) ?? `.word 0x${(word >>> 0).toString(16).padStart(8, '0')}`;
}

function format(word: number, pc: number): string | undefined {
  const rd = registerName((word >>> 7) & 31);
  const funct3 = (word >>> 12) & 7;
  const rs1 = registerName((word >>> 15) & 31);
  const rs2 = registerName((word >>> 20) & 31);
  const immediateI = (word | 0) >> 20;
  switch (word & 0x7f) {
    case 0x37:
      return `lui ${rd}, 0x${(word >>> 12).toString(16)}`;
    case 0x17:
      return `auipc ${rd}, 0x${(word >>> 12).toString(16)}`;
    case 0x6f:
      return `jal ${rd}, ${target(pc, offsetJ(word))}`;
    case 0x67:
      return funct3 === 0 ? `jalr ${rd}, ${immediateI}(${rs1})` : undefined;
    case 0x63:
      return named(BRANCHES[funct3], `${rs1}, ${rs2}, ${target(pc, offsetB(word))}`);
    case 0x03:
      return named(LOADS[funct3], `${rd}, ${immediateI}(${rs1})`);
    case 0x23:
      return named(STORES[funct3], `${rs2}, ${(((word | 0) >> 25) << 5) | ((word >>> 7) & 31)}(${rs1})`);
    case 0x13:
      return aluImmediate(word, funct3, `${rd}, ${rs1}`, immediateI);
    case 0x33:
      return alu(word >>> 25, funct3, `${rd}, ${rs1}, ${rs2}`);
    case 0x0f:
      return funct3 === 0 ? 'fence' : undefined;
    case 0x73:
      return word === 0x73 ? 'ecall' : word === 0x100073 ? 'ebreak' : undefined;
    default:
      return undefined;
  }
}

function named(name: string | undefined, operands: string): string | undefined {
  return name === undefined || name === '' ? undefined : `${name} ${operands}`;
}

function aluImmediate(word: number, funct3: number, registers: string, immediate: number): string | undefined {
  if (funct3 !== 1 && funct3 !== 5) {
    return named(funct3 === 3 ? 'sltiu' : `${ALU[funct3] ?? ''}i`, `${registers}, ${immediate}`);
  }
  const funct7 = word >>> 25;
  if (funct7 !== 0 && !(funct7 === 0x20 && funct3 === 5)) return undefined;
  const name = funct3 === 1 ? 'slli' : funct7 === 0 ? 'srli' : 'srai';
  return `${name} ${registers}, ${(word >>> 20) & 31}`;
}

function alu(funct7: number, funct3: number, operands: string): string | undefined {
  if (funct7 === 0) return named(ALU[funct3], operands);
  if (funct7 === 1) return named(MULTIPLY[funct3], operands);
  if (funct7 !== 0x20) return undefined;
  return named(funct3 === 0 ? 'sub' : funct3 === 5 ? 'sra' : undefined, operands);
}

function target(pc: number, offset: number): string {
  const address = pc + offset;
  return address >= 0 && address < ADDRESS_LIMIT ? `0x${address.toString(16)}` : `pc${offset < 0 ? '' : '+'}${offset}`;
}

function offsetJ(word: number): number {
  const high = ((word | 0) >> 31) << 20;
  return high | (word & 0xff000) | (((word >>> 20) & 1) << 11) | (((word >>> 21) & 0x3ff) << 1);
}

function offsetB(word: number): number {
  const high = ((word | 0) >> 31) << 12;
  return high | (((word >>> 7) & 1) << 11) | (((word >>> 25) & 0x3f) << 5) | (((word >>> 8) & 15) << 1);
}
