/** Into how many shards an execution falls. */
import assert from 'node:assert/strict';
import { execute, type Program, proofRoom } from '../../prover/index.ts';

/** Asserts that one shard has room for a run, as the page of its program says. */
export function assertOneShard(program: Program, input: readonly Uint8Array[]): void {
  const room = proofRoom(program, input, execute(program, input).cycles);
  assert.equal(room?.fits === false ? room.reason : room?.shards, 1);
}
