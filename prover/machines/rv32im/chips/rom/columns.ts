/** The decoded text, fixed by the verifying key. */
export const PREPROCESSED = {
  pc: 'felt',
  operation: 'felt',
  rd: 'felt',
  rs1: 'felt',
  rs2: 'felt',
  write: 'felt',
  immediate: 'felt[2]',
  extra: 'felt[2]',
} as const;

/** How often each row was executed. */
export const COLUMNS = { executions: 'felt' } as const;
