/** Proves over BN254 that a lift proof verifies. */
import { recursionJob } from './recursion.ts';

export const wrap = recursionJob('wrap', ['lift']);
