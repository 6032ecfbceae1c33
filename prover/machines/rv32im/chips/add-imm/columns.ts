import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of AddImm. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isReal: 'bool',
  rd: 'felt',
  rs1: 'felt',
  /** 1 where rd is written. */
  write: 'bool',
  immediate: 'felt[2]',
  nextPc: 'felt',
  /** x[rs1]. */
  b: 'felt[2]',
  rs1Order: 'felt[2]',
  /** b + immediate mod 2^32. */
  a: 'felt[2]',
  rdBefore: 'felt[2]',
  rdOrder: 'felt[2]',
} as const;
