/** The decoded text, fixed by the verifying key: eight columns, so that its place in the key has no gap. */
export const PREPROCESSED = {
  pc: 'felt',
  /** The operation, and 256 more where rd is written. */
  operation: 'felt',
  /** Addresses of registers. */
  rd: 'felt',
  rs1: 'felt',
  rs2: 'felt',
  immediate: 'felt[2]',
  /** Next pc, target, or link: below 2^30, or equal to it. */
  extra: 'felt',
} as const;

/** How often each row was executed. */
export const COLUMNS = { executions: 'felt' } as const;
