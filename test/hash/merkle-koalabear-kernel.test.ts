import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMontgomery } from '../../prover/field/montgomery.ts';
import { MerkleKernels, buildMerkleModule, oracleColumns } from '../../prover/hash/merkle-koalabear-kernel.ts';
import { authenticationPath, buildTree, digestAt } from '../../prover/hash/merkle-koalabear.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { wasm } from '../../prover/wasm/web-assembly.ts';
import { searchNonce } from '../../prover/verifier/duplex-koalabear.ts';
import { seeded } from '../support/seeded.ts';

test('the module validates', () => {
  assert.ok(wasm.validate(buildMerkleModule()));
});

for (const threads of [1, 2]) {
  test(`trees equal the reference (${threads} thread(s))`, async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const pool = await createThreadPool({ threads });
    const kernels = new MerkleKernels(pool);
    for (const [logRows, width] of [
      [2, 1],
      [2, 8],
      [3, 9],
      [4, 3],
      [5, 16],
      [8, 23],
    ] as const) {
      const height = 2 ** logRows;
      const rows = random.felts(height * width);
      pool.arena.scope(() => {
        const columns = Array.from({ length: width }, () => pool.arena.alloc(4 * height));
        for (const [c, ptr] of columns.entries()) {
          pool.arena
            .u32(ptr, height)
            .set(Uint32Array.from({ length: height }, (_, j) => toMontgomery(rows[j * width + c]!)));
        }
        const tree = kernels.commit(columns, logRows);
        const expected = buildTree(logRows, width, rows);
        for (const [depth, level] of expected.levels.entries()) {
          for (let i = 0; i < level.length / 8; i++)
            assert.deepEqual(kernels.digest(tree, depth, i), digestAt(level, i));
        }
        const index = random.word() % height;
        assert.deepEqual(kernels.path(tree, index), authenticationPath(expected, index));
        assert.deepEqual(kernels.root(tree), digestAt(expected.levels[logRows]!, 0));
      });
    }
    await pool.close();
  });

  test(`grinding finds the smallest nonce (${threads} thread(s))`, async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const pool = await createThreadPool({ threads });
    const kernels = new MerkleKernels(pool);
    for (const [position, bits] of [
      [0, 0],
      [7, 3],
      [3, 8],
      [5, 10],
    ] as const) {
      const state = [...random.felts(16)];
      assert.equal(kernels.grind(state, position, bits), searchNonce(state, position, bits));
    }
    await pool.close();
  });
}

test('oracle columns: u outer, limb inner', () => {
  assert.deepEqual(oracleColumns([0, 1000], 5, 1), [0, 1000, 64, 1064]);
});
