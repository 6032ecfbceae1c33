/**
 * The arithmetic a verifier is written over. The verifier exists once; three backends run it: `native` computes and
 * throws `VerificationError`, `recursion` records a program of the recursion machine, `r1cs` records BN254 constraints.
 *
 * The code never inspects a wire: shapes and loop bounds come from static parameters, never from proof data, so that
 * every run over the same parameters makes the same sequence of calls. Constants are recognised by the backends and
 * folded, so code may multiply by a constant zero freely.
 */

import type { ExtValue } from '../field/types.ts';

/** A commitment as plain data: eight canonical base elements (Poseidon2 over KoalaBear) or one BN254 scalar. */
export type DigestValue = readonly number[] | bigint;

/** The types of wires of one backend. A bit is a base-field wire known to be 0 or 1. */
export type Wires = { felt: unknown; ext: unknown; bit: unknown; digest: unknown; row: unknown };

/** Shape of one committed matrix: `2^logRows` rows of `width` base elements; all of it static. */
export type TreeShape = { readonly logRows: number; readonly width: number };

/** One opened row as it stands in a proof: the row and its authentication path, lowest level first. */
export type OpenedRow = { readonly row: readonly number[]; readonly path: readonly DigestValue[] };

export interface Backend<W extends Wires> {
  /**
   * Variables whose query weight is evaluated together, 3 unless given: larger chunks take fewer products of F by F, smaller
   * ones fewer operations in all. The value is the same.
   */
  readonly queryChunk?: 1 | 2 | 3;
  /**
   * Terms of a sum over powers that share one table of powers, 8 unless given; 1 is Horner's rule, which takes one product and
   * one sum a term. The value is the same.
   */
  readonly powerBlock?: number;

  // -- base field
  feltConst(value: number): W['felt'];
  feltAdd(a: W['felt'], b: W['felt']): W['felt'];
  feltSub(a: W['felt'], b: W['felt']): W['felt'];
  feltMul(a: W['felt'], b: W['felt']): W['felt'];
  feltMulConst(a: W['felt'], k: number): W['felt'];
  assertFeltEqual(a: W['felt'], b: W['felt'], why: string): void;

  // -- bits
  bitAsFelt(bit: W['bit']): W['felt'];
  bitConst(value: 0 | 1): W['bit'];
  /** An untrusted bit: constrained to be 0 or 1, nothing else. */
  hintBit(value: number): W['bit'];
  /** An untrusted base element, not observed. For witnesses that constraints determine. */
  hintFelt(value: number): W['felt'];
  /** Little-endian bits of `a`, constrained to recompose to `a` as an integer below 2^count (count <= 30). */
  feltBits(a: W['felt'], count: number, why: string): W['bit'][];

  // -- extension field
  extConst(value: ExtValue): W['ext'];
  extFromFelt(a: W['felt']): W['ext'];
  /** The element with these five limbs, low degree first. */
  extFromLimbs(limbs: readonly W['felt'][]): W['ext'];
  extAdd(a: W['ext'], b: W['ext']): W['ext'];
  extSub(a: W['ext'], b: W['ext']): W['ext'];
  extMul(a: W['ext'], b: W['ext']): W['ext'];
  /** a*b + c. */
  extMulAdd(a: W['ext'], b: W['ext'], c: W['ext']): W['ext'];
  extMulConst(a: W['ext'], k: number): W['ext'];
  extScale(a: W['ext'], k: W['felt']): W['ext'];
  /** 1/a; rejects a = 0. */
  extInverse(a: W['ext'], why: string): W['ext'];
  /** sum_i a[i]*b[i]. */
  extDot(a: readonly W['ext'][], b: readonly W['ext'][]): W['ext'];
  assertExtEqual(a: W['ext'], b: W['ext'], why: string): void;

  // -- hashing and proof data
  /** Starts the transcript of one layer. `domain` is a static tag that separates protocols and layers. */
  transcript(domain: string): TranscriptOn<W>;
  digestConst(value: DigestValue): W['digest'];
  /** Hashes a static number of base elements; `domain` separates uses. KoalaBear suite only. */
  hashFelts(domain: string, values: readonly W['felt'][]): W['digest'];
  /** The eight base elements of a KoalaBear digest, and back. */
  digestFelts(digest: W['digest']): W['felt'][];
  digestFromFelts(felts: readonly W['felt'][]): W['digest'];
  /** Checks a Merkle path from a leaf digest (no leaf hash) to the root; `index` little-endian, one bit per level. */
  checkPath(
    root: W['digest'],
    leaf: W['digest'],
    index: readonly W['bit'][],
    path: readonly DigestValue[],
    why: string,
  ): void;
  /**
   * Checks that `opened` is the row at `index` (little-endian bits, as many as logRows) of the tree with this root.
   * Rejects rows of the wrong width, paths of the wrong length and non-canonical elements.
   */
  openRow(root: W['digest'], shape: TreeShape, index: readonly W['bit'][], opened: OpenedRow, why: string): W['row'];
  /** sum_i row[i]*weights[i]; `weights` may be shorter than the row, the rest has weight zero. */
  rowDot(row: W['row'], weights: readonly W['ext'][]): W['ext'];
  /** The row read as extension elements, five base elements each; the row's width is a multiple of five. */
  rowExts(row: W['row']): W['ext'][];
}

/** A duplex sponge. Every method appends to the label log where the backend keeps one. */
export interface TranscriptOn<W extends Wires> {
  /** Observes wires that exist already (public values, verifying key). */
  observeFelts(label: string, values: readonly W['felt'][]): void;
  observeDigest(label: string, value: W['digest']): void;
  /** Proof data enters here: canonical elements from the proof become wires and are observed in the same step. */
  readFelts(label: string, values: readonly number[], count: number): W['felt'][];
  readExts(label: string, values: readonly ExtValue[], count: number): W['ext'][];
  readDigest(label: string, value: DigestValue): W['digest'];
  sampleExt(label: string): W['ext'];
  /** `count` query indices of `bits` bits each (bits <= 24), little-endian. */
  sampleIndices(label: string, count: number, bits: number): W['bit'][][];
  /** Observes `nonce`, draws one output and rejects unless its low `bits` bits are zero. */
  checkPow(label: string, nonce: number, bits: number): void;
}
