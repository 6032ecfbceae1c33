/** Proves that the proof of a span verifies, and that the span is a whole execution: its claim. */
import { recursionJob } from './recursion.ts';

export const finish = recursionJob('finish', ['span', 'ending'], 'claim');
