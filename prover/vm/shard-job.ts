/**
 * A shard as plain data: what a machine that has nothing but the program needs to execute it again and prove it. Nothing of
 * it is trusted: who proves wrong data gets a proof of another statement, which joins nothing.
 */
import type { MemoryState, RecordTable } from './execution-record.ts';
import { QUAD_FIELD } from './execution-record.ts';
import { QUAD_WORDS } from './address-map.ts';

/** One shard of an execution. */
export type ShardJob = {
  /** Which shard of the execution it is, from 0. */
  readonly index: number;
  readonly start: MemoryState;
  readonly end: MemoryState;
  /** Instructions. */
  readonly cycles: number;
  /** Touched quads, ascending: five words each, the index and the words before. */
  readonly quads: Uint32Array;
  /** Digests on their paths, in the order of `nodesAbove`: eight elements each. */
  readonly siblings: Uint32Array;
  /** What system calls gave of the input; see `HintLog`. */
  readonly hints: Uint8Array;
};

/** Words of a quad in a job. */
export const JOB_QUAD_WORDS = 1 + QUAD_WORDS;

/** Indices and initial words of touched quads, as they stand in a job. */
export function touchedQuads(quads: RecordTable): Uint32Array {
  const { words, width, rows } = quads;
  const touched = new Uint32Array(JOB_QUAD_WORDS * rows);
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    touched[JOB_QUAD_WORDS * row] = words[at + QUAD_FIELD.index]!;
    const init = words.subarray(at + QUAD_FIELD.init, at + QUAD_FIELD.init + QUAD_WORDS);
    touched.set(init, JOB_QUAD_WORDS * row + 1);
  }
  return touched;
}
