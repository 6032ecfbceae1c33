/** Seeded randomness for tests: the same seed, the same values. */
import { P } from '../../prover/field/koalabear.ts';
import type { ExtValue } from '../../prover/field/types.ts';

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** mulberry32: an integer below 2^32. */
  u32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  below(bound: number): number {
    return this.u32() % bound;
  }

  felt(): number {
    return this.below(P);
  }

  felts(count: number): number[] {
    return Array.from({ length: count }, () => this.felt());
  }

  column(logHeight: number): Uint32Array {
    return Uint32Array.from(this.felts(2 ** logHeight));
  }

  ext(): ExtValue {
    return [this.felt(), this.felt(), this.felt(), this.felt(), this.felt()];
  }

  exts(count: number): ExtValue[] {
    return Array.from({ length: count }, () => this.ext());
  }
}
