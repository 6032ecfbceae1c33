import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of Jalr. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isReal: 'bool',
  rd: 'felt',
  rs1: 'felt',
  write: 'bool',
  immediate: 'felt[2]',
  /** The link value pc + 4, from the program. */
  link: 'felt[2]',
  b: 'felt[2]',
  rs1Order: 'felt[2]',
  /** b + immediate mod 2^32, and its lowest bit. */
  sum: 'felt[2]',
  lowestBit: 'bool',
  rdBefore: 'felt[2]',
  rdOrder: 'felt[2]',
} as const;
