import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of Shift. The amount is 8 (bit3 + 2 bit4) + k with k = bit0 + 2 bit1 + 4 bit2. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isSll: 'bool',
  isSrl: 'bool',
  isSra: 'bool',
  isImmediate: 'bool',
  rd: 'felt',
  rs1: 'felt',
  rs2: 'felt',
  immediate: 'felt[2]',
  /** Bytes of x[rs1]. */
  b: 'felt[4]',
  /** Bits of the low byte of the second operand, its second byte, its high limb. */
  bits: 'bool[8]',
  cByte1: 'felt',
  cHigh: 'felt',
  /** 2^k. */
  power: 'felt',
  /** What bytes are multiplied by: 2^k left, 2^(8-k) right. */
  multiplier: 'felt',
  /** bit3 bit4. */
  bothByteBits: 'felt',
  /** Low and high bytes of b_i * multiplier. */
  low: 'felt[4]',
  high: 'felt[4]',
  /** Sign bit of b in sra rows, else 0. */
  fill: 'felt',
  /** fill (256 - multiplier): the sign bits shifted into the top byte. */
  fillBits: 'felt',
  a: 'felt[2]',
  rs1Order: 'felt[2]',
  rs2Order: 'felt[2]',
  rdBefore: 'felt[2]',
  rdOrder: 'felt[2]',
} as const;
