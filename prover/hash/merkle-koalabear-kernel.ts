/**
 * Merkle trees over columns with the four-lane permutation. Columns are stored one after another (or anywhere), in
 * Montgomery form; row j is the j-th element of every column.
 *
 * A level of `count` digests is stored as eight planes of max(count, 8) words, so that four neighbouring digests are
 * eight vector loads. Twin: `hashRow`, `compress` and `buildTree` of sponge-koalabear.ts and merkle-koalabear.ts.
 */
import { LaneField } from '../field/koalabear-kernel.ts';
import { P } from '../field/koalabear.ts';
import { MONT_ONE, fromMontgomery, toMontgomery } from '../field/montgomery.ts';
import { ModuleBuilder } from '../wasm/emitter.ts';
import { i32, i32x4, v128 } from '../wasm/instructions.ts';
import { type ThreadPool, type KernelModule, splitRange } from '../wasm/thread-pool.ts';
import { WIDTH } from './poseidon2-koalabear.ts';
import { PermutationLanes, roundConstantTable } from './poseidon2-koalabear-kernel.ts';
import { DIGEST_LENGTH, LEAF_TAG, RATE } from './sponge-koalabear.ts';

/** Nonces tried by one job of the grinding kernel. */
const NONCES_PER_JOB = 1 << 12;

/** Emits `hashRows`, `compressLevel` and `grind`. */
export function buildMerkleModule(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();

  // Leaf digests of rows [start, end), multiples of four. `columns` points to `width` byte offsets of columns.
  m.func(
    'hashRows',
    { table: 'i32', columns: 'i32', width: 'i32', out: 'i32', outPlane: 'i32', start: 'i32', end: 'i32' },
    (f, { table, columns, width, out, outPlane, start, end }) => {
      const field = new LaneField(f);
      const lanes = new PermutationLanes(f, field, table);
      const zero = f.let(v128.const32([0, 0, 0, 0]));
      const tag = f.let(i32x4.splat(i32.const(MONT_ONE * LEAF_TAG)));
      // The width enters the capacity in Montgomery form: width * 2^32 mod p.
      const squared = f.let(i32x4.splat(i32.const(toMontgomery(MONT_ONE))));
      const widthLane = f.let(i32x4.splat(width));
      const widthForm = field.mul(widthLane, squared);
      const columnsEnd = f.let(i32.add(columns, i32.shl(width, i32.const(2))));
      const endByte = f.let(i32.shl(end, i32.const(2)));
      f.for(i32.shl(start, i32.const(2)), endByte, 16, (row) => {
        for (const [i, lane] of lanes.state.entries()) {
          if (i >= RATE) f.set(lane, i === RATE ? tag : i === RATE + 1 ? widthForm : zero);
        }
        f.for(columns, columnsEnd, 4 * RATE, (column) => {
          for (const [i, lane] of lanes.state.slice(0, RATE).entries()) {
            const load = (): void => f.set(lane, v128.load(i32.add(i32.load(column, 4 * i), row)));
            if (i === 0) load();
            else f.if(i32.ltU(i32.add(column, i32.const(4 * i)), columnsEnd), load, () => f.set(lane, zero));
          }
          lanes.permute();
        });
        const to = f.let(i32.add(out, row));
        for (const lane of lanes.state.slice(0, DIGEST_LENGTH)) {
          f.storeV128(to, lane);
          f.increment(to, outPlane);
        }
      });
    },
  );

  // Parents [start, end), multiples of four, from a level with planes of `childPlane` bytes.
  m.func(
    'compressLevel',
    { table: 'i32', child: 'i32', childPlane: 'i32', parent: 'i32', parentPlane: 'i32', start: 'i32', end: 'i32' },
    (f, { table, child, childPlane, parent, parentPlane, start, end }) => {
      const field = new LaneField(f);
      const lanes = new PermutationLanes(f, field, table);
      const endByte = f.let(i32.shl(end, i32.const(2)));
      f.for(i32.shl(start, i32.const(2)), endByte, 16, (at) => {
        const from = f.let(i32.add(child, i32.shl(at, i32.const(1))));
        const plane = f.let(from);
        for (let i = 0; i < DIGEST_LENGTH; i++) {
          const first = f.let(v128.load(plane));
          const second = f.let(v128.load(plane, 16));
          const [left, right] = [lanes.state[i], lanes.state[i + DIGEST_LENGTH]];
          if (left === undefined || right === undefined) throw new RangeError('a digest is half a state');
          f.set(left, v128.shuffle32(first, second, [0, 2, 4, 6]));
          f.set(right, v128.shuffle32(first, second, [1, 3, 5, 7]));
          f.increment(plane, childPlane);
        }
        lanes.permute();
        // Feed-forward of the left child; loaded again, which is cheaper than keeping it through the rounds.
        f.set(plane, from);
        const to = f.let(i32.add(parent, at));
        for (const lane of lanes.state.slice(0, DIGEST_LENGTH)) {
          const left = f.let(v128.shuffle32(v128.load(plane), v128.load(plane, 16), [0, 2, 4, 6]));
          f.storeV128(to, field.add(lane, left));
          f.increment(plane, childPlane);
          f.increment(to, parentPlane);
        }
      });
    },
  );

  // Tries nonces start .. start + count - 1 in lane `position` of the state at `template` (Montgomery words). Writes the
  // first nonce whose lane 0 after the permutation is 0 under `mask` to `result`; leaves `result` alone if there is none.
  m.func(
    'grind',
    { table: 'i32', template: 'i32', position: 'i32', start: 'i32', count: 'i32', mask: 'i32', result: 'i32' },
    (f, { table, template, position, start, count, mask, result }) => {
      const field = new LaneField(f);
      const lanes = new PermutationLanes(f, field, table);
      const zero = f.let(v128.const32([0, 0, 0, 0]));
      const one = f.let(v128.const32([1, 1, 1, 1]));
      const squared = f.let(i32x4.splat(i32.const(toMontgomery(MONT_ONE))));
      const maskLanes = f.let(i32x4.splat(mask));
      const nonces = f.let(i32x4.add(i32x4.splat(start), v128.const32([0, 1, 2, 3])));
      const end = f.let(i32.add(start, count));
      f.for(start, end, 4, (nonce) => {
        const form = field.mul(nonces, squared);
        for (const [i, lane] of lanes.state.entries()) {
          f.set(lane, v128.load32Splat(template, 4 * i));
          f.if(i32.eq(position, i32.const(i)), () => f.set(lane, form));
        }
        lanes.permute();
        const output = lanes.state[0];
        if (output === undefined) throw new RangeError('a state has sixteen lanes');
        const canonical = field.mul(output, one);
        const hits = f.let(i32x4.bitmask(i32x4.eq(v128.and(canonical, maskLanes), zero)));
        f.if(i32.ne(hits, i32.const(0)), () => {
          f.storeI32(result, i32.add(nonce, i32.ctz(hits)));
          f.return();
        });
        f.set(nonces, i32x4.add(nonces, i32x4.splat(i32.const(4))));
      });
    },
  );
  return m.bytes();
}

/** Reads words of the memory that columns and tree are in. */
export type ReadWords = (ptr: number, length: number) => Uint32Array;

/** A tree in pool memory: `levels[0]` are the leaves, the last is the root; planes as the file header says. */
export type MerkleTree = { readonly logRows: number; readonly levels: readonly number[] };

/** Bytes of one level, and of one of its eight planes. */
function planeBytes(count: number): number {
  return 4 * Math.max(count, 8);
}

/** The Merkle and grinding kernels of one pool. */
export class MerkleKernels {
  readonly #pool: ThreadPool;
  readonly #module: KernelModule;
  readonly #table: number;
  readonly #read: ReadWords;

  /** Allocates the table of round constants in the arena: create it before any `mark` that will be released. */
  constructor(pool: ThreadPool) {
    this.#pool = pool;
    this.#read = (ptr, length) => pool.arena.u32(ptr, length);
    this.#module = pool.cached('merkle-kb', buildMerkleModule);
    const table = roundConstantTable();
    this.#table = pool.arena.alloc(table.byteLength);
    pool.arena.u32(this.#table, table.length).set(table);
  }

  /**
   * Commits to 2^logRows rows (logRows >= 2) of `columns.length` elements. `columns` are byte offsets, 16-byte aligned,
   * Montgomery form. An extension oracle folded by k is the matrix of its 5*2^k column pieces, see `oracleColumns`.
   */
  commit(columns: readonly number[], logRows: number): MerkleTree {
    if (logRows < 2 || columns.length < 1) {
      throw new RangeError(`"logRows" expected at least 2 and one column, got ${logRows} and ${columns.length}`);
    }
    const { arena } = this.#pool;
    const height = 2 ** logRows;
    const levels: number[] = [];
    for (let count = height; count >= 1; count /= 2) levels.push(arena.alloc(DIGEST_LENGTH * planeBytes(count)));
    arena.scope(() => {
      const pointers = arena.alloc(4 * columns.length);
      arena.u32(pointers, columns.length).set(columns);
      this.#pool.run(
        this.#module,
        'hashRows',
        splitRange(height, this.#pool.threads, 64).map(([start, end]) => [
          this.#table,
          pointers,
          columns.length,
          levels[0] ?? 0,
          planeBytes(height),
          start,
          end,
        ]),
      );
    });
    for (const [depth, parent] of levels.entries()) {
      const child = levels[depth - 1];
      if (child === undefined) continue;
      const count = height / 2 ** depth;
      const jobs = splitRange(Math.max(count, 4), this.#pool.threads, 64).map(([start, end]) => [
        this.#table,
        child,
        planeBytes(2 * count),
        parent,
        planeBytes(count),
        start,
        end,
      ]);
      this.#pool.run(this.#module, 'compressLevel', jobs);
    }
    return { logRows, levels };
  }

  /** Digest `index` of level `depth` (0 = leaves), canonical. `read` where the tree is in a copy of the arena. */
  digest(tree: MerkleTree, depth: number, index: number, read = this.#read): number[] {
    const count = 2 ** (tree.logRows - depth);
    const ptr = tree.levels[depth];
    if (ptr === undefined || index < 0 || index >= count) {
      throw new RangeError(`"index" expected below ${count} at depth ${depth}, got ${index}`);
    }
    const stride = planeBytes(count) / 4;
    const words = read(ptr, DIGEST_LENGTH * stride);
    return Array.from({ length: DIGEST_LENGTH }, (_, i) => fromMontgomery(words[i * stride + index] ?? 0));
  }

  root(tree: MerkleTree, read = this.#read): number[] {
    return this.digest(tree, tree.logRows, 0, read);
  }

  /** Siblings of leaf `index`, lowest level first. */
  path(tree: MerkleTree, index: number, read = this.#read): number[][] {
    return Array.from({ length: tree.logRows }, (_, depth) =>
      this.digest(tree, depth, Math.floor(index / 2 ** depth) ^ 1, read),
    );
  }

  /**
   * The smallest nonce such that lane 0 of permute(state with `nonce` in lane `position`) has `bits` low zero bits. The
   * answer does not depend on the number of threads. `state` is canonical.
   */
  grind(state: readonly number[], position: number, bits: number): number {
    if (state.length !== WIDTH || position < 0 || position >= WIDTH || bits < 0 || bits > 30) {
      throw new RangeError(`"state" expected ${WIDTH} lanes, position below ${WIDTH}, bits at most 30`);
    }
    const { arena, threads } = this.#pool;
    return arena.scope(() => {
      const template = arena.alloc(4 * WIDTH);
      arena.u32(template, WIDTH).set(state.map(toMontgomery));
      const results = arena.alloc(4 * threads);
      for (let first = 0; first < P - threads * NONCES_PER_JOB; first += threads * NONCES_PER_JOB) {
        const words = arena.u32(results, threads);
        words.fill(0xffffffff);
        const jobs = Array.from({ length: threads }, (_, i) => {
          const start = first + i * NONCES_PER_JOB;
          return [this.#table, template, position, start, NONCES_PER_JOB, 2 ** bits - 1, results + 4 * i];
        });
        this.#pool.run(this.#module, 'grind', jobs);
        const best = Math.min(...words);
        if (best !== 0xffffffff) return best;
      }
      throw new RangeError(`"bits" expected a reachable difficulty, got ${bits}`);
    });
  }
}

/** The columns of an oracle folded by `logFold`, piece u of every limb's plane: u outer, limb inner, as leaf j = (f_u(w^j))_u. */
export function oracleColumns(planes: readonly number[], logSize: number, logFold: number): number[] {
  const pieceBytes = 4 * 2 ** (logSize - logFold);
  return Array.from({ length: 2 ** logFold }, (_, u) => planes.map((plane) => plane + u * pieceBytes)).flat();
}
