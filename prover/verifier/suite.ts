/**
 * What the native backend and the reference prover need from a hash: the native transcript, Merkle trees over rows, and
 * hashing of digests. One instance for KoalaBear (`suite-koalabear.ts`), one for BN254. `HashSuite` is the verifier's half,
 * `ProverHash` the prover's.
 */
import type { DigestValue, OpenedRow, TreeShape } from './backend.ts';
import type { NativeTranscript, TranscriptLog } from './native-transcript.ts';

export interface HashSuite {
  readonly id: 'kb' | 'bn';
  transcript(domain: string, log?: TranscriptLog): NativeTranscript;
  /** Whether a value from outside is a canonical digest of this suite. */
  isDigest(value: unknown): value is DigestValue;
  digestsEqual(a: DigestValue, b: DigestValue): boolean;
  /** Digests in the authentication path of a tree of 2^logRows rows (kb: logRows; bn: seven a level of arity 8). */
  pathLength(logRows: number): number;
  /** Digest of one row. */
  hashRow(row: ArrayLike<number>): DigestValue;
  /** Root reached from a leaf digest along `path`, lowest level first. The path's length has been checked. */
  rootOf(leaf: DigestValue, index: number, logRows: number, path: readonly DigestValue[]): DigestValue;
  /** Hash of base elements under a domain; TypeError where the suite has none. */
  hashFelts(domain: string, values: readonly number[]): DigestValue;
}

/** A committed matrix that can open its rows. */
export interface CommittedRows {
  readonly root: DigestValue;
  readonly shape: TreeShape;
  open(index: number): OpenedRow;
}

export interface ProverHash extends HashSuite {
  /** Commits to a row-major matrix of canonical elements: row i is rows[i*width .. (i+1)*width). Keeps a reference to `rows`. */
  commitRows(shape: TreeShape, rows: Uint32Array): CommittedRows;
}
