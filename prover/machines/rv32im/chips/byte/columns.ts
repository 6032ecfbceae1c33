/** How often each pair of bytes, and each triple (x, y, x AND y), was looked up. */
export const COLUMNS = { pair: 'felt', and: 'felt' } as const;
