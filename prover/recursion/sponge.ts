/** The sponges of Poseidon2-KB-16 in recorded form: exactly the schedules of `hash/sponge-koalabear.ts` and `verifier/duplex-koalabear.ts`. */
import { domainCapacity, RATE } from '../hash/sponge-koalabear.ts';
import type { Wire } from './form.ts';
import type { Block, Recorder } from './recorder.ts';

/** A block of constants. */
export function constantBlock(recorder: Recorder, values: readonly number[]): Block {
  return recorder.pack(values.map((value) => recorder.felt(value)));
}

/** Absorbs `felts` in blocks of eight, zero-padded; an empty input is one zero block. Returns the rate at the end. */
export function absorbAll(recorder: Recorder, capacityValues: readonly number[], felts: readonly Wire[]): Block {
  let capacity = constantBlock(recorder, capacityValues);
  let at = 0;
  for (;;) {
    const state = recorder.absorb(recorder.pack(padded(recorder, felts.slice(at, at + RATE))), capacity);
    capacity = state.capacity;
    at += RATE;
    if (at >= felts.length) return state.rate;
  }
}

/** The duplex: overwrite mode, whole blocks, outputs from the front of the rate. */
export class RecordedDuplex {
  readonly #recorder: Recorder;
  #rate: Block;
  #capacity: Block;
  #buffer: Wire[] = [];
  #remaining = 0;

  constructor(recorder: Recorder, domain: string) {
    this.#recorder = recorder;
    this.#rate = constantBlock(recorder, new Array<number>(RATE).fill(0));
    this.#capacity = constantBlock(recorder, domainCapacity(domain));
  }

  observe(felts: readonly Wire[]): void {
    for (const felt of felts) {
      this.#remaining = 0;
      this.#buffer.push(felt);
      if (this.#buffer.length === RATE) this.#permute();
    }
  }

  take(count: number): Wire[] {
    if (this.#buffer.length > 0 || this.#remaining < count) this.#permute();
    const from = RATE - this.#remaining;
    this.#remaining -= count;
    return this.#recorder.unpack(this.#rate).slice(from, from + count);
  }

  #permute(): void {
    const input = this.#buffer.length === 0 ? this.#rate : this.#recorder.pack(padded(this.#recorder, this.#buffer));
    const { rate, capacity } = this.#recorder.absorb(input, this.#capacity);
    this.#buffer = [];
    this.#rate = rate;
    this.#capacity = capacity;
    this.#remaining = RATE;
  }
}

function padded(recorder: Recorder, felts: readonly Wire[]): Wire[] {
  return Array.from({ length: RATE }, (_, i) => felts[i] ?? recorder.felt(0));
}
