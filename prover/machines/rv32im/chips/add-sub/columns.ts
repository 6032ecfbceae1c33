import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of AddSub. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isReal: 'bool',
  isSub: 'bool',
  rd: 'felt',
  rs1: 'felt',
  rs2: 'felt',
  b: 'felt[2]',
  rs1Order: 'felt[2]',
  c: 'felt[2]',
  rs2Order: 'felt[2]',
  /** b + c or b - c, mod 2^32. */
  a: 'felt[2]',
  rdBefore: 'felt[2]',
  rdOrder: 'felt[2]',
} as const;
