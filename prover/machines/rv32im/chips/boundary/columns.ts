/** Columns of Boundary: one row a touched quad of memory. */
export const COLUMNS = {
  isReal: 'bool',
  /** Word address / 4. */
  index: 'felt',
  /** The limbs of its four words before and after the shard, lowest first, and the time of the last access of each word. */
  init: 'felt[8]',
  final: 'felt[8]',
  finalTime: 'felt[4]',
} as const;
