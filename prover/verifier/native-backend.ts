/**
 * The backend that computes: wires are plain values, a failed check throws `VerificationError`. Everything read from a
 * proof passes `readFelts`, `readExts`, `readDigest`, `openRow` or `checkPath`, which refuse wrong lengths and
 * non-canonical elements before use.
 */
import { VerificationError } from '../core/errors.ts';
import * as ext from '../field/extension.ts';
import * as kb from '../field/koalabear.ts';
import type { ExtValue } from '../field/types.ts';
import type { Backend, DigestValue, OpenedRow, TranscriptOn, TreeShape } from './backend.ts';
import { flattenExts, type NativeTranscript, type TranscriptLog } from './native-transcript.ts';
import { expectFelts, expectLength } from './proof-input.ts';
import type { HashSuite } from './suite.ts';

/** Wires of the native backend. */
export type NativeWires = {
  felt: number;
  ext: ExtValue;
  bit: 0 | 1;
  digest: DigestValue;
  row: readonly number[];
};

/** Codes of the native backend's rejections. */
export type NativeRejection =
  | 'felt-mismatch'
  | 'ext-mismatch'
  | 'not-a-bit'
  | 'out-of-range'
  | 'zero-inverse'
  | 'proof-shape'
  | 'non-canonical'
  | 'merkle-path'
  | 'pow';

function reject(code: NativeRejection, where: string, message: string): never {
  throw new VerificationError(code, where, message);
}

export type NativeOptions = {
  /** Every transcript call is appended here. */
  readonly log?: TranscriptLog;
};

export class NativeBackend implements Backend<NativeWires> {
  readonly suite: HashSuite;
  readonly #log: TranscriptLog | undefined;

  constructor(suite: HashSuite, options: NativeOptions = {}) {
    this.suite = suite;
    this.#log = options.log;
  }

  feltConst(value: number): number {
    return value;
  }

  feltAdd(a: number, b: number): number {
    return kb.add(a, b);
  }

  feltSub(a: number, b: number): number {
    return kb.sub(a, b);
  }

  feltMul(a: number, b: number): number {
    return kb.mul(a, b);
  }

  feltMulConst(a: number, k: number): number {
    return kb.mul(a, k);
  }

  assertFeltEqual(a: number, b: number, why: string): void {
    if (a !== b) reject('felt-mismatch', why, `${a} and ${b} differ`);
  }

  bitAsFelt(bit: 0 | 1): number {
    return bit;
  }

  bitConst(value: 0 | 1): 0 | 1 {
    return value;
  }

  hintBit(value: number): 0 | 1 {
    if (value !== 0 && value !== 1) reject('not-a-bit', 'bit', `expected 0 or 1, got ${value}`);
    return value;
  }

  hintFelt(value: number): number {
    if (!kb.isCanonical(value)) reject('non-canonical', 'hint', 'not a canonical base element');
    return value;
  }

  feltBits(a: number, count: number, why: string): (0 | 1)[] {
    if (count < 0 || count > 30) throw new RangeError(`"count" expected 0..30, got ${count}`);
    if (a >= 2 ** count) reject('out-of-range', why, `${a} is not below 2^${count}`);
    return bitsOf(a, count);
  }

  extConst(value: ExtValue): ExtValue {
    return value;
  }

  extFromFelt(a: number): ExtValue {
    return ext.fromBase(a);
  }

  extFromLimbs(limbs: readonly number[]): ExtValue {
    const [a, b, c, d, e] = limbs;
    if (limbs.length !== ext.DEGREE)
      throw new RangeError(`"limbs" expected ${ext.DEGREE} elements, got ${limbs.length}`);
    return [a!, b!, c!, d!, e!];
  }

  extAdd(a: ExtValue, b: ExtValue): ExtValue {
    return ext.add(a, b);
  }

  extSub(a: ExtValue, b: ExtValue): ExtValue {
    return ext.sub(a, b);
  }

  extMul(a: ExtValue, b: ExtValue): ExtValue {
    return ext.mul(a, b);
  }

  extMulAdd(a: ExtValue, b: ExtValue, c: ExtValue): ExtValue {
    return ext.add(ext.mul(a, b), c);
  }

  extMulConst(a: ExtValue, k: number): ExtValue {
    return ext.scale(a, k);
  }

  extScale(a: ExtValue, k: number): ExtValue {
    return ext.scale(a, k);
  }

  extInverse(a: ExtValue, why: string): ExtValue {
    if (ext.equals(a, ext.ZERO)) reject('zero-inverse', why, 'zero has no inverse');
    return ext.inverse(a);
  }

  extDot(a: readonly ExtValue[], b: readonly ExtValue[]): ExtValue {
    if (a.length !== b.length) throw new RangeError(`"b" expected ${a.length} elements, got ${b.length}`);
    return a.reduce((sum, x, i) => ext.add(sum, ext.mul(x, b[i]!)), ext.ZERO);
  }

  assertExtEqual(a: ExtValue, b: ExtValue, why: string): void {
    if (!ext.equals(a, b)) reject('ext-mismatch', why, `[${a.join(', ')}] and [${b.join(', ')}] differ`);
  }

  transcript(domain: string): NativeTranscriptOn {
    return new NativeTranscriptOn(this.suite, this.suite.transcript(domain, this.#log));
  }

  digestConst(value: DigestValue): DigestValue {
    return value;
  }

  hashFelts(domain: string, values: readonly number[]): DigestValue {
    return this.suite.hashFelts(domain, values);
  }

  digestFelts(digest: DigestValue): number[] {
    if (typeof digest === 'bigint') throw new TypeError('"digest" expected eight base elements, got a BN254 scalar');
    return [...digest];
  }

  digestFromFelts(felts: readonly number[]): DigestValue {
    if (!this.suite.isDigest(felts)) throw new TypeError('"felts" expected eight canonical base elements');
    return [...felts];
  }

  checkPath(
    root: DigestValue,
    leaf: DigestValue,
    index: readonly (0 | 1)[],
    path: readonly DigestValue[],
    why: string,
  ): void {
    this.#expectPath(index.length, path, why);
    const reached = this.suite.rootOf(leaf, integerOf(index), index.length, path);
    if (!this.suite.digestsEqual(reached, root)) reject('merkle-path', why, 'the path does not lead to the root');
  }

  openRow(
    root: DigestValue,
    shape: TreeShape,
    index: readonly (0 | 1)[],
    opened: OpenedRow,
    why: string,
  ): readonly number[] {
    if (index.length !== shape.logRows) {
      throw new RangeError(`"index" expected ${shape.logRows} bits, got ${index.length}`);
    }
    if (typeof opened !== 'object' || opened === null) reject('proof-shape', why, 'no opened row');
    const { row, path } = opened;
    expectFelts(row, shape.width, `${why}, row`);
    this.checkPath(root, this.suite.hashRow(row), index, path, why);
    return row;
  }

  rowDot(row: readonly number[], weights: readonly ExtValue[]): ExtValue {
    if (weights.length > row.length) {
      throw new RangeError(`"weights" expected at most ${row.length} elements, got ${weights.length}`);
    }
    return weights.reduce((sum, weight, i) => ext.add(sum, ext.scale(weight, row[i]!)), ext.ZERO);
  }

  rowExts(row: readonly number[]): ExtValue[] {
    if (row.length % ext.DEGREE !== 0)
      throw new RangeError(`"row" expected a multiple of 5 elements, got ${row.length}`);
    return Array.from({ length: row.length / ext.DEGREE }, (_, i) => this.extFromLimbs(row.slice(5 * i, 5 * i + 5)));
  }

  #expectPath(logRows: number, path: unknown, why: string): void {
    expectLength(path, this.suite.pathLength(logRows), `${why}, path`);
    for (const [i, digest] of (path as readonly unknown[]).entries()) {
      if (!this.suite.isDigest(digest)) reject('non-canonical', `${why}, path`, `entry ${i} is not a canonical digest`);
    }
  }
}

/** The native backend under its interface type, from which generic verifier code infers its wires. */
export function nativeBackend(suite: HashSuite, options: NativeOptions = {}): Backend<NativeWires> {
  return new NativeBackend(suite, options);
}

/** The native transcript behind the verifier's interface. */
export class NativeTranscriptOn implements TranscriptOn<NativeWires> {
  readonly #suite: HashSuite;
  readonly #inner: NativeTranscript;

  constructor(suite: HashSuite, inner: NativeTranscript) {
    this.#suite = suite;
    this.#inner = inner;
  }

  observeFelts(label: string, values: readonly number[]): void {
    this.#inner.observeFelts(label, values);
  }

  observeDigest(label: string, value: DigestValue): void {
    this.#inner.observeDigest(label, value);
  }

  readFelts(label: string, values: readonly number[], count: number): number[] {
    expectFelts(values, count, label);
    this.#inner.observeFelts(label, values);
    return [...values];
  }

  readExts(label: string, values: readonly ExtValue[], count: number): ExtValue[] {
    expectLength(values, count, label);
    for (const [i, value] of values.entries()) expectFelts(value, ext.DEGREE, `${label}, entry ${i}`);
    this.#inner.observeFelts(label, flattenExts(values));
    return [...values];
  }

  readDigest(label: string, value: DigestValue): DigestValue {
    if (!this.#suite.isDigest(value)) reject('non-canonical', label, 'not a canonical digest');
    this.#inner.observeDigest(label, value);
    return value;
  }

  sampleExt(label: string): ExtValue {
    return this.#inner.sampleExt(label);
  }

  sampleIndices(label: string, count: number, bits: number): (0 | 1)[][] {
    return this.#inner.sampleIndices(label, count, bits).map((index) => bitsOf(index, bits));
  }

  checkPow(label: string, nonce: number, bits: number): void {
    if (!kb.isCanonical(nonce)) reject('non-canonical', label, 'the nonce is not a canonical base element');
    if (!this.#inner.checkPow(label, nonce, bits)) reject('pow', label, `the nonce does not give ${bits} zero bits`);
  }
}

/** Little-endian bits of an integer below 2^count. */
export function bitsOf(value: number, count: number): (0 | 1)[] {
  return Array.from({ length: count }, (_, i) => (Math.floor(value / 2 ** i) % 2 === 1 ? 1 : 0));
}

/** The integer with these little-endian bits. */
export function integerOf(bits: readonly (0 | 1)[]): number {
  return bits.reduce<number>((sum, bit, i) => sum + bit * 2 ** i, 0);
}
