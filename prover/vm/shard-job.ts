/**
 * A shard as plain data: what a machine that has nothing but the program needs to execute it again and prove it. Nothing of
 * it is trusted: who proves wrong data gets a proof of another statement, which joins nothing.
 */
import type { MemoryState, RecordTable } from './execution-record.ts';
import { QUAD_FIELD } from './execution-record.ts';
import { QUAD_WORDS } from './address-map.ts';
import { OPENED_WORDS, type Opening } from './memory-opening.ts';

/** One shard of an execution; its touched quads with the words before are opened in the memory where it starts. */
export type ShardJob = Opening & {
  /** Which shard of the execution it is, from 0. */
  readonly index: number;
  readonly start: MemoryState;
  readonly end: MemoryState;
  /** Instructions. */
  readonly cycles: number;
  /** What system calls gave of the input; see `HintLog`. */
  readonly hints: Uint8Array;
};

/** Indices and initial words of touched quads, as they stand in a job. */
export function touchedQuads(quads: RecordTable): Uint32Array {
  const { words, width, rows } = quads;
  const touched = new Uint32Array(OPENED_WORDS * rows);
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    touched[OPENED_WORDS * row] = words[at + QUAD_FIELD.index]!;
    const init = words.subarray(at + QUAD_FIELD.init, at + QUAD_FIELD.init + QUAD_WORDS);
    touched.set(init, OPENED_WORDS * row + 1);
  }
  return touched;
}
