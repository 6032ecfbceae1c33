/**
 * Proves that the proof of a span verifies, and that the span is a whole execution: its claim. Of the core proof of a shard, it
 * takes the program's key.
 */
import { at } from '../../core/lists.ts';
import { keyFields } from '../../recursion/programs/key-fields.ts';
import { coreOf } from '../../system/definition.ts';
import { decodeCoreArtifact } from './core.ts';
import { decodeEnding } from './ending.ts';
import { recursionJob } from './recursion.ts';

export const finish = recursionJob({
  name: 'finish',
  inputs: ['span', 'core', 'ending'],
  output: 'claim',
  verifies: 1,
  notes(system, inputs) {
    const { key, tier } = decodeCoreArtifact(system, at(inputs, 1));
    return { words: decodeEnding(at(inputs, 2)), key: keyFields(coreOf(system, key.machine, tier).tier, key) };
  },
});
