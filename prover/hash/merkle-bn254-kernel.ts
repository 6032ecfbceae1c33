/**
 * Merkle trees of arity 8 and grinding with Poseidon2-BN-8, two hashes at once. Columns hold KoalaBear elements in
 * Montgomery form; row j is the j-th element of every column. A digest in memory is five doubles (limbs in base 2^51, not
 * canonical); it becomes a scalar when it is read. Twins: `hashRow` of sponge-bn254.ts, `buildTreeBn` of merkle-bn254.ts,
 * `searchNonceBn` of duplex-bn254.ts.
 */
import {
  BnLanes,
  LIMBS,
  LIMB_BITS,
  PAIR_BYTES,
  type Products,
  SINGLE_BYTES,
  fromLimbs,
  hasFusedMadd,
  toBalancedLimbs,
} from '../field/bn254-kernel.ts';
import { R, isCanonicalScalar } from '../field/bn254.ts';
import { P } from '../field/koalabear.ts';
import { P_INVERSE } from '../field/montgomery.ts';
import { type FunctionBuilder, ModuleBuilder } from '../wasm/emitter.ts';
import { type I32, type V128, f64x2, i32, i32x4, i64, i64x2, v128 } from '../wasm/instructions.ts';
import { type ThreadPool, type KernelModule, splitRange } from '../wasm/thread-pool.ts';
import { levelBits } from './merkle-bn254.ts';
import { PermutationFunctions, permutationTable } from './poseidon2-bn254-kernel.ts';
import { RATE, WIDTH, permute } from './poseidon2-bn254.ts';
import { LEAF_TAG, PACK, PACK_BITS } from './sponge-bn254.ts';

/** Nonces tried by one job of the grinding kernel, about three milliseconds. */
const NONCES_PER_JOB = 128;

const BASE_MASK = (1n << BigInt(LIMB_BITS)) - 1n;

/** Sets lane `lane` of the state at `state` to zero. */
function clearLane(f: FunctionBuilder, state: I32, lane: number): void {
  const zero = f.let(i64x2.splat(i64.const(0n)));
  for (let i = 0; i < LIMBS; i++) f.storeV128(state, zero, PAIR_BYTES * lane + 16 * i);
}

/** Stores the two values of five vectors as digests at `to`. */
function storeDigests(f: FunctionBuilder, to: I32, limbs: readonly V128[]): void {
  for (const [i, limb] of limbs.entries()) {
    f.storeLane64(to, limb, 0, 8 * i);
    f.storeLane64(to, limb, 1, SINGLE_BYTES + 8 * i);
  }
}

/** Emits `pack`: the scalar of up to eight elements of two neighbouring rows, as limbs in [0, 2^51). */
function addPack(m: ModuleBuilder, products: Products) {
  return m.func(
    'pack',
    { table: 'i32', columns: 'i32', count: 'i32', row: 'i32', to: 'i32' },
    (f, { table, columns, count, row, to }) => {
      const lanes = new BnLanes(f, table, products);
      const modulus = f.let(i64x2.splat(i64.const(BigInt(P))));
      const factor = f.let(i32x4.splat(i32.const(-P_INVERSE)));
      const mask = f.let(i64x2.splat(i64.const(BASE_MASK)));
      const limbs = Array.from({ length: LIMBS }, () => f.local('v128'));
      for (const limb of limbs) f.set(limb, i64x2.splat(i64.const(0n)));
      const addTo = (index: number, value: V128): void => {
        const limb = limbs[index];
        if (limb === undefined) throw new RangeError('a packed scalar has five limbs');
        f.set(limb, i64x2.add(limb, value));
      };
      for (let j = 0; j < PACK; j++) {
        f.if(i32.gtU(count, i32.const(j)), () => {
          const form = f.let(v128.load32x2U(i32.add(i32.load(columns, 4 * j), row)));
          // Montgomery reduction of a word: (x + m*p) / 2^32 < p, because x < p.
          const multiple = i64x2.mul(i32x4.mul(form, factor), modulus);
          const element = f.let(i64x2.shrU(i64x2.add(form, multiple), i32.const(32)));
          const position = Number(PACK_BITS) * j;
          const limb = Math.floor(position / LIMB_BITS);
          const shift = position % LIMB_BITS;
          const spills = shift + Number(PACK_BITS) > LIMB_BITS;
          const shifted = i64x2.shl(element, i32.const(shift));
          addTo(limb, spills ? v128.and(shifted, mask) : shifted);
          if (spills) addTo(limb + 1, i64x2.shrU(element, i32.const(LIMB_BITS - shift)));
        });
      }
      lanes.store(to, lanes.fromIntegers(limbs));
    },
  );
}

/** Emits `hashRows`, `compressLevel` and `grind`. */
export function buildMerkleBnModule(products: Products): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();
  const permutation = new PermutationFunctions(m, products);
  const pack = addPack(m, products);

  // Permutes, adds lane 0 of before (feed-forward) and stores two digests.
  const compress = m.func('compress', { table: 'i32', state: 'i32', to: 'i32' }, (f, { table, state, to }) => {
    const lanes = new BnLanes(f, table, products);
    const before = lanes.load(state);
    permutation.permute(f, table, state);
    const columns = lanes.columns();
    lanes.addValue(columns, before);
    lanes.addValue(columns, lanes.stored(state));
    storeDigests(f, to, lanes.reduce(columns));
  });

  // Digests of rows [start, end), start even. `columns` points to `width` byte offsets of columns. An odd end is rounded up.
  m.func(
    'hashRows',
    { table: 'i32', columns: 'i32', width: 'i32', out: 'i32', start: 'i32', end: 'i32' },
    (f, { table, columns, width, out, start, end }) => {
      const lanes = new BnLanes(f, table, products);
      const state = f.let(f.scratch);
      const byte = (words: I32): I32 => i32.shl(words, i32.const(2));
      const scalars = f.let(i32.shrU(i32.add(width, i32.const(PACK - 1)), i32.const(3)));
      // Packs scalar `index`; one behind the last has no elements and becomes 0.
      const packTo = (index: I32, row: I32, to: I32): void => {
        const first = f.let(i32.shl(index, i32.const(3)));
        f.if(
          i32.gtU(width, first),
          () => {
            const from = i32.add(columns, byte(first));
            f.call(pack, { table, columns: from, count: i32.sub(width, first), row: byte(row), to });
          },
          () => f.call(pack, { table, columns, count: i32.const(0), row: i32.const(0), to }),
        );
      };
      const laneAt = (lane: I32): I32 => i32.add(state, i32.mul(lane, i32.const(PAIR_BYTES)));
      const digestAt = (row: I32): I32 => i32.add(out, i32.mul(row, i32.const(SINGLE_BYTES)));
      const loadState = (): V128[] => Array.from({ length: LIMBS }, (_, i) => v128.load(state, 16 * i));
      const rows = (body: (row: I32) => void): void => f.for(start, end, 2, body);
      f.if(i32.eq(scalars, i32.const(1)), () => {
        rows((row) => {
          packTo(i32.const(0), row, state);
          storeDigests(f, digestAt(row), loadState());
        });
        f.return();
      });
      f.if(i32.ltU(scalars, i32.const(WIDTH + 1)), () => {
        rows((row) => {
          f.for(i32.const(0), i32.const(WIDTH), 1, (lane) => packTo(lane, row, laneAt(lane)));
          f.call(compress, { table, state, to: digestAt(row) });
        });
        f.return();
      });
      rows((row) => {
        clearLane(f, state, RATE);
        const capacity = f.let(i64x2.add(i64x2.splat(i64.const(LEAF_TAG)), i64x2.splat(i64.extendI32U(width))));
        const [low] = lanes.fromIntegers([capacity]);
        if (low !== undefined) f.storeV128(state, low, PAIR_BYTES * RATE);
        f.for(i32.const(0), scalars, RATE, (block) => {
          f.for(i32.const(0), i32.const(RATE), 1, (lane) => packTo(i32.add(block, lane), row, laneAt(lane)));
          permutation.permute(f, table, state);
        });
        storeDigests(f, digestAt(row), loadState());
      });
    },
  );

  // Parents [start, end), start even, of `arity` children each; the other places hold 0. An odd end is rounded up.
  m.func(
    'compressLevel',
    { table: 'i32', child: 'i32', parent: 'i32', arity: 'i32', start: 'i32', end: 'i32' },
    (f, { table, child, parent, arity, start, end }) => {
      const state = f.let(f.scratch);
      const childBytes = f.let(i32.mul(arity, i32.const(SINGLE_BYTES)));
      f.for(start, end, 2, (at) => {
        const first = f.let(i32.add(child, i32.mul(at, childBytes)));
        const second = f.let(i32.add(first, childBytes));
        for (let c = 0; c < WIDTH; c++) {
          f.if(
            i32.gtU(arity, i32.const(c)),
            () => {
              for (let i = 0; i < LIMBS; i++) {
                const offset = SINGLE_BYTES * c + 8 * i;
                const both = v128.load64Lane(second, v128.load64Splat(first, offset), 1, offset);
                f.storeV128(state, both, PAIR_BYTES * c + 16 * i);
              }
            },
            () => clearLane(f, state, c),
          );
        }
        f.call(compress, { table, state, to: i32.add(parent, i32.mul(at, i32.const(SINGLE_BYTES))) });
      });
    },
  );

  // Tries nonces start .. start + count - 1 (even count): nonce * 2^(51*limb + shift) is added to lane `lane` of the state
  // of eight values of one lane at `template`. Writes the candidates from `result + 4` on and their number to `result`.
  m.func(
    'grind',
    {
      table: 'i32',
      template: 'i32',
      lane: 'i32',
      limb: 'i32',
      shift: 'i32',
      start: 'i32',
      count: 'i32',
      mask: 'i32',
      result: 'i32',
    },
    (f, { table, template, lane, limb, shift, start, count, mask, result }) => {
      const lanes = new BnLanes(f, table, products);
      const state = f.let(f.scratch);
      const target = f.let(i32.add(i32.add(state, i32.mul(lane, i32.const(PAIR_BYTES))), i32.shl(limb, i32.const(4))));
      const base = f.let(i64x2.splat(i64.const(BASE_MASK)));
      const zero = f.let(i64x2.splat(i64.const(0n)));
      const maskLanes = f.let(i64x2.splat(i64.extendI32U(mask)));
      const modulusLow = f.let(i64x2.splat(i64.const(R & 0xffffffffn)));
      const rest = f.let(i32.sub(i32.const(LIMB_BITS), shift));
      const next = f.let(i32.add(result, i32.const(4)));
      const end = f.let(i32.add(start, count));
      f.for(start, end, 2, (nonce) => {
        for (let i = 0; i < WIDTH * LIMBS; i++) f.storeV128(state, v128.load64Splat(template, 8 * i), 16 * i);
        const nonces = f.let(i64x2.add(i64x2.splat(i64.extendI32U(nonce)), v128.const32([0, 0, 1, 0])));
        // Bits of nonce and lane do not overlap, so limbs stay in [0, 2^51). Behind limb 4 the high part is 0.
        const parts = lanes.fromIntegers([v128.and(i64x2.shl(nonces, shift), base), i64x2.shrU(nonces, rest)]);
        for (const [i, part] of parts.entries()) {
          f.storeV128(target, f64x2.add(v128.load(target, 16 * i), part), 16 * i);
        }
        permutation.permute(f, table, state);
        // The canonical value is this one or this one plus r; the caller decides.
        const value = f.let(lanes.pattern(v128.load(state)));
        const isZero = (x: V128): V128 => i64x2.eq(v128.and(x, maskLanes), zero);
        const hits = f.let(i64x2.bitmask(v128.or(isZero(value), isZero(i64x2.add(value, modulusLow)))));
        for (const second of [0, 1]) {
          f.if(i32.and(hits, i32.const(1 << second)), () => {
            f.storeI32(next, i32.add(nonce, i32.const(second)));
            f.increment(next, 4);
          });
        }
      });
      f.storeI32(result, i32.shrU(i32.sub(i32.sub(next, result), i32.const(4)), i32.const(2)));
    },
  );
  return m.bytes();
}

/** A tree in pool memory: `levels[0]` are the leaf digests, the last is the root. */
export type MerkleTreeBn = { readonly logRows: number; readonly levels: readonly number[] };

/** Bytes of a level: kernels read and write pairs of parents, so a little more than `count` digests. */
function levelBytes(count: number): number {
  return SINGLE_BYTES * Math.max(count, 2 * WIDTH);
}

/** The Merkle and grinding kernels of one pool. */
export class MerkleBnKernels {
  readonly #pool: ThreadPool;
  readonly #module: KernelModule;
  readonly #table: number;

  /**
   * Allocates the table of constants in the arena: create it before any `mark` that will be released. `products` is for
   * tests; by default the machine decides.
   */
  constructor(pool: ThreadPool, products: Products = hasFusedMadd(pool) ? 'fused' : 'dekker') {
    this.#pool = pool;
    this.#module = pool.cached(`merkle-bn-${products}`, () => buildMerkleBnModule(products));
    const table = permutationTable();
    this.#table = pool.arena.alloc(table.byteLength);
    new BigInt64Array(pool.arena.memory.buffer, this.#table, table.length).set(table);
  }

  /**
   * Commits to 2^logRows rows (logRows >= 1) of `columns.length` elements. `columns` are byte offsets, Montgomery form.
   */
  commit(columns: readonly number[], logRows: number): MerkleTreeBn {
    if (logRows < 1 || columns.length < 1) {
      throw new RangeError(`"logRows" expected at least 1 and one column, got ${logRows} and ${columns.length}`);
    }
    const { arena, threads } = this.#pool;
    const levels = [arena.alloc(levelBytes(2 ** logRows))];
    let depth = logRows;
    for (const bits of levelBits(logRows)) levels.push(arena.alloc(levelBytes(2 ** (depth -= bits))));
    arena.scope(() => {
      const pointers = arena.alloc(4 * columns.length);
      arena.u32(pointers, columns.length).set(columns);
      const jobs = splitRange(2 ** logRows, threads, 16).map(([start, end]) => [
        this.#table,
        pointers,
        columns.length,
        levels[0] ?? 0,
        start,
        end,
      ]);
      this.#pool.run(this.#module, 'hashRows', jobs);
    });
    let count = 2 ** logRows;
    for (const [level, bits] of levelBits(logRows).entries()) {
      const arity = 2 ** bits;
      count /= arity;
      const jobs = splitRange(count, threads, 2).map(([start, end]) => [
        this.#table,
        levels[level] ?? 0,
        levels[level + 1] ?? 0,
        arity,
        start,
        end,
      ]);
      this.#pool.run(this.#module, 'compressLevel', jobs);
    }
    return { logRows, levels };
  }

  /** Digest `index` of level `level` (0 = leaves), canonical. */
  digest(tree: MerkleTreeBn, level: number, index: number): bigint {
    const ptr = tree.levels[level];
    const below = levelBits(tree.logRows).slice(0, level);
    const count = 2 ** below.reduce((rest, bits) => rest - bits, tree.logRows);
    if (ptr === undefined || !Number.isInteger(index) || index < 0 || index >= count) {
      throw new RangeError(`"index" expected below ${count} at level ${level}, got ${index}`);
    }
    return fromLimbs(new Float64Array(this.#pool.arena.memory.buffer, ptr + SINGLE_BYTES * index, LIMBS));
  }

  root(tree: MerkleTreeBn): bigint {
    return this.digest(tree, tree.levels.length - 1, 0);
  }

  /** Siblings of leaf `index`, lowest level first, in position order with the node itself left out. */
  path(tree: MerkleTreeBn, index: number): bigint[] {
    let at = index;
    return levelBits(tree.logRows).flatMap((bits, level) => {
      const arity = 2 ** bits;
      const own = at;
      at = Math.floor(at / arity);
      const first = at * arity;
      return Array.from({ length: arity }, (_, i) => first + i)
        .filter((node) => node !== own)
        .map((node) => this.digest(tree, level, node));
    });
  }

  /**
   * The smallest nonce such that lane 0 of permute(state with nonce * 2^shift added to lane `lane`) has `bits` low zero
   * bits. The answer does not depend on the number of threads. Lane `lane` of the canonical `state` is below 2^shift.
   */
  grind(state: readonly bigint[], lane: number, shift: number, bits: number): number {
    if (state.length !== WIDTH || !state.every(isCanonicalScalar)) {
      throw new RangeError(`"state" expected ${WIDTH} canonical scalars`);
    }
    const own = state[lane] ?? 0n;
    if (lane < 0 || lane >= RATE || shift < 0 || shift > 7 * Number(PACK_BITS) || own >> BigInt(shift) !== 0n) {
      throw new RangeError(`"lane" expected 0..${RATE - 1} with a scalar below 2^shift, got ${lane} and ${shift}`);
    }
    if (bits < 0 || bits > 30) throw new RangeError(`"bits" expected 0..30, got ${bits}`);
    const { arena, threads } = this.#pool;
    return arena.scope(() => {
      const template = arena.alloc(WIDTH * SINGLE_BYTES);
      const limbs = state.flatMap((x, i) => (i === lane ? unsignedLimbs(x) : toBalancedLimbs(x)));
      new Float64Array(arena.memory.buffer, template, limbs.length).set(limbs.map(Number));
      const words = 1 + NONCES_PER_JOB;
      const results = arena.alloc(4 * words * threads);
      for (let first = 0; first < P - threads * NONCES_PER_JOB; first += threads * NONCES_PER_JOB) {
        const jobs = Array.from({ length: threads }, (_, i) => [
          this.#table,
          template,
          lane,
          Math.floor(shift / LIMB_BITS),
          shift % LIMB_BITS,
          first + i * NONCES_PER_JOB,
          NONCES_PER_JOB,
          2 ** bits - 1,
          results + 4 * words * i,
        ]);
        this.#pool.run(this.#module, 'grind', jobs);
        for (let i = 0; i < threads; i++) {
          const found = arena.u32(results + 4 * words * i, words);
          for (const nonce of found.subarray(1, 1 + (found[0] ?? 0))) {
            if (nonceWorks(state, lane, shift, bits, nonce)) return nonce;
          }
        }
      }
      throw new RangeError(`"bits" expected a reachable difficulty, got ${bits}`);
    });
  }
}

/** Whether a candidate is a solution, by the plain permutation. */
function nonceWorks(state: readonly bigint[], lane: number, shift: number, bits: number, nonce: number): boolean {
  const trial = state.map((x, i) => (i === lane ? x + (BigInt(nonce) << BigInt(shift)) : x));
  return ((permute(trial)[0] ?? 0n) & ((1n << BigInt(bits)) - 1n)) === 0n;
}

/** Limbs of a canonical scalar in [0, 2^51). */
function unsignedLimbs(value: bigint): bigint[] {
  return Array.from({ length: LIMBS }, (_, i) => (value >> BigInt(LIMB_BITS * i)) & BASE_MASK);
}
