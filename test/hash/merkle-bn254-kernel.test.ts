import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasFusedMadd } from '../../prover/field/bn254-kernel.ts';
import { R } from '../../prover/field/bn254.ts';
import { toMontgomery } from '../../prover/field/montgomery.ts';
import { MerkleBnKernels, buildMerkleBnModule } from '../../prover/hash/merkle-bn254-kernel.ts';
import { buildTreeBn } from '../../prover/hash/merkle-bn254.ts';
import { hashRow } from '../../prover/hash/sponge-bn254.ts';
import { wasmHashBn254 } from '../../prover/pcs/wasm/hash-bn254.ts';
import { suiteBn254 } from '../../prover/verifier/suite-bn254.ts';
import { searchNonceBn } from '../../prover/verifier/duplex-bn254.ts';
import { type ThreadPool, createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { wasm } from '../../prover/wasm/web-assembly.ts';
import { seeded } from '../support/seeded.ts';

/** Puts a row-major matrix into the arena as columns in Montgomery form. */
function toColumns(pool: ThreadPool, rows: Uint32Array, width: number): number[] {
  const height = rows.length / width;
  return Array.from({ length: width }, (_, c) => {
    const ptr = pool.arena.alloc(4 * height);
    pool.arena.u32(ptr, height).set(Uint32Array.from({ length: height }, (_, j) => toMontgomery(rows[j * width + c]!)));
    return ptr;
  });
}

test('both modules validate', () => {
  assert.ok(wasm.validate(buildMerkleBnModule('fused')));
  assert.ok(wasm.validate(buildMerkleBnModule('dekker')));
});

for (const threads of [1, 2]) {
  test(`trees equal the reference on every level (${threads} thread(s))`, async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const pool = await createThreadPool({ threads });
    const fused = hasFusedMadd(pool);
    const dekker = new MerkleBnKernels(pool, 'dekker');
    const kernels = fused ? [new MerkleBnKernels(pool, 'fused'), dekker] : [dekker];
    // One scalar, one compression, its border, sponges of one to three blocks; every height of the top level.
    for (const [logRows, width] of [
      [1, 1],
      [2, 8],
      [3, 9],
      [4, 48],
      [5, 16],
      [6, 5],
      [3, 64],
      [2, 65],
      [4, 80],
      [1, 160],
      [7, 20],
    ] as const) {
      const rows = random.felts(width * 2 ** logRows);
      // The largest packed scalars.
      rows.fill(0x7f000000, 0, width);
      const expected = buildTreeBn(
        Array.from({ length: 2 ** logRows }, (_, i) => hashRow(rows.subarray(i * width, (i + 1) * width))),
      );
      for (const kernel of kernels) {
        pool.arena.scope(() => {
          const tree = kernel.commit(toColumns(pool, rows, width), logRows);
          for (const [level, digests] of expected.entries()) {
            assert.deepEqual(
              digests.map((_, i): bigint => kernel.digest(tree, level, i)),
              digests,
            );
          }
          assert.throws(() => kernel.digest(tree, 0, 2 ** logRows), RangeError);
        });
      }
    }
    await pool.close();
  });

  test(`commitments open as those of the plain suite (${threads} thread(s))`, async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const pool = await createThreadPool({ threads });
    const hash = wasmHashBn254(pool);
    for (const [logRows, width] of [
      [5, 48],
      [4, 16],
      [6, 20],
      [2, 80],
    ] as const) {
      const rows = random.felts(width * 2 ** logRows);
      const plain = suiteBn254.commitRows({ logRows, width }, rows);
      pool.arena.scope(() => {
        const fast = hash.commit(toColumns(pool, rows, width), logRows);
        assert.equal(fast.root, plain.root);
        assert.deepEqual(fast.shape, plain.shape);
        for (let index = 0; index < 2 ** logRows; index++) assert.deepEqual(fast.open(index), plain.open(index));
        assert.throws(() => fast.open(2 ** logRows), RangeError);
      });
    }
    await pool.close();
  });

  test(`grinding finds the smallest nonce (${threads} thread(s))`, async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const pool = await createThreadPool({ threads });
    const kernels = new MerkleBnKernels(pool);
    const scalar = (): bigint =>
      Array.from({ length: 9 }, () => BigInt(random.word())).reduce((x, word) => (x << 32n) | word, 0n) % R;
    for (const [lane, felts, bits] of [
      [0, 0, 0],
      [6, 7, 3],
      [3, 1, 6],
      [5, 4, 7],
      [2, 6, 8],
      [1, 3, 9],
    ] as const) {
      const shift = 31 * felts;
      const state = Array.from({ length: 8 }, (_, i) => (i === lane ? scalar() % 2n ** BigInt(shift) : scalar()));
      assert.equal(kernels.grind(state, lane, shift, bits), searchNonceBn(state, lane, shift, bits));
    }
    const state = new Array<bigint>(8).fill(R - 1n);
    assert.throws(() => kernels.grind(state, 0, 31, 4), RangeError);
    assert.throws(() => kernels.grind([...state.slice(1), R], 0, 0, 4), RangeError);
    await pool.close();
  });

  test(`a transcript with fast grinding equals the plain one (${threads} thread(s))`, async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const pool = await createThreadPool({ threads });
    const hash = wasmHashBn254(pool);
    const [fast, plain] = [hash.transcript('bn-kernel-test'), suiteBn254.transcript('bn-kernel-test')];
    for (let round = 0; round < 4; round++) {
      const felts = [...random.felts(1 + (random.word() % 20))];
      for (const transcript of [fast, plain]) transcript.observeFelts('felts', felts);
      const nonce = fast.grind(5);
      assert.equal(nonce, plain.grind(5));
      for (const transcript of [fast, plain]) assert.ok(transcript.checkPow('pow', nonce, 5));
      assert.deepEqual(fast.sampleExt('x'), plain.sampleExt('x'));
    }
    await pool.close();
  });
}
