import { ROUND_COLUMNS } from '../../../shared/poseidon2-air.ts';

/** Columns of Poseidon2: one permutation, and how often its compression is looked up. */
export const COLUMNS = { uses: 'felt', ...ROUND_COLUMNS } as const;
