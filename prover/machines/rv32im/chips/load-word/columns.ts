import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of LoadWord. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isReal: 'bool',
  rd: 'felt',
  rs1: 'felt',
  write: 'bool',
  immediate: 'felt[2]',
  b: 'felt[2]',
  rs1Order: 'felt[2]',
  /** Byte address b + immediate mod 2^32. */
  address: 'felt[2]',
  value: 'felt[2]',
  ramOrder: 'felt[2]',
  rdBefore: 'felt[2]',
  rdOrder: 'felt[2]',
} as const;
