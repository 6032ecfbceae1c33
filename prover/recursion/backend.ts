/**
 * The verifier backend that records a program of the recursion machine while it computes. A verifier run over concrete
 * proof data gives the program and its witness at once; the program depends on the shapes only.
 *
 * In strict mode a failing assertion throws `VerificationError` where it stands. Otherwise it is recorded all the same,
 * which is how keys are generated from a proof-shaped input that proves nothing.
 */
import { VerificationError } from '../core/errors.ts';
import * as ext from '../field/extension.ts';
import * as kb from '../field/koalabear.ts';
import type { ExtValue } from '../field/types.ts';
import { domainCapacity, hashDomain, leafCapacity } from '../hash/sponge-koalabear.ts';
import type { Backend, DigestValue, OpenedRow, TranscriptOn, TreeShape } from '../verifier/backend.ts';
import { MAX_INDEX_BITS } from '../verifier/native-transcript.ts';
import { assertLowBitsZero, bitsBelow, canonicalBits } from './decompose.ts';
import { expectDigest, expectFelts, expectLength } from '../verifier/proof-input.ts';
import type { Wire } from './form.ts';
import { Recorder, type Block, type RecorderOptions } from './recorder.ts';
import { RecordedDuplex, absorbAll } from './sponge.ts';

/** A digest as eight cells or as a block of DMEM; each is made from the other when it is needed. */
export type RecordedDigest = { felts: readonly Wire[] } | { block: Block };

export type RecursionWires = {
  felt: Wire;
  ext: Wire;
  bit: Wire;
  digest: RecordedDigest;
  row: readonly Wire[];
};

const MINUS_ONE = kb.P - 1;

export class RecursionBackend implements Backend<RecursionWires> {
  /** Every operation is one row here, so the fewest operations win. */
  readonly queryChunk = 1;
  readonly powerBlock = 1;
  readonly recorder: Recorder;
  constructor(options: RecorderOptions) {
    this.recorder = new Recorder(options);
  }

  // -- base field: cells with four zero limbs, so the arithmetic is that of F

  feltConst(value: number): Wire {
    if (!kb.isCanonical(value)) throw new RangeError(`"value" expected a canonical base element, got ${String(value)}`);
    return this.recorder.felt(value);
  }

  feltAdd(a: Wire, b: Wire): Wire {
    return this.extAdd(a, b);
  }

  feltSub(a: Wire, b: Wire): Wire {
    return this.extSub(a, b);
  }

  feltMul(a: Wire, b: Wire): Wire {
    return this.extMul(a, b);
  }

  feltMulConst(a: Wire, k: number): Wire {
    return this.extMulConst(a, k);
  }

  assertFeltEqual(a: Wire, b: Wire, why: string): void {
    this.#assertEqual(a, b, 'felt-mismatch', why);
  }

  // -- bits

  bitAsFelt(bit: Wire): Wire {
    return bit;
  }

  bitConst(value: 0 | 1): Wire {
    return this.recorder.felt(value);
  }

  hintBit(value: number): Wire {
    if (value !== 0 && value !== 1) {
      if (this.recorder.strict) throw new VerificationError('not-a-bit', 'bit', `expected 0 or 1, got ${value}`);
      return this.hintBit(0);
    }
    return this.recorder.bit(value, this.recorder.felt(0), 'none').bit;
  }

  hintFelt(value: number): Wire {
    expectFelts([value], 1, 'hint');
    return this.recorder.hintFelts([value])[0]!;
  }

  feltBits(a: Wire, count: number, why: string): Wire[] {
    return bitsBelow(this.recorder, a, count, why);
  }

  // -- extension field

  extConst(value: ExtValue): Wire {
    return this.recorder.constant(value);
  }

  extFromFelt(a: Wire): Wire {
    return a;
  }

  extFromLimbs(limbs: readonly Wire[]): Wire {
    return this.recorder.limbs(limbs);
  }

  extAdd(a: Wire, b: Wire): Wire {
    return this.recorder.compute({ s1: 1, a, b: this.recorder.felt(1), s2: 1, c: b });
  }

  extSub(a: Wire, b: Wire): Wire {
    return this.recorder.compute({ s1: 1, a, b: this.recorder.felt(1), s2: MINUS_ONE, c: b });
  }

  extMul(a: Wire, b: Wire): Wire {
    return this.recorder.compute({ s1: 1, a, b });
  }

  extMulAdd(a: Wire, b: Wire, c: Wire): Wire {
    return this.recorder.compute({ s1: 1, a, b, s2: 1, c });
  }

  extMulConst(a: Wire, k: number): Wire {
    return this.recorder.compute({ s2: canonical(k), c: a });
  }

  extScale(a: Wire, k: Wire): Wire {
    return this.extMul(a, k);
  }

  extInverse(a: Wire, why: string): Wire {
    const isZero = ext.equals(a.value, ext.ZERO);
    if (isZero && (this.recorder.strict || a.constant)) {
      throw new VerificationError('zero-inverse', why, 'zero has no inverse');
    }
    const value = isZero ? ext.ZERO : ext.inverse(a.value);
    if (a.constant) return this.recorder.constant(value);
    const inverse = this.recorder.hintExt(value);
    this.recorder.assertEqual({ s1: 1, a, b: inverse }, this.recorder.felt(1), 'zero-inverse', why);
    return inverse;
  }

  extDot(a: readonly Wire[], b: readonly Wire[]): Wire {
    if (a.length !== b.length) throw new RangeError(`"b" expected ${a.length} elements, got ${b.length}`);
    return a.reduce<Wire>((sum, x, i) => this.extMulAdd(x, b[i]!, sum), this.recorder.felt(0));
  }

  assertExtEqual(a: Wire, b: Wire, why: string): void {
    this.#assertEqual(a, b, 'ext-mismatch', why);
  }

  // -- hashing and proof data

  transcript(domain: string): RecursionTranscript {
    return new RecursionTranscript(this, domain);
  }

  digestConst(value: DigestValue): RecordedDigest {
    expectDigest(value, 'digest constant');
    return { felts: value.map((x) => this.recorder.felt(x)) };
  }

  hashFelts(domain: string, values: readonly Wire[]): RecordedDigest {
    return { block: absorbAll(this.recorder, domainCapacity(hashDomain(domain, values.length)), values) };
  }

  digestFelts(digest: RecordedDigest): Wire[] {
    return 'felts' in digest ? [...digest.felts] : [...this.recorder.unpack(digest.block)];
  }

  digestFromFelts(felts: readonly Wire[]): RecordedDigest {
    if (felts.length !== 8) throw new RangeError(`"felts" expected 8 elements, got ${felts.length}`);
    return { felts: [...felts] };
  }

  checkPath(
    root: RecordedDigest,
    leaf: RecordedDigest,
    index: readonly Wire[],
    path: readonly DigestValue[],
    why: string,
  ): void {
    expectLength(path, index.length, `${why}, path`);
    for (const [i, sibling] of path.entries()) expectDigest(sibling, `${why}, path ${i}`);
    if (index.length === 0) {
      const reached = this.digestFelts(leaf);
      for (const [i, felt] of this.digestFelts(root).entries()) {
        this.#assertEqual(reached[i]!, felt, 'merkle-path', why);
      }
      return;
    }
    const rootBlock = this.#blockOf(root);
    let node = this.#blockOf(leaf);
    for (const [level, bit] of index.entries()) {
      const target = level === index.length - 1 ? rootBlock : undefined;
      node = this.recorder.compressWithSibling(node, bit, path[level] as readonly number[], target, why);
    }
  }

  openRow(
    root: RecordedDigest,
    shape: TreeShape,
    index: readonly Wire[],
    opened: OpenedRow,
    why: string,
  ): readonly Wire[] {
    if (index.length !== shape.logRows) {
      throw new RangeError(`"index" expected ${shape.logRows} bits, got ${index.length}`);
    }
    if (typeof opened !== 'object' || opened === null) throw new VerificationError('proof-shape', why, 'no opened row');
    expectFelts(opened.row, shape.width, `${why}, row`);
    const cells = this.recorder.hintFelts(opened.row);
    const leaf = absorbAll(this.recorder, leafCapacity(shape.width), cells);
    this.checkPath(root, { block: leaf }, index, opened.path, why);
    return cells;
  }

  rowDot(row: readonly Wire[], weights: readonly Wire[]): Wire {
    if (weights.length > row.length) {
      throw new RangeError(`"weights" expected at most ${row.length} elements, got ${weights.length}`);
    }
    return this.extDot(row.slice(0, weights.length), weights);
  }

  rowExts(row: readonly Wire[]): Wire[] {
    if (row.length % ext.DEGREE !== 0) {
      throw new RangeError(`"row" expected a multiple of 5 elements, got ${row.length}`);
    }
    return Array.from({ length: row.length / ext.DEGREE }, (_, i) => this.recorder.limbs(row.slice(5 * i, 5 * i + 5)));
  }

  #assertEqual(a: Wire, b: Wire, code: string, why: string): void {
    const [left, right] = a.constant ? [b, a] : [a, b];
    this.recorder.assertEqual({ s2: 1, c: left }, right, code, why);
  }

  #blockOf(digest: RecordedDigest): Block {
    return 'block' in digest ? digest.block : this.recorder.pack(digest.felts);
  }
}

export class RecursionTranscript implements TranscriptOn<RecursionWires> {
  readonly #on: RecursionBackend;
  readonly #duplex: RecordedDuplex;

  constructor(on: RecursionBackend, domain: string) {
    this.#on = on;
    this.#duplex = new RecordedDuplex(on.recorder, domain);
  }

  observeFelts(_label: string, values: readonly Wire[]): void {
    this.#duplex.observe(values);
  }

  observeDigest(_label: string, value: RecordedDigest): void {
    this.#duplex.observe(this.#on.digestFelts(value));
  }

  readFelts(label: string, values: readonly number[], count: number): Wire[] {
    expectFelts(values, count, label);
    const wires = this.#on.recorder.hintFelts(values);
    this.#duplex.observe(wires);
    return wires;
  }

  readExts(label: string, values: readonly ExtValue[], count: number): Wire[] {
    expectLength(values, count, label);
    return values.map((value, i) => {
      expectFelts(value, ext.DEGREE, `${label}, entry ${i}`);
      const limbs = this.#on.recorder.hintFelts(value);
      this.#duplex.observe(limbs);
      return this.#on.recorder.limbs(limbs);
    });
  }

  readDigest(label: string, value: DigestValue): RecordedDigest {
    expectDigest(value, label);
    const felts = this.#on.recorder.hintFelts(value);
    this.#duplex.observe(felts);
    return { felts };
  }

  sampleExt(_label: string): Wire {
    return this.#on.recorder.limbs(this.#duplex.take(ext.DEGREE));
  }

  sampleIndices(label: string, count: number, bits: number): Wire[][] {
    if (!Number.isInteger(bits) || bits < 0 || bits > MAX_INDEX_BITS) {
      throw new RangeError(`"bits" expected 0..${MAX_INDEX_BITS}, got ${bits}`);
    }
    return Array.from({ length: count }, () =>
      canonicalBits(this.#on.recorder, this.#duplex.take(1)[0]!, label).slice(0, bits),
    );
  }

  checkPow(label: string, nonce: number, bits: number): void {
    expectFelts([nonce], 1, label);
    this.#duplex.observe(this.#on.recorder.hintFelts([nonce]));
    assertLowBitsZero(this.#on.recorder, this.#duplex.take(1)[0]!, bits, 'pow', label);
  }
}

/** A multiplier as a canonical element; verifiers may pass negative constants. */
function canonical(k: number): number {
  return ((k % kb.P) + kb.P) % kb.P;
}
