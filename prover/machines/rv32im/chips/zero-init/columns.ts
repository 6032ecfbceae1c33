/** Columns of ZeroInit. */
export const COLUMNS = {
  isReal: 'bool',
  /** Word address, and its low 16 bits. */
  address: 'felt',
  addressLow: 'felt',
  /** Address of the next row, and the low 16 bits of next - address - 1. */
  next: 'felt',
  stepLow: 'felt',
  final: 'felt[2]',
  finalTime: 'felt',
} as const;
