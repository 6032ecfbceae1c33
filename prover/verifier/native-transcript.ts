/**
 * The duplex sponge on plain values, as prover and native verifier use it, and its label log. Each hash has its own
 * implementation; both keep the same schedule: observed values are buffered, a sample absorbs what is buffered, any
 * observe discards unused outputs.
 */
import type { ExtValue } from '../field/types.ts';
import type { DigestValue } from './backend.ts';

/** One call of a transcript, for tests of what is observed and in which order. */
export type TranscriptEvent = {
  readonly label: string;
  readonly kind: 'felts' | 'digest' | 'ext' | 'indices' | 'pow';
  readonly values: readonly (number | bigint)[];
};

export type TranscriptLog = TranscriptEvent[];

export interface NativeTranscript {
  /** Observes canonical base elements. Zero elements: no effect. */
  observeFelts(label: string, values: readonly number[]): void;
  observeDigest(label: string, value: DigestValue): void;
  sampleExt(label: string): ExtValue;
  /** `count` integers of `bits` bits each (bits <= 24). */
  sampleIndices(label: string, count: number, bits: number): number[];
  /** Observes `nonce`, draws one output; true iff its low `bits` bits are zero. */
  checkPow(label: string, nonce: number, bits: number): boolean;
  /** The smallest nonce that `checkPow` would accept now. Does not change the transcript. */
  grind(bits: number): number;
}

/** Most index bits of one sample: p = 1 mod 2^24, so that up to 24 low bits of an output are uniform but for one residue. */
export const MAX_INDEX_BITS = 24;

/** Base elements of extension elements, in order. */
export function flattenExts(values: readonly ExtValue[]): number[] {
  return values.flat();
}
