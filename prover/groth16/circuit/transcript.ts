/**
 * The BN254 transcript inside the circuit: the schedule of `DuplexBn254` over wires. Proof data becomes wires here, with its
 * 31-bit checks, and is absorbed in the same step.
 */
import { VerificationError } from '../../core/errors.ts';
import { P } from '../../field/koalabear.ts';
import type { ExtValue } from '../../field/types.ts';
import { RATE } from '../../hash/poseidon2-bn254.ts';
import { PACK, domainCapacity } from '../../hash/sponge-bn254.ts';
import type { DigestValue, TranscriptOn } from '../../verifier/backend.ts';
import { DIGIT_BASE, INDEX_SOURCE_BITS, indicesPerOutput } from '../../verifier/duplex-bn254.ts';
import { expectFelts, expectLength } from '../../verifier/proof-input.ts';
import { R } from '../../field/bn254.ts';
import type { R1csWires } from './backend.ts';
import type { CombinationTranscript } from './deferred.ts';
import { canonicalBits, rangedWire } from './r1cs/bits.ts';
import { type Int, type Linear, asLinear, constInt, constLinear, isConst, sumInts } from './r1cs/linear.ts';
import { packInts } from './r1cs/merkle.ts';
import { materialise, permuteCircuit } from './r1cs/poseidon.ts';
import type { ConstraintSystem } from './r1cs/system.ts';

/** What the transcript asks of its backend. */
export type TranscriptHost = {
  readonly system: ConstraintSystem;
  /** Names the protocol step and the kind of work, for statistics. */
  work(kind: string, stage?: string): void;
  /** The integer behind a felt, below 2^31 and not negative; reduced if it is not. */
  small(felt: R1csWires['felt']): Int;
  felt(int: Int): R1csWires['felt'];
  ext(limbs: readonly Int[]): R1csWires['ext'];
  /** Challenge limbs have rare second representations, so the combination absorbs them. */
  absorbLater(int: Int): void;
};

/** Digits above the five limbs: y < r gives at most this. */
const TOP_DIGIT = R / DIGIT_BASE ** 5n;
const TOP_DIGIT_BITS = 14;
const FELT_BITS = 31;
/** First scalar of the combination's absorption; no protocol message packs to it (it has 253 bits, packs have 248). */
const COMBINATION_TAG = 1n << 252n;

export class R1csTranscript implements TranscriptOn<R1csWires>, CombinationTranscript {
  readonly #host: TranscriptHost;
  #state: Linear[];
  #felts: Int[] = [];
  #scalars: Linear[] = [];
  #remaining = 0;

  constructor(host: TranscriptHost, domain: string) {
    this.#host = host;
    this.#state = [...new Array<Linear>(RATE).fill(constLinear(0n)), constLinear(domainCapacity(domain))];
  }

  observeFelts(label: string, values: readonly R1csWires['felt'][]): void {
    this.#host.work('transcript', label);
    for (const value of values) this.#absorbFelt(this.#host.small(value));
  }

  observeDigest(label: string, value: Linear): void {
    this.#host.work('transcript', label);
    this.#flushFelts();
    this.#absorbScalar(value);
  }

  readFelts(label: string, values: readonly number[], count: number): R1csWires['felt'][] {
    return this.#read(label, values, count).map((int) => this.#host.felt(int));
  }

  readExts(label: string, values: readonly ExtValue[], count: number): R1csWires['ext'][] {
    expectLength(values, count, label);
    for (const value of values) expectLength(value, 5, label);
    const ints = this.#read(label, values.flat(), 5 * count);
    return values.map((_, i) => this.#host.ext(ints.slice(5 * i, 5 * i + 5)));
  }

  readDigest(label: string, value: DigestValue): Linear {
    if (typeof value !== 'bigint' || value < 0n || value >= R) {
      throw new VerificationError('non-canonical', label, 'not a canonical digest');
    }
    this.#host.work('transcript', label);
    const wire = this.#host.system.allocate(value);
    const digest: Linear = { wires: [wire], coeffs: [1n], constant: 0n, value };
    this.#flushFelts();
    this.#absorbScalar(digest);
    return digest;
  }

  sampleExt(label: string): R1csWires['ext'] {
    const limbs = this.sampleLimbs(label);
    for (const limb of limbs) if (!isConst(limb)) this.#host.absorbLater(limb);
    return this.#host.ext(limbs);
  }

  /** y = sum_{i<5} (q_i p + e_i) D^i + u_5 D^5; the challenge is (e_0, ..., e_4). */
  sampleLimbs(label: string): Int[] {
    this.#host.work('transcript', label);
    const output = this.#take();
    const y = output.value;
    const digits = Array.from({ length: 5 }, (_, i) => (y / DIGIT_BASE ** BigInt(i)) % DIGIT_BASE);
    if (isConst(output)) return digits.map((u) => constInt(u % BigInt(P)));
    this.#host.work('challenge digits', label);
    const { system } = this.#host;
    const limbs = digits.map((u) => rangedWire(system, u % BigInt(P), FELT_BITS, 'owed', label).int);
    const quotients = digits.map((u) => rangedWire(system, u / BigInt(P), 17, 'late', label).int);
    const top = rangedWire(system, y / DIGIT_BASE ** 5n, TOP_DIGIT_BITS, 'late', label).int;
    // u_5 <= floor(r / D^5): its complement fits 14 bits as well.
    const slack = (1n << BigInt(TOP_DIGIT_BITS)) - 1n - TOP_DIGIT;
    const complement = rangedWire(system, top.value + slack, TOP_DIGIT_BITS, 'late', label).int;
    system.enforceZero(asLinear(sumInts([top, constInt(slack), complement], [1n, 1n, -1n])), label);
    // A combination over the field: its integer value may exceed r by the top digit.
    const free = { lo: 0n, hi: 0n };
    const parts = [...limbs, ...quotients, top].map((part) => ({ ...part, ...free }));
    const weights = [
      ...limbs.map((_, i) => DIGIT_BASE ** BigInt(i)),
      ...quotients.map((_, i) => BigInt(P) * DIGIT_BASE ** BigInt(i)),
      DIGIT_BASE ** 5n,
    ];
    const sum = sumInts([{ ...output, ...free }, ...parts], [1n, ...weights.map((w) => -w)]);
    system.enforceZero(asLinear(sum), label);
    return limbs;
  }

  sampleIndices(label: string, count: number, bits: number): R1csWires['bit'][][] {
    const perOutput = indicesPerOutput(bits);
    const indices: Int[][] = [];
    while (indices.length < count) {
      this.#host.work('transcript', label);
      const output = this.#take();
      this.#host.work('index bits', label);
      const all = canonicalBits(this.#host.system, output, 0, label);
      for (let i = 0; i < perOutput && indices.length < count; i++) indices.push(all.slice(i * bits, (i + 1) * bits));
    }
    return indices;
  }

  checkPow(label: string, nonce: number, bits: number): void {
    if (bits > INDEX_SOURCE_BITS) throw new RangeError(`"bits" expected at most ${INDEX_SOURCE_BITS}, got ${bits}`);
    this.#read(label, [nonce], 1);
    this.#host.work('transcript', label);
    const output = this.#take();
    this.#host.work('index bits', label);
    canonicalBits(this.#host.system, output, bits, label);
  }

  absorbForCombination(values: readonly Int[]): void {
    this.#flushFelts();
    this.#absorbScalar(constLinear(COMBINATION_TAG));
    for (const value of values) this.#absorbFelt(value);
    this.#flushFelts();
  }

  #read(label: string, values: readonly number[], count: number): Int[] {
    expectFelts(values, count, label);
    this.#host.work('proof limbs', label);
    const ints = values.map((value) => rangedWire(this.#host.system, BigInt(value), FELT_BITS, 'owed', label).int);
    this.#host.work('transcript', label);
    for (const int of ints) this.#absorbFelt(int);
    return ints;
  }

  #absorbFelt(value: Int): void {
    this.#remaining = 0;
    this.#felts.push(value);
    if (this.#felts.length === PACK) this.#flushFelts();
  }

  #flushFelts(): void {
    if (this.#felts.length === 0) return;
    const packed = packInts(this.#felts);
    // Soundness: every packed integer is range-checked to 31 bits, so the scalar fixes each of them.
    for (const felt of this.#felts) {
      if (felt.lo < 0n || felt.hi >> 31n !== 0n) throw new RangeError('only integers below 2^31 can be packed');
      if (felt.wires.length === 1 && felt.coeffs[0] === 1n && felt.constant === 0n) {
        this.#host.system.settle(felt.wires[0]!);
      }
    }
    this.#felts = [];
    this.#absorbScalar(materialise(this.#host.system, asLinear(packed)));
  }

  #absorbScalar(value: Linear): void {
    this.#remaining = 0;
    this.#scalars.push(value);
    if (this.#scalars.length === RATE) this.#permute();
  }

  #permute(): void {
    if (this.#scalars.length > 0) {
      for (let i = 0; i < RATE; i++) this.#state[i] = this.#scalars[i] ?? constLinear(0n);
      this.#scalars = [];
    }
    this.#state = permuteCircuit(this.#host.system, this.#state);
    this.#remaining = RATE;
  }

  #take(): Linear {
    this.#flushFelts();
    if (this.#scalars.length > 0 || this.#remaining === 0) this.#permute();
    const output = this.#state[RATE - this.#remaining]!;
    this.#remaining--;
    return output;
  }
}
