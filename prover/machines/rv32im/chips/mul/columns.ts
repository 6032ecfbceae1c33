import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of Mul. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isMul: 'bool',
  isMulh: 'bool',
  isMulhsu: 'bool',
  isMulhu: 'bool',
  rd: 'felt',
  rs1: 'felt',
  rs2: 'felt',
  /** Bytes of the operands. */
  b: 'felt[4]',
  c: 'felt[4]',
  /** Limbs of the unsigned 64-bit product, and the carries between them. */
  product: 'felt[4]',
  carry: 'felt[3]',
  /** Sign bits of b (mulh, mulhsu) and c (mulh), else 0. */
  sign: 'bool[2]',
  /** Borrows of the signed high word, 0..2. */
  borrow: 'felt[2]',
  a: 'felt[2]',
  rs1Order: 'felt[2]',
  rs2Order: 'felt[2]',
  rdBefore: 'felt[2]',
  rdOrder: 'felt[2]',
} as const;
