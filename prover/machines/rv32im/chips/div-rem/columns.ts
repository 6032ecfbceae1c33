import { STEP_COLUMNS } from '../../shared/air.ts';

/** Columns of DivRem. Magnitudes satisfy |b| = |quotient| |c| + |remainder|. */
export const COLUMNS = {
  ...STEP_COLUMNS,
  isDiv: 'bool',
  isDivu: 'bool',
  isRem: 'bool',
  isRemu: 'bool',
  rd: 'felt',
  rs1: 'felt',
  rs2: 'felt',
  b: 'felt[2]',
  c: 'felt[2]',
  /** Sign bits of b and c in signed rows, else 0. */
  sign: 'bool[2]',
  /** |b|, limbs. */
  bMagnitude: 'felt[2]',
  /** |c|, bytes. */
  cMagnitude: 'felt[4]',
  /** Magnitude of the quotient, bytes. Free where c is 0. */
  quotientMagnitude: 'felt[4]',
  remainderMagnitude: 'felt[2]',
  quotient: 'felt[2]',
  remainder: 'felt[2]',
  divisorIsZero: 'bool',
  /** Carry of the low limb of the product. */
  carry: 'felt',
  /** Borrow of |c| - |remainder| - 1. */
  borrow: 'bool',
  /** 1 where the quotient is the negated magnitude. */
  negate: 'felt',
  a: 'felt[2]',
  rs1Order: 'felt[2]',
  rs2Order: 'felt[2]',
  rdBefore: 'felt[2]',
  rdOrder: 'felt[2]',
} as const;
