/** Shard jobs as bytes: a fixed header of 32-bit numbers, lowest byte first, then quads, siblings and hints. */
import { ZkError } from '../core/errors.ts';
import type { MemoryState } from './execution-record.ts';
import { JOB_QUAD_WORDS, type ShardJob } from './shard-job.ts';

/** "zkvm shard, version 1": another number for another layout. */
const MAGIC = 0x315a_4b53;
const DIGEST = 8;
const STATE_WORDS = 1 + DIGEST;
/** Magic, index, cycles, two states, and how long quads (words), siblings (words) and hints (bytes) are. */
const HEADER_WORDS = 3 + 2 * STATE_WORDS + 3;

/** The bytes of a job. */
export function encodeShard(job: ShardJob): Uint8Array {
  const { index, start, end, cycles, quads, siblings, hints } = job;
  const header = [MAGIC, index, cycles, start.pc, ...start.root, end.pc, ...end.root];
  const words = Uint32Array.from([...header, quads.length, siblings.length, hints.length]);
  const bytes = new Uint8Array(4 * (HEADER_WORDS + quads.length + siblings.length) + hints.length);
  // Typed arrays are little endian on every machine that Node runs on.
  bytes.set(bytesOf(words), 0);
  bytes.set(bytesOf(quads), 4 * HEADER_WORDS);
  bytes.set(bytesOf(siblings), 4 * (HEADER_WORDS + quads.length));
  bytes.set(hints, bytes.length - hints.length);
  return bytes;
}

/** The job of these bytes, all of them. Errors: ZkError BAD_SHARD. What a job means is checked by `executeShard`. */
export function decodeShard(bytes: Uint8Array): ShardJob {
  if (bytes.length < 4 * HEADER_WORDS) throw bad(`${bytes.length} bytes are too few`);
  const header = wordsOf(bytes, 0, HEADER_WORDS);
  if (header[0] !== MAGIC) throw bad('it does not begin as one');
  const [quads = 0, siblings = 0, hints = 0] = header.subarray(HEADER_WORDS - 3);
  const expected = 4 * (HEADER_WORDS + quads + siblings) + hints;
  if (bytes.length !== expected) throw bad(`it has ${bytes.length} bytes, expected ${expected}`);
  if (quads % JOB_QUAD_WORDS !== 0 || siblings % DIGEST !== 0) throw bad('its lists do not end with an entry');
  return {
    index: header[1]!,
    cycles: header[2]!,
    start: stateAt(header, 3),
    end: stateAt(header, 3 + STATE_WORDS),
    quads: wordsOf(bytes, HEADER_WORDS, quads),
    siblings: wordsOf(bytes, HEADER_WORDS + quads, siblings),
    hints: Uint8Array.from(bytes.subarray(expected - hints)),
  };
}

function stateAt(header: Uint32Array, at: number): MemoryState {
  return { pc: header[at]!, root: Array.from(header.subarray(at + 1, at + STATE_WORDS)) };
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

function wordsOf(bytes: Uint8Array, first: number, count: number): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes.subarray(4 * first, 4 * (first + count))).buffer);
}

function bad(problem: string): ZkError {
  return new ZkError('BAD_SHARD', `The file is no shard of an execution: ${problem}.`);
}
