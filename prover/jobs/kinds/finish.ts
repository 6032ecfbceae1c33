/**
 * Proves that the proof of a span verifies, and that the span is a whole execution: its claim. Of the core proof of a shard, it
 * takes the program's key.
 */
import { at } from '../../core/lists.ts';
import { keyFields } from '../../recursion/programs/key-fields.ts';
import type { Notes } from '../../recursion/program.ts';
import { coreOf, type System } from '../../system/definition.ts';
import type { Artifact } from '../artifact.ts';
import { decodeCoreArtifact } from './core.ts';
import { decodeEnding } from './ending.ts';
import { recursionJob } from './recursion.ts';

export const finish = recursionJob({
  name: 'finish',
  inputs: ['span', 'core', 'ending'],
  output: 'claim',
  verifies: 1,
  notes: endNotes(1),
});

/** What programs that finish an execution are told: the core proof and the ending are inputs `first` and the next. */
export function endNotes(first: number): (system: System, inputs: readonly Artifact[]) => Notes {
  return (system, inputs) => {
    const { key, tier } = decodeCoreArtifact(system, at(inputs, first));
    const words = decodeEnding(at(inputs, first + 1));
    return { words, key: keyFields(coreOf(system, key.machine, tier).tier, key) };
  };
}
