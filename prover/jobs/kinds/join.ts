/** Proves that proofs of neighbouring spans verify: the span of all of them. */
import { recursionJob } from './recursion.ts';

export const join = recursionJob({ name: 'join', inputs: ['span'], output: 'span', repeats: 2 });
