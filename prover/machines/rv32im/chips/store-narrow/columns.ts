import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of StoreNarrow. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isSb: 'bool',
  isSh: 'bool',
  rs1: 'felt',
  rs2: 'felt',
  immediate: 'felt[2]',
  b: 'felt[2]',
  rs1Order: 'felt[2]',
  c: 'felt[2]',
  rs2Order: 'felt[2]',
  /** Byte address b + immediate mod 2^32, and its two lowest bits. */
  address: 'felt[2]',
  offset: 'bool[2]',
  before: 'felt[2]',
  ramOrder: 'felt[2]',
  /** The two bytes of the half that is changed, before. */
  half: 'felt[2]',
  /** Low byte of c. */
  cByte: 'felt',
  /** The half that is changed, after. */
  newHalf: 'felt',
  after: 'felt[2]',
} as const;
