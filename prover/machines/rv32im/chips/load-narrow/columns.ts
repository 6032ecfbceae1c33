import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of LoadNarrow. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isLb: 'bool',
  isLbu: 'bool',
  isLh: 'bool',
  isLhu: 'bool',
  rd: 'felt',
  rs1: 'felt',
  write: 'bool',
  immediate: 'felt[2]',
  b: 'felt[2]',
  rs1Order: 'felt[2]',
  /** Byte address b + immediate mod 2^32, and its two lowest bits. */
  address: 'felt[2]',
  offset: 'bool[2]',
  word: 'felt[2]',
  ramOrder: 'felt[2]',
  /** The two bytes of the selected half. */
  half: 'felt[2]',
  /** The selected byte. */
  byte: 'felt',
  /** Sign bit of a signed load, else 0. */
  sign: 'bool',
  /** Low limb of the result; the high limb is 0xFFFF sign. */
  aLow: 'felt',
  rdBefore: 'felt[2]',
  rdOrder: 'felt[2]',
} as const;
