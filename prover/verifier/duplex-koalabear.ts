/**
 * Transcript over Poseidon2-KB-16. Overwrite mode, whole blocks: a full buffer of 8 overwrites the rate and permutes; before
 * a sample a partial buffer is padded with zeros and absorbed (schedules are static, so the padding is injective).
 * Outputs are taken from the front of the rate; if fewer than needed remain, the state is permuted first and the rest is
 * dropped.
 */
import type { ExtValue } from '../field/types.ts';
import { permute } from '../hash/poseidon2-koalabear.ts';
import { RATE, domainCapacity } from '../hash/sponge-koalabear.ts';
import type { DigestValue } from './backend.ts';
import { MAX_INDEX_BITS, type NativeTranscript, type TranscriptLog } from './native-transcript.ts';

/**
 * Finds the smallest n such that lane 0 of permute(state with lane `lane` set to n) has its low `bits` bits zero. The
 * place where a kernel enters.
 */
export type PowSearch = (state: readonly number[], lane: number, bits: number) => number;

export type DuplexOptions = {
  /** Every call is appended here. */
  readonly log?: TranscriptLog;
  readonly search?: PowSearch;
};

export class DuplexKoalaBear implements NativeTranscript {
  readonly #state: number[];
  readonly #log: TranscriptLog | undefined;
  readonly #search: PowSearch;
  #buffer: number[] = [];
  /** Outputs not yet taken; they are the last of the rate. */
  #remaining = 0;

  constructor(domain: string, options: DuplexOptions = {}) {
    this.#state = [...Array.from({ length: RATE }, () => 0), ...domainCapacity(domain)];
    this.#log = options.log;
    this.#search = options.search ?? searchNonce;
  }

  observeFelts(label: string, values: readonly number[]): void {
    this.#log?.push({ label, kind: 'felts', values: [...values] });
    for (const value of values) this.#absorb(value);
  }

  observeDigest(label: string, value: DigestValue): void {
    if (typeof value === 'bigint') throw new TypeError('"value" expected eight base elements, got a BN254 scalar');
    this.#log?.push({ label, kind: 'digest', values: [...value] });
    for (const element of value) this.#absorb(element);
  }

  sampleExt(label: string): ExtValue {
    const [a, b, c, d, e] = this.#take(5);
    const value: ExtValue = [a!, b!, c!, d!, e!];
    this.#log?.push({ label, kind: 'ext', values: value });
    return value;
  }

  sampleIndices(label: string, count: number, bits: number): number[] {
    if (bits < 0 || bits > MAX_INDEX_BITS) {
      throw new RangeError(`"bits" expected 0..${MAX_INDEX_BITS}, got ${bits}`);
    }
    const values = Array.from({ length: count }, () => this.#take(1)[0]! % 2 ** bits);
    this.#log?.push({ label, kind: 'indices', values });
    return values;
  }

  checkPow(label: string, nonce: number, bits: number): boolean {
    this.#log?.push({ label, kind: 'pow', values: [nonce] });
    this.#absorb(nonce);
    return this.#take(1)[0]! % 2 ** bits === 0;
  }

  grind(bits: number): number {
    const lane = this.#buffer.length;
    // The nonce completes the block or is followed by the zero padding: one permutation to the output either way.
    const state = this.#state.map((x, i) => (i < lane ? this.#buffer[i]! : i < RATE ? 0 : x));
    return this.#search(state, lane, bits);
  }

  /** Copy of the 16 lanes; for tests of the sponge itself. */
  state(): number[] {
    return [...this.#state];
  }

  #absorb(value: number): void {
    this.#remaining = 0;
    this.#buffer.push(value);
    if (this.#buffer.length === RATE) this.#permute();
  }

  #permute(): void {
    // Soundness: only rate lanes are overwritten, the capacity is never touched from outside.
    for (let i = 0; i < RATE && this.#buffer.length > 0; i++) this.#state[i] = this.#buffer[i] ?? 0;
    this.#buffer = [];
    permute(this.#state);
    this.#remaining = RATE;
  }

  #take(count: number): number[] {
    if (this.#buffer.length > 0 || this.#remaining < count) this.#permute();
    const from = RATE - this.#remaining;
    this.#remaining -= count;
    return this.#state.slice(from, from + count);
  }
}

/** Reference search: one permutation per nonce. */
export function searchNonce(state: readonly number[], lane: number, bits: number): number {
  for (let nonce = 0; ; nonce++) {
    const trial = [...state];
    trial[lane] = nonce;
    permute(trial);
    if (trial[0]! % 2 ** bits === 0) return nonce;
  }
}
