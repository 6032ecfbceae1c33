/** Columns of Hints. A row is a call, or a word that a HINT_READ writes. */
export const COLUMNS = {
  isLength: 'bool',
  isRead: 'bool',
  isWord: 'bool',
  /** Time of the ecall. */
  time: 'felt',
  /** Call: a0. Word: its address, and how many words are left, this one included. */
  first: 'felt[2]',
  /** Call: a1. Word: what was there before. */
  second: 'felt[2]',
  /** Call: a2. Word: the order check of its access. */
  third: 'felt[2]',
  /** Call: a0 after it. Word: what is written. */
  value: 'felt[2]',
} as const;
