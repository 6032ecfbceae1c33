import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BnLanes,
  LIMBS,
  PAIR_BYTES,
  type Products,
  fieldTable,
  fromLimbs,
  hasFusedMadd,
  toBalancedLimbs,
  toLimbs,
} from '../../prover/field/bn254-kernel.ts';
import { R, inverse, mod } from '../../prover/field/bn254.ts';
import {
  PERMUTATION_BYTES,
  PermutationFunctions,
  partialConstants,
  permutationTable,
} from '../../prover/hash/poseidon2-bn254-kernel.ts';
import { DIAGONAL, permute } from '../../prover/hash/poseidon2-bn254.ts';
import { ModuleBuilder } from '../../prover/wasm/emitter.ts';
import { type ThreadPool, createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { type Seeded, seeded } from '../support/seeded.ts';

/** Field edges, limb borders and their negatives. */
const EDGES = [
  0n,
  1n,
  R - 1n,
  R / 2n,
  R / 2n + 1n,
  ...[50n, 51n, 101n, 102n, 152n, 153n, 203n, 204n, 253n].flatMap((bit) => [2n ** bit - 1n, 2n ** bit, R - 2n ** bit]),
  // Every limb at the largest magnitude.
  mod([0n, 51n, 102n, 153n].reduce((x, bit) => x + 2n ** (bit + 50n), 0n)),
  mod(-[0n, 51n, 102n, 153n].reduce((x, bit) => x + 2n ** (bit + 50n), 0n)),
].map(mod);

function randomScalar(random: Seeded): bigint {
  if (random.word() % 8 === 0) return EDGES[random.word() % EDGES.length] ?? 0n;
  return mod(Array.from({ length: 9 }, () => BigInt(random.word())).reduce((x, word) => (x << 32n) | word, 0n));
}

/** Writes and reads values of two lanes. */
function pairs(pool: ThreadPool) {
  const doubles = (ptr: number): Float64Array => new Float64Array(pool.arena.memory.buffer, ptr, 2 * LIMBS);
  return {
    write: (ptr: number, values: readonly bigint[]) => {
      for (const [lane, value] of values.entries()) {
        for (const [i, limb] of toBalancedLimbs(value).entries()) doubles(ptr)[2 * i + lane] = Number(limb);
      }
    },
    read: (ptr: number, lane: number) =>
      fromLimbs(Array.from({ length: LIMBS }, (_, i) => doubles(ptr)[2 * i + lane] ?? Number.NaN)),
    limbs: (ptr: number) => [...doubles(ptr)],
  };
}

function arithmeticModule(products: Products): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();
  const parameters = { table: 'i32', a: 'i32', b: 'i32', out: 'i32' } as const;
  m.func('mul', parameters, (f, { table, a, b, out }) => {
    const lanes = new BnLanes(f, table, products);
    const columns = lanes.columns();
    lanes.addProducts(columns, [[lanes.load(a), lanes.load(b)]]);
    lanes.store(out, lanes.reduce(columns));
  });
  m.func('squarePlus', parameters, (f, { table, a, b, out }) => {
    const lanes = new BnLanes(f, table, products);
    const columns = lanes.columns();
    lanes.addSquare(columns, lanes.load(a));
    lanes.addValue(columns, lanes.load(b), 2);
    lanes.store(out, lanes.reduce(columns));
  });
  return m.bytes();
}

test('limbs of any scalar give it back', (t) => {
  const random = seeded();
  t.diagnostic(`seed ${random.seed}`);
  for (const x of [...EDGES, ...Array.from({ length: 100 }, () => randomScalar(random))]) {
    for (const limbs of [toLimbs(x), toBalancedLimbs(x)]) {
      assert.equal(fromLimbs(limbs.map(Number)), x);
      assert.ok(limbs.every((limb) => limb >= -(2n ** 50n) && limb <= 2n ** 50n));
    }
  }
});

for (const products of ['fused', 'dekker'] as const) {
  test(`products and squares equal BigInt, limbs stay in bounds (${products})`, async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const pool = await createThreadPool({ threads: 1 });
    if (products === 'fused' && !hasFusedMadd(pool)) {
      t.skip('this machine has no fused multiply-add');
      await pool.close();
      return;
    }
    const module = pool.load(arithmeticModule(products));
    const { write, read, limbs } = pairs(pool);
    const constants = fieldTable();
    const table = pool.arena.alloc(8 * constants.length);
    new Float64Array(pool.arena.memory.buffer, table, constants.length).set(constants);
    const [a, b, out] = [0, 1, 2].map(() => pool.arena.alloc(PAIR_BYTES)) as [number, number, number];
    const check = (x: bigint, y: bigint): void => {
      const z = randomScalar(random);
      write(a, [x, z]);
      write(b, [y, x]);
      const bounded = (): void => {
        for (const [i, limb] of limbs(out).entries()) {
          // The top limb holds a value below 0.7 r.
          assert.ok(Math.abs(limb) <= (i < 8 ? 2 ** 50 + 2 ** 9 : 0.7 * 2 ** 50 * 0.7563));
        }
      };
      pool.run(module, 'mul', [[table, a, b, out]]);
      assert.equal(read(out, 0), mod(x * y));
      assert.equal(read(out, 1), mod(z * x));
      bounded();
      pool.run(module, 'squarePlus', [[table, a, b, out]]);
      assert.equal(read(out, 0), mod(x * x + 4n * y));
      assert.equal(read(out, 1), mod(z * z + 4n * x));
      bounded();
    };
    for (const x of EDGES) for (const y of EDGES) check(x, y);
    for (let i = 0; i < 2000; i++) check(randomScalar(random), randomScalar(random));
    await pool.close();
  });

  test(`the permutation equals the reference (${products})`, async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const pool = await createThreadPool({ threads: 1 });
    if (products === 'fused' && !hasFusedMadd(pool)) {
      t.skip('this machine has no fused multiply-add');
      await pool.close();
      return;
    }
    const m = new ModuleBuilder();
    new PermutationFunctions(m, products);
    const module = pool.load(m.bytes());
    const words = permutationTable();
    const table = pool.arena.alloc(words.byteLength);
    new BigInt64Array(pool.arena.memory.buffer, table, words.length).set(words);
    const state = pool.arena.alloc(PERMUTATION_BYTES);
    const { write, read } = pairs(pool);
    const states = [
      ...EDGES.map((edge) => new Array<bigint>(8).fill(edge)),
      ...Array.from({ length: 60 }, () => Array.from({ length: 8 }, () => randomScalar(random))),
    ];
    for (const [k, first] of states.entries()) {
      const second = states[(k + 1) % states.length] ?? first;
      for (const [i, x] of first.entries()) write(state + PAIR_BYTES * i, [x, second[i] ?? 0n]);
      pool.run(module, 'permute', [[table, state]]);
      const lanes = (lane: number): bigint[] => first.map((_, i) => read(state + PAIR_BYTES * i, lane));
      assert.deepEqual(lanes(0), permute(first));
      assert.deepEqual(lanes(1), permute(second));
    }
    await pool.close();
  });
}

test('the recurrence of the partial rounds follows from the diagonal', () => {
  const { recurrence, ghosts } = partialConstants();
  for (const [i, m] of DIAGONAL.slice(1).entries()) {
    // A(mu_i) = 0.
    assert.equal(
      recurrence.reduce((value, a) => mod(value * m + a), 1n),
      0n,
    );
    assert.equal(ghosts[1]?.[i], mod(inverse(m) * inverse(m)));
  }
  // Some other diagonal has other limbs: the bounds are checked, not assumed.
  assert.throws(() => partialConstants(new Array<bigint>(8).fill(5n)), RangeError);
});
