/** Proves over BN254 that the proof of a claim verifies. */
import { recursionJob } from './recursion.ts';

export const wrap = recursionJob({ name: 'wrap', inputs: ['claim'], output: 'wrap' });
