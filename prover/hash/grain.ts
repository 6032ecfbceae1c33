/**
 * The Grain LFSR that derives the round constants of Poseidon and Poseidon2.
 *
 * Source: Grassi et al., "Poseidon", USENIX 2021, appendix E. 80 bits of state; the first 160 outputs are dropped; of each
 * pair of outputs the second is emitted iff the first is 1. Checked against published constants for KoalaBear.
 */

/** What the generator is seeded with. `fieldBits` is the bit length of the modulus. */
export type GrainParameters = {
  readonly modulus: bigint;
  readonly fieldBits: number;
  readonly width: number;
  readonly fullRounds: number;
  readonly partialRounds: number;
};

const STATE_BITS = 80;
const WARM_UP = 160;
const TAPS = [62, 51, 38, 23, 13, 0] as const;
/** Field type 1 = prime field, S-box type 0 = x^alpha. */
const FIELD_TYPE = 1;
const SBOX_TYPE = 0;

/** The stream of field elements of one parameter set. Draw from one instance in the order of the specification. */
export class Grain {
  readonly #state: Uint8Array;
  readonly #modulus: bigint;
  readonly #fieldBits: number;
  #head = 0;

  constructor(parameters: GrainParameters) {
    const { modulus, fieldBits, width, fullRounds, partialRounds } = parameters;
    if (modulus >> BigInt(fieldBits) !== 0n || modulus >> BigInt(fieldBits - 1) === 0n) {
      throw new RangeError(`"fieldBits" expected the bit length of the modulus, got ${fieldBits}`);
    }
    this.#modulus = modulus;
    this.#fieldBits = fieldBits;
    const seed: number[] = [];
    const push = (value: number, count: number): void => {
      for (let i = count - 1; i >= 0; i--) seed.push((value >>> i) & 1);
    };
    push(FIELD_TYPE, 2);
    push(SBOX_TYPE, 4);
    push(fieldBits, 12);
    push(width, 12);
    push(fullRounds, 10);
    push(partialRounds, 10);
    while (seed.length < STATE_BITS) seed.push(1);
    this.#state = Uint8Array.from(seed);
    for (let i = 0; i < WARM_UP; i++) this.#clock();
  }

  /** One element, uniform below the modulus: big-endian bits, values not below the modulus are drawn again. */
  element(): bigint {
    for (;;) {
      let value = 0n;
      for (let i = 0; i < this.#fieldBits; i++) value = (value << 1n) | BigInt(this.#bit());
      if (value < this.#modulus) return value;
    }
  }

  elements(count: number): bigint[] {
    return Array.from({ length: count }, () => this.element());
  }

  #bit(): number {
    for (;;) {
      const keep = this.#clock();
      const bit = this.#clock();
      if (keep === 1) return bit;
    }
  }

  /** A ring buffer: the oldest bit is overwritten by the new one. */
  #clock(): number {
    let bit = 0;
    for (const tap of TAPS) bit ^= this.#state[(this.#head + tap) % STATE_BITS] ?? 0;
    this.#state[this.#head] = bit;
    this.#head = (this.#head + 1) % STATE_BITS;
    return bit;
  }
}

/** Round constants in the order of use: `first` and `last` half of the full rounds (width each), `partial` one each. */
export type RoundConstants = {
  readonly first: readonly (readonly bigint[])[];
  readonly partial: readonly bigint[];
  readonly last: readonly (readonly bigint[])[];
};

/** Draws the round constants of Poseidon2; further draws from `grain` (a diagonal, say) follow them. */
export function drawRoundConstants(grain: Grain, parameters: GrainParameters): RoundConstants {
  const half = parameters.fullRounds / 2;
  const full = (): bigint[][] => Array.from({ length: half }, () => grain.elements(parameters.width));
  const first = full();
  const partial = grain.elements(parameters.partialRounds);
  return { first, partial, last: full() };
}
