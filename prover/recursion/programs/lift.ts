/**
 * "lift": the proof of a shard as a span. One program per core machine and tier serves every guest program: the key is an
 * untrusted witness whose digest is the span's subject.
 */
import type { Machine } from '../../air/machine.ts';
import type { LayerParameters } from '../../stark/parameters.ts';
import { recursionProgram, type RecursionProgram } from '../program.ts';
import { stateDigest } from '../statement/state.ts';
import type { SpanKind } from './kinds.ts';
import { acceptShard, verifyShard } from './shard.ts';

/** Lift for the shards of one core machine on one tier. ZkError BAD_LAYER for a machine without a core machine's values. */
export function liftProgram(kind: SpanKind, machine: Machine, parameters: LayerParameters): RecursionProgram {
  const accepted = acceptShard(machine, parameters);
  return recursionProgram<'controlRoot'>({
    id: `lift/${machine.name}/${parameters.id}`,
    kind,
    accepts: [accepted],
    blankNotes: { controlRoot: new Array<number>(8).fill(0) },
    statement: (on, inputs, notes) => {
      const { subject, before, after } = verifyShard(on, accepted, inputs[0]!);
      return [
        ...subject,
        ...stateDigest(on, before.pc, before.root),
        ...stateDigest(on, after.pc, after.root),
        // Soundness: free. Whoever accepts the span compares it with where the path of this program's key ends.
        ...notes.controlRoot.map((felt) => on.hintFelt(felt)),
      ];
    },
  });
}
