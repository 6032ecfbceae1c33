/** What single operations of a decoded program compute; shared by those that work row by row. */
import { div, divu, mulh, mulhsu, mulhu, rem, remu } from './arithmetic.ts';
import { OPERATIONS } from './operations.ts';

/** The result of an ALU operation (IMMEDIATE not included) as signed int32. */
export function evaluate(operation: number, a: number, b: number): number {
  switch (operation) {
    case OPERATIONS.ADD:
      return (a + b) | 0;
    case OPERATIONS.SUB:
      return (a - b) | 0;
    case OPERATIONS.AND:
      return a & b;
    case OPERATIONS.OR:
      return a | b;
    case OPERATIONS.XOR:
      return a ^ b;
    case OPERATIONS.SLL:
      return a << (b & 31);
    case OPERATIONS.SRL:
      return a >>> (b & 31);
    case OPERATIONS.SRA:
      return a >> (b & 31);
    case OPERATIONS.SLT:
      return a < b ? 1 : 0;
    case OPERATIONS.SLTU:
      return a >>> 0 < b >>> 0 ? 1 : 0;
    case OPERATIONS.MUL:
      return Math.imul(a, b);
    case OPERATIONS.MULH:
      return mulh(a, b);
    case OPERATIONS.MULHSU:
      return mulhsu(a, b);
    case OPERATIONS.MULHU:
      return mulhu(a, b);
    case OPERATIONS.DIV:
      return div(a, b);
    case OPERATIONS.DIVU:
      return divu(a, b);
    case OPERATIONS.REM:
      return rem(a, b);
    case OPERATIONS.REMU:
      return remu(a, b);
    default:
      throw new RangeError(`"operation" expected an ALU operation, got ${operation}`);
  }
}

/** Whether a branch is taken. */
export function isTaken(operation: number, a: number, b: number): boolean {
  switch (operation) {
    case OPERATIONS.BEQ:
      return a === b;
    case OPERATIONS.BNE:
      return a !== b;
    case OPERATIONS.BLT:
      return a < b;
    case OPERATIONS.BGE:
      return a >= b;
    case OPERATIONS.BLTU:
      return a >>> 0 < b >>> 0;
    case OPERATIONS.BGEU:
      return a >>> 0 >= b >>> 0;
    default:
      throw new RangeError(`"operation" expected a branch, got ${operation}`);
  }
}

/** The loaded value of a word for a load at byte offset `offset`. */
export function extract(operation: number, word: number, offset: number): number {
  const shifted = word >>> (8 * offset);
  switch (operation) {
    case OPERATIONS.LW:
      return word;
    case OPERATIONS.LH:
      return (shifted << 16) >> 16;
    case OPERATIONS.LHU:
      return shifted & 0xffff;
    case OPERATIONS.LB:
      return (shifted << 24) >> 24;
    case OPERATIONS.LBU:
      return shifted & 0xff;
    default:
      throw new RangeError(`"operation" expected a load, got ${operation}`);
  }
}
