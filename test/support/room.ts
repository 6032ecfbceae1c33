/** Whether an execution fits in one proof. */
import assert from 'node:assert/strict';
import { execute, type Program, proofRoom } from '../../prover/index.ts';

/** Asserts that one proof has room for a run; a failure says what is full. */
export function assertRoom(program: Program, input: readonly Uint8Array[]): void {
  const room = proofRoom(program, input, execute(program, input).cycles);
  assert.equal(room?.fits === false ? room.reason : room?.fits, true);
}
