/** Initial memory, fixed by the verifying key: the registers and every word of the loaded segments. */
export const PREPROCESSED = {
  /** 0 on padding rows, which touch no bus. */
  isReal: 'felt',
  space: 'felt',
  address: 'felt',
  value: 'felt[2]',
} as const;

/** The last state of the cell. */
export const COLUMNS = { final: 'felt[2]', finalTime: 'felt' } as const;
