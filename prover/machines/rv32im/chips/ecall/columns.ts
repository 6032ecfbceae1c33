import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of Ecall. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isHalt: 'bool',
  isWrite: 'bool',
  isCommit: 'bool',
  /** 1 for every other call: one of an extension. */
  isCall: 'bool',
  /** Its number, else 0. */
  number: 'felt',
  t0Order: 'felt[2]',
  a1: 'felt[2]',
  a1Order: 'felt[2]',
  a2: 'felt[2]',
  a2Order: 'felt[2]',
  a0: 'felt[2]',
  a0Order: 'felt[2]',
  /** a0 after the call. */
  a0After: 'felt[2]',
  /** The system word that COMMIT and HALT write, before they do. */
  systemBefore: 'felt[2]',
  systemOrder: 'felt[2]',
} as const;
