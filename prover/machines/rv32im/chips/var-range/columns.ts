/** How often each tuple was looked up: (v, b) with b <= 15, and (v, 16). */
export const COLUMNS = { short: 'felt', limb: 'felt' } as const;
