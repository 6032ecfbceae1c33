import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of StoreWord. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isReal: 'bool',
  rs1: 'felt',
  rs2: 'felt',
  immediate: 'felt[2]',
  b: 'felt[2]',
  rs1Order: 'felt[2]',
  /** x[rs2], the word stored. */
  c: 'felt[2]',
  rs2Order: 'felt[2]',
  /** Byte address b + immediate mod 2^32. */
  address: 'felt[2]',
  before: 'felt[2]',
  ramOrder: 'felt[2]',
} as const;
