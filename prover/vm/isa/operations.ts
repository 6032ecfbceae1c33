/**
 * Operation codes of decoded instructions: what the executor dispatches on and what the ROM table of the proof holds.
 * The code is a public interface between `vm/` and `machines/`: an instruction executes on exactly one chip, which
 * claims the code through the program bus, as a linear form of its flags. TRAP is claimed by no chip.
 *
 * Immediate forms of Bitwise, Shift and LessThan carry IMMEDIATE (one bit) in their code.
 */
export const OPERATIONS = {
  TRAP: 0,
  ADD_IMM: 1,
  ADD: 2,
  SUB: 3,
  BEQ: 4,
  BNE: 5,
  BLT: 6,
  BGE: 7,
  BLTU: 8,
  BGEU: 9,
  JALR: 10,
  LW: 11,
  SW: 12,
  LB: 13,
  LBU: 14,
  LH: 15,
  LHU: 16,
  SB: 17,
  SH: 18,
  MUL: 19,
  MULH: 20,
  MULHSU: 21,
  MULHU: 22,
  DIV: 23,
  DIVU: 24,
  REM: 25,
  REMU: 26,
  ECALL: 27,
  AND: 28,
  OR: 29,
  XOR: 30,
  SLL: 31,
  SRL: 32,
  SRA: 33,
  SLT: 34,
  SLTU: 35,
} as const;

/** Added to AND..SLTU for the form whose second operand is the immediate. */
export const IMMEDIATE = 64;

export type OperationName = keyof typeof OPERATIONS;

/** The chips that execute instructions, in machine order. */
export const FAMILIES = [
  'AddImm',
  'AddSub',
  'Bitwise',
  'Shift',
  'LessThan',
  'Branch',
  'Jalr',
  'LoadWord',
  'StoreWord',
  'LoadNarrow',
  'StoreNarrow',
  'Mul',
  'DivRem',
  'Ecall',
] as const;
export type Family = (typeof FAMILIES)[number];

const FAMILY_OF: Readonly<Record<OperationName, Family | undefined>> = {
  TRAP: undefined,
  ADD_IMM: 'AddImm',
  ADD: 'AddSub',
  SUB: 'AddSub',
  BEQ: 'Branch',
  BNE: 'Branch',
  BLT: 'Branch',
  BGE: 'Branch',
  BLTU: 'Branch',
  BGEU: 'Branch',
  JALR: 'Jalr',
  LW: 'LoadWord',
  SW: 'StoreWord',
  LB: 'LoadNarrow',
  LBU: 'LoadNarrow',
  LH: 'LoadNarrow',
  LHU: 'LoadNarrow',
  SB: 'StoreNarrow',
  SH: 'StoreNarrow',
  MUL: 'Mul',
  MULH: 'Mul',
  MULHSU: 'Mul',
  MULHU: 'Mul',
  DIV: 'DivRem',
  DIVU: 'DivRem',
  REM: 'DivRem',
  REMU: 'DivRem',
  ECALL: 'Ecall',
  AND: 'Bitwise',
  OR: 'Bitwise',
  XOR: 'Bitwise',
  SLL: 'Shift',
  SRL: 'Shift',
  SRA: 'Shift',
  SLT: 'LessThan',
  SLTU: 'LessThan',
};

/** The chip that executes an operation code, or undefined for a trap. */
export function familyOf(code: number): Family | undefined {
  const base = code >= IMMEDIATE ? code - IMMEDIATE : code;
  for (const [name, value] of Object.entries(OPERATIONS)) {
    if (value === base) return FAMILY_OF[name as OperationName];
  }
  return undefined;
}

/** Numbers (in t0) of the system calls that every machine has, the ones SP1 uses. All others belong to extensions. */
export const SYSCALLS = { HALT: 0x00, WRITE: 0x02, COMMIT: 0x10 } as const;
