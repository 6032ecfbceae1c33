/** Proves that the core proof of an execution of one shard verifies, and that this is all of the execution: its claim. */
import { recursionJob } from './recursion.ts';

export const fused = recursionJob('fused', ['core', 'ending'], 'claim');
