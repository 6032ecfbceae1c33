/**
 * Worker of the development setup: products of the group generators by many scalars, with fixed-base window tables, over
 * the field and curve functions of wasmcurves. An edge: the only user of node:worker_threads in this folder besides
 * setup-points.ts. It imports nothing of ours and nothing that starts workers itself.
 */
import { parentPort, workerData } from 'node:worker_threads';

/** Sent once as workerData. Offsets are those of the Jacobian generators in the module's memory. */
export type SetupWorkerData = {
  readonly code: Uint8Array;
  readonly generators: { readonly g1: number; readonly g2: number };
  readonly windowBits: { readonly g1: number; readonly g2: number };
};

/** scalars: 32 bytes each, little-endian, canonical. The answer has affine points, Montgomery, 64 (g1) or 128 bytes. */
export type SetupRequest = { readonly id: number; readonly group: 'g1' | 'g2'; readonly scalars: Uint8Array };
export type SetupResponse =
  { readonly id: number; readonly points: Uint8Array } | { readonly id: number; readonly error: string };

/** The part of the WebAssembly interface used here: TypeScript has it only in its DOM library. */
type Memory = { readonly buffer: ArrayBuffer; grow(pages: number): number };
type Exports = Record<string, (...args: number[]) => void>;
type WasmApi = {
  readonly Memory: new (options: { initial: number }) => Memory;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: Memory } }) => { readonly exports: Exports };
};
const wasm = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

const PAGE = 65536;
const SCALAR_BITS = 254;
/** Most scalars of one request. */
export const MAX_BATCH = 4096;

type Group = { readonly prefix: 'g1m' | 'g2m'; readonly coordinate: number };
const GROUPS = {
  g1: { prefix: 'g1m', coordinate: 32 },
  g2: { prefix: 'g2m', coordinate: 64 },
} as const satisfies Record<string, Group>;

class FixedBase {
  readonly #memory: Memory;
  readonly #exports: Exports;
  readonly #coordinate: number;
  readonly #prefix: string;
  readonly #windowBits: number;
  readonly #windows: number;
  readonly #table: number;
  readonly #jacobian: number;
  readonly #affine: number;

  constructor(data: SetupWorkerData, name: 'g1' | 'g2') {
    const { prefix, coordinate } = GROUPS[name];
    this.#prefix = prefix;
    this.#coordinate = coordinate;
    this.#windowBits = data.windowBits[name];
    this.#windows = Math.ceil(SCALAR_BITS / this.#windowBits);
    const entries = 2 ** this.#windowBits;
    const batch = Math.max(MAX_BATCH, entries);
    this.#memory = new wasm.Memory({ initial: 25 });
    const module = new wasm.Module(data.code);
    const instance = new wasm.Instance(module, { env: { memory: this.#memory } });
    this.#exports = instance.exports;
    // batchToAffine and batchInverse take scratch space from the pointer at address 0: it must lie behind our buffers.
    const start = Math.ceil((this.#u32()[0] ?? 0) / 64) * 64;
    this.#table = start;
    this.#jacobian = this.#table + this.#windows * entries * 2 * coordinate;
    this.#affine = this.#jacobian + (batch + 1) * 3 * coordinate;
    const end = this.#affine + (batch + 1) * 2 * coordinate;
    const scratch = 4 * (batch + 1) * coordinate + PAGE;
    // A small circuit finds room enough.
    this.#memory.grow(Math.max(0, Math.ceil((end + scratch - this.#memory.buffer.byteLength) / PAGE)));
    this.#u32()[0] = end;
    this.#fillTable(data.generators[name], entries);
  }

  /** One product a scalar. Zero gives the point at infinity, all bytes zero. */
  multiply(scalars: Uint8Array): Uint8Array {
    const count = scalars.byteLength / 32;
    const c = this.#coordinate;
    const words = new Uint32Array(scalars.slice().buffer);
    const zero = this.#exports[`${this.#prefix}_zero`]!;
    const addMixed = this.#exports[`${this.#prefix}_addMixed`]!;
    const entries = 2 ** this.#windowBits;
    const mask = entries - 1;
    for (let i = 0; i < count; i++) {
      const sum = this.#jacobian + i * 3 * c;
      zero(sum);
      for (let w = 0; w < this.#windows; w++) {
        const bit = w * this.#windowBits;
        const word = 8 * i + (bit >>> 5);
        const shift = bit & 31;
        let digit = words[word]! >>> shift;
        if (shift + this.#windowBits > 32 && bit >>> 5 < 7) digit |= words[word + 1]! << (32 - shift);
        digit &= mask;
        if (digit !== 0) addMixed(sum, this.#table + (w * entries + digit) * 2 * c, sum);
      }
    }
    this.#toAffine(this.#jacobian, count, this.#affine);
    return new Uint8Array(this.#memory.buffer, this.#affine, count * 2 * c).slice();
  }

  /** table[w][d] = d * 2^(w * windowBits) * generator, affine. */
  #fillTable(generator: number, entries: number): void {
    const c = this.#coordinate;
    const zero = this.#exports[`${this.#prefix}_zero`]!;
    const addMixed = this.#exports[`${this.#prefix}_addMixed`]!;
    const base = this.#affine + entries * 2 * c;
    this.#toAffine(generator, 1, base);
    for (let w = 0; w < this.#windows; w++) {
      zero(this.#jacobian);
      for (let d = 1; d <= entries; d++) {
        addMixed(this.#jacobian + (d - 1) * 3 * c, base, this.#jacobian + d * 3 * c);
      }
      this.#toAffine(this.#jacobian, entries, this.#table + w * entries * 2 * c);
      this.#toAffine(this.#jacobian + entries * 3 * c, 1, base);
    }
  }

  #toAffine(from: number, count: number, to: number): void {
    this.#exports[`${this.#prefix}_batchToAffine`]!(from, count, to);
  }

  #u32(): Uint32Array {
    return new Uint32Array(this.#memory.buffer);
  }
}

if (parentPort !== null) {
  const port = parentPort;
  const data = workerData as SetupWorkerData;
  const tables: Partial<Record<'g1' | 'g2', FixedBase>> = {};
  port.on('message', ({ id, group, scalars }: SetupRequest) => {
    try {
      const points = (tables[group] ??= new FixedBase(data, group)).multiply(scalars);
      port.postMessage({ id, points } satisfies SetupResponse, [points.buffer as ArrayBuffer]);
    } catch (error) {
      port.postMessage({ id, error: String(error) } satisfies SetupResponse);
    }
  });
}
