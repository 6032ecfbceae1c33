import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of Bitwise. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isAnd: 'bool',
  isOr: 'bool',
  isXor: 'bool',
  isImmediate: 'bool',
  rd: 'felt',
  rs1: 'felt',
  rs2: 'felt',
  immediate: 'felt[2]',
  /** Bytes of the operands and of b AND c. */
  b: 'felt[4]',
  c: 'felt[4]',
  and: 'felt[4]',
  a: 'felt[2]',
  rs1Order: 'felt[2]',
  rs2Order: 'felt[2]',
  rdBefore: 'felt[2]',
  rdOrder: 'felt[2]',
} as const;
