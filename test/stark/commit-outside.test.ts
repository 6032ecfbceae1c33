import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commitColumns } from '../../prover/pcs/reference/encode.ts';
import { wasmHashBn254 } from '../../prover/pcs/wasm/hash-bn254.ts';
import { wasmHashKoalaBear } from '../../prover/pcs/wasm/hash-koalabear.ts';
import { commitOutside } from '../../prover/stark/prover/wasm.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { seeded } from '../support/seeded.ts';

test('a commitment outside the arena opens what was committed, whatever became of the arena', async (t) => {
  const random = seeded();
  t.diagnostic(`seed ${random.seed}`);
  const pool = await createThreadPool({ threads: 2 });
  try {
    const hash = wasmHashKoalaBear(pool);
    const used = pool.arena.usage.usedBytes;
    const columns = [random.felts(32), random.felts(32), random.felts(32)];
    const rows = commitOutside(pool, hash)(suiteKoalaBear, 5, 2, columns);
    assert.equal(pool.arena.usage.usedBytes, used);
    pool.arena.scope(() => pool.arena.bytes(pool.arena.alloc(2 ** 20), 2 ** 20).fill(0xa5));
    const twin = commitColumns(suiteKoalaBear, 5, 2, columns);
    assert.deepEqual([rows.root, rows.shape], [twin.root, twin.shape]);
    for (let i = 0; i < 128; i++) assert.deepEqual(rows.open(i), twin.open(i));
    assert.throws(() => commitOutside(pool, wasmHashBn254(pool))(suiteKoalaBear, 5, 2, columns), RangeError);
  } finally {
    await pool.close();
  }
});
