/** Proves that the core proof of an execution of one shard verifies, and that this is all of the execution: its claim. */
import { at } from '../../core/lists.ts';
import { decodeEnding } from './ending.ts';
import { recursionJob } from './recursion.ts';

export const fused = recursionJob({
  name: 'fused',
  inputs: ['core', 'ending'],
  output: 'claim',
  verifies: 1,
  notes: (_system, inputs) => ({ words: decodeEnding(at(inputs, 1)) }),
});
