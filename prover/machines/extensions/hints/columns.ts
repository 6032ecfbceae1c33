/** Columns of HintWrite. */
export const COLUMNS = {
  isReal: 'bool',
  /** 1 on the row that ends an item: it writes nothing. */
  isEnd: 'bool',
  /** Time of the ecall. */
  time: 'felt',
  /** Word address. */
  address: 'felt',
  /** Words left, this one included. */
  remaining: 'felt',
  value: 'felt[2]',
  before: 'felt[2]',
  order: 'felt[2]',
} as const;
