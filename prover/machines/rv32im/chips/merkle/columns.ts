/** Columns of Merkle: one row an inner node of the memory tree above a touched quad. Digests are before and after the shard. */
export const COLUMNS = {
  isReal: 'bool',
  /** 1 to 27; children are one level below, at indices 2 index and 2 index + 1. */
  level: 'felt',
  index: 'felt',
  leftInit: 'felt[8]',
  leftFinal: 'felt[8]',
  rightInit: 'felt[8]',
  rightFinal: 'felt[8]',
  outInit: 'felt[8]',
  outFinal: 'felt[8]',
  /** Whether the child has a row of its own: Merkle, or Boundary at level 0. */
  touchedLeft: 'bool',
  touchedRight: 'bool',
} as const;
