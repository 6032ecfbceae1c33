/**
 * Two-to-one compressions of many pairs at once, on one thread and without a pool: four in the lanes of a vector.
 * Twin: `compress` of sponge-koalabear.ts.
 */
import { LaneField } from '../field/koalabear-kernel.ts';
import { MONT_ONE, toMontgomery } from '../field/montgomery.ts';
import { ModuleBuilder } from '../wasm/emitter.ts';
import { i32, i32x4, v128 } from '../wasm/instructions.ts';
import { wasm, type Kernel } from '../wasm/web-assembly.ts';
import { PermutationLanes, roundConstantTable } from './poseidon2-koalabear-kernel.ts';
import { DIGEST_LENGTH } from './sponge-koalabear.ts';

/** Pairs that one call of the kernel takes; a multiple of four. */
const CAPACITY = 4096;
const PLANE = 4 * CAPACITY;
const ELEMENTS = 2 * DIGEST_LENGTH;
const PAGE = 2 ** 16;

/** Emits `compress`: pairs 0 to `end` (in bytes of a plane, a multiple of 16), as sixteen planes of canonical elements. */
function buildCompressModule(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();
  m.func('compress', { table: 'i32', pairs: 'i32', out: 'i32', end: 'i32' }, (f, { table, pairs, out, end }) => {
    const field = new LaneField(f);
    const lanes = new PermutationLanes(f, field, table);
    const one = f.let(v128.const32([1, 1, 1, 1]));
    const squared = f.let(i32x4.splat(i32.const(toMontgomery(MONT_ONE))));
    f.for(i32.const(0), end, 16, (at) => {
      const from = f.let(i32.add(pairs, at));
      for (const lane of lanes.state) {
        f.set(lane, field.mul(f.let(v128.load(from)), squared));
        f.increment(from, i32.const(PLANE));
      }
      lanes.permute();
      f.set(from, i32.add(pairs, at));
      const to = f.let(i32.add(out, at));
      for (const lane of lanes.state.slice(0, DIGEST_LENGTH)) {
        f.storeV128(to, field.add(field.mul(lane, one), f.let(v128.load(from))));
        f.increment(from, i32.const(PLANE));
        f.increment(to, i32.const(PLANE));
      }
    });
  });
  return m.bytes();
}

/** The kernel and its memory: the table of round constants, sixteen planes of pairs, eight of digests. */
class Compressor {
  readonly #run: Kernel;
  readonly #pairs: Uint32Array;
  readonly #digests: Uint32Array;
  readonly #at: { readonly table: number; readonly pairs: number; readonly digests: number };

  constructor() {
    const at = { table: 0, pairs: PAGE, digests: PAGE + ELEMENTS * PLANE };
    const pages = Math.ceil((at.digests + DIGEST_LENGTH * PLANE) / PAGE);
    const memory = new wasm.Memory({ initial: pages, maximum: pages, shared: true });
    const constants = roundConstantTable();
    new Int32Array(memory.buffer, at.table, constants.length).set(constants);
    this.#pairs = new Uint32Array(memory.buffer, at.pairs, ELEMENTS * CAPACITY);
    this.#digests = new Uint32Array(memory.buffer, at.digests, DIGEST_LENGTH * CAPACITY);
    this.#at = at;
    const module = new wasm.Module(buildCompressModule());
    const { exports } = new wasm.Instance(module, { env: { memory, scratch: 0 } });
    this.#run = exports['compress'] as Kernel;
  }

  /** Digests of the pairs from `first` on, `count` of them, to the same place of `digests`. */
  compress(pairs: Uint32Array, digests: Uint32Array, first: number, count: number): void {
    for (let i = 0, from = ELEMENTS * first; i < count; i++) {
      for (let plane = i; plane < ELEMENTS * CAPACITY; plane += CAPACITY) this.#pairs[plane] = pairs[from++]!;
    }
    this.#run(this.#at.table, this.#at.pairs, this.#at.digests, 16 * Math.ceil(count / 4));
    for (let i = 0, to = DIGEST_LENGTH * first; i < count; i++) {
      for (let plane = i; plane < DIGEST_LENGTH * CAPACITY; plane += CAPACITY) digests[to++] = this.#digests[plane]!;
    }
  }
}

let compressor: Compressor | undefined;

/** The digests of pairs of digests: sixteen canonical elements a pair, eight a result. RangeError for half a pair. */
export function compressPairs(pairs: Uint32Array): Uint32Array {
  const count = pairs.length / ELEMENTS;
  if (!Number.isInteger(count)) throw new RangeError(`"pairs" expected a multiple of 16 elements, got ${pairs.length}`);
  const digests = new Uint32Array(DIGEST_LENGTH * count);
  compressor ??= new Compressor();
  for (let first = 0; first < count; first += CAPACITY) {
    compressor.compress(pairs, digests, first, Math.min(CAPACITY, count - first));
  }
  return digests;
}
