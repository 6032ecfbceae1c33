import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of LessThan. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isSlt: 'bool',
  isSltu: 'bool',
  isImmediate: 'bool',
  rd: 'felt',
  rs1: 'felt',
  rs2: 'felt',
  immediate: 'felt[2]',
  b: 'felt[2]',
  c: 'felt[2]',
  /** Sign bits of b and c in slt, else 0. */
  sign: 'bool[2]',
  /** Borrows of b - c; the high one is the result. */
  borrow: 'bool[2]',
  rs1Order: 'felt[2]',
  rs2Order: 'felt[2]',
  rdBefore: 'felt[2]',
  rdOrder: 'felt[2]',
} as const;
