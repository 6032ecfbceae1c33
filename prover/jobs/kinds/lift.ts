/** Proves that a core proof verifies: the span of one shard. */
import { recursionJob } from './recursion.ts';

export const lift = recursionJob({ name: 'lift', inputs: ['core'], output: 'span' });
