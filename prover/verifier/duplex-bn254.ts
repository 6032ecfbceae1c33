/**
 * Transcript over Poseidon2-BN-8, rate 7, capacity 1, overwrite mode.
 *
 * Observed base elements are packed eight per scalar (`packScalar`); packs are cut where a digest is observed or a sample
 * is taken, padded with zeros (schedules are static, so the padding is injective); a digest is one scalar. Seven scalars
 * overwrite the rate and permute; before a sample a partial block is padded with zero scalars and absorbed.
 *
 * An extension element comes from one output y in base D = 2^17*p: y = sum_{i<5} u_i D^i + u_5 D^5, limb i = u_i mod p.
 * The largest probability of a value is at most |F|^-1 (1 + 2^-13). Indices come from the low 240 bits of outputs.
 */
import { P } from '../field/koalabear.ts';
import type { ExtValue } from '../field/types.ts';
import { RATE, permute } from '../hash/poseidon2-bn254.ts';
import { PACK, PACK_BITS, domainCapacity, packScalar } from '../hash/sponge-bn254.ts';
import type { DigestValue } from './backend.ts';
import { MAX_INDEX_BITS, type NativeTranscript, type TranscriptLog } from './native-transcript.ts';

/** Low bits of an output that serve as indices. */
export const INDEX_SOURCE_BITS = 240;
/** Base of the digits of an output: 2^17 * p. */
export const DIGIT_BASE = BigInt(P) << 17n;

/**
 * Finds the smallest n such that lane 0 of permute(state with n * 2^shift added to lane `lane`) has its low `bits` bits zero.
 * The place where a kernel enters.
 */
export type PowSearchBn = (state: readonly bigint[], lane: number, shift: number, bits: number) => number;

/** The limbs of the extension element that an output stands for. */
export function extFromOutput(output: bigint): ExtValue {
  const limb = (i: number): number => Number(((output / DIGIT_BASE ** BigInt(i)) % DIGIT_BASE) % BigInt(P));
  return [limb(0), limb(1), limb(2), limb(3), limb(4)];
}

/** How many indices of `bits` bits one output gives. */
export function indicesPerOutput(bits: number): number {
  if (bits < 0 || bits > MAX_INDEX_BITS) throw new RangeError(`"bits" expected 0..${MAX_INDEX_BITS}, got ${bits}`);
  return bits === 0 ? INDEX_SOURCE_BITS : Math.floor(INDEX_SOURCE_BITS / bits);
}

export class DuplexBn254 implements NativeTranscript {
  readonly #log: TranscriptLog | undefined;
  readonly #search: PowSearchBn;
  #state: bigint[];
  #felts: number[] = [];
  #scalars: bigint[] = [];
  /** Outputs not yet taken; they are the last of the rate. */
  #remaining = 0;

  constructor(domain: string, options: { readonly log?: TranscriptLog; readonly search?: PowSearchBn } = {}) {
    this.#state = [...new Array<bigint>(RATE).fill(0n), domainCapacity(domain)];
    this.#log = options.log;
    this.#search = options.search ?? searchNonceBn;
  }

  observeFelts(label: string, values: readonly number[]): void {
    this.#log?.push({ label, kind: 'felts', values: [...values] });
    for (const value of values) this.#absorbFelt(value);
  }

  observeDigest(label: string, value: DigestValue): void {
    if (typeof value !== 'bigint') throw new TypeError('"value" expected a BN254 scalar, got eight base elements');
    this.#log?.push({ label, kind: 'digest', values: [value] });
    this.#flushFelts();
    this.#absorbScalar(value);
  }

  sampleExt(label: string): ExtValue {
    const value = extFromOutput(this.#take());
    this.#log?.push({ label, kind: 'ext', values: value });
    return value;
  }

  sampleIndices(label: string, count: number, bits: number): number[] {
    const perOutput = indicesPerOutput(bits);
    const values: number[] = [];
    while (values.length < count) {
      let output = this.#take();
      for (let i = 0; i < perOutput && values.length < count; i++) {
        values.push(Number(output & ((1n << BigInt(bits)) - 1n)));
        output >>= BigInt(bits);
      }
    }
    this.#log?.push({ label, kind: 'indices', values });
    return values;
  }

  checkPow(label: string, nonce: number, bits: number): boolean {
    this.#log?.push({ label, kind: 'pow', values: [nonce] });
    this.#absorbFelt(nonce);
    return (this.#take() & ((1n << BigInt(bits)) - 1n)) === 0n;
  }

  grind(bits: number): number {
    // The nonce ends the pack, the pack ends the block: one permutation to the output.
    const lane = this.#scalars.length;
    const state = this.#state.map((x, i) => (i < lane ? this.#scalars[i]! : i < RATE ? 0n : x));
    state[lane] = packScalar(this.#felts);
    return this.#search(state, lane, Number(PACK_BITS) * this.#felts.length, bits);
  }

  /** Copy of the eight lanes; for tests of the sponge itself. */
  state(): bigint[] {
    return [...this.#state];
  }

  #absorbFelt(value: number): void {
    this.#remaining = 0;
    this.#felts.push(value);
    if (this.#felts.length === PACK) this.#flushFelts();
  }

  #flushFelts(): void {
    if (this.#felts.length === 0) return;
    const scalar = packScalar(this.#felts);
    this.#felts = [];
    this.#absorbScalar(scalar);
  }

  #absorbScalar(value: bigint): void {
    this.#remaining = 0;
    this.#scalars.push(value);
    if (this.#scalars.length === RATE) this.#permute();
  }

  #permute(): void {
    // Soundness: only rate lanes are overwritten, the capacity is never touched from outside.
    if (this.#scalars.length > 0) {
      for (let i = 0; i < RATE; i++) this.#state[i] = this.#scalars[i] ?? 0n;
      this.#scalars = [];
    }
    this.#state = permute(this.#state);
    this.#remaining = RATE;
  }

  #take(): bigint {
    this.#flushFelts();
    if (this.#scalars.length > 0 || this.#remaining === 0) this.#permute();
    const output = this.#state[RATE - this.#remaining]!;
    this.#remaining--;
    return output;
  }
}

/** Reference search: one permutation per nonce. */
export function searchNonceBn(state: readonly bigint[], lane: number, shift: number, bits: number): number {
  const mask = (1n << BigInt(bits)) - 1n;
  for (let nonce = 0; ; nonce++) {
    const trial = [...state];
    trial[lane] = (trial[lane] ?? 0n) + (BigInt(nonce) << BigInt(shift));
    if ((permute(trial)[0]! & mask) === 0n) return nonce;
  }
}
