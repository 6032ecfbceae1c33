/** The state of an execution between two shards, as spans have it. */
import { PROTOCOL } from '../../core/protocol.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';

/** The digest of a state: where the execution stands, and the root of its memory. Eight felts. */
export function stateDigest<W extends Wires>(on: Backend<W>, pc: W['felt'], root: readonly W['felt'][]): W['felt'][] {
  return on.digestFelts(on.hashFelts(`${PROTOCOL}/state`, [pc, ...root]));
}
