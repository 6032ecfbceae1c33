import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of Branch. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isBeq: 'bool',
  isBne: 'bool',
  isBlt: 'bool',
  isBge: 'bool',
  isBltu: 'bool',
  isBgeu: 'bool',
  rs1: 'felt',
  rs2: 'felt',
  target: 'felt',
  b: 'felt[2]',
  rs1Order: 'felt[2]',
  c: 'felt[2]',
  rs2Order: 'felt[2]',
  /** Sign bits of b and c in signed comparisons, else 0. */
  sign: 'bool[2]',
  /** Borrows of b - c; the high one is "b < c". */
  borrow: 'bool[2]',
  equal: 'bool',
  /** Inverse of one limb difference, where b and c differ. */
  witness: 'felt[2]',
  nextPc: 'felt',
} as const;
