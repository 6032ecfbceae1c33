import assert from 'node:assert/strict';
import { test } from 'node:test';
import { P, add, mul, sub } from '../../prover/field/koalabear.ts';
import { P_INVERSE, fromMontgomery, toMontgomery } from '../../prover/field/montgomery.ts';
import { FieldVectors, fieldVectorModule } from '../../prover/field/vector-kernel.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { wasm } from '../../prover/wasm/web-assembly.ts';
import { EDGES, seeded } from '../support/seeded.ts';

test('constants of the Montgomery form', () => {
  assert.equal(BigInt.asUintN(32, BigInt(P) * BigInt(P_INVERSE)), 1n);
  for (const x of EDGES) {
    assert.equal(BigInt(toMontgomery(x)), (BigInt(x) << 32n) % BigInt(P));
    assert.equal(fromMontgomery(toMontgomery(x)), x);
  }
});

test('the module validates', () => {
  assert.ok(wasm.validate(fieldVectorModule()));
});

for (const threads of [1, 2]) {
  test(`vector kernels equal the reference (${threads} thread(s))`, async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const pool = await createThreadPool({ threads });
    const vectors = new FieldVectors(pool);
    // Every pair of edge values, then random ones, in a length that makes several jobs.
    const pairs = EDGES.flatMap((a) => EDGES.map((b) => [a, b] as const));
    const length = 20_000;
    const left = Uint32Array.from({ length }, (_, i) => pairs[i]?.[0] ?? random.felt());
    const right = Uint32Array.from({ length }, (_, i) => pairs[i]?.[1] ?? random.felt());
    const [a, b] = [vectors.upload(left), vectors.upload(right)];
    assert.deepEqual(pool.arena.u32(a, length), left.map(toMontgomery));
    assert.deepEqual(vectors.download(a, length), left);
    const out = pool.arena.alloc(4 * length);
    for (const [name, reference] of [
      ['add', add],
      ['sub', sub],
      ['mul', mul],
    ] as const) {
      vectors[name](a, b, out, length);
      const expected = left.map((x, i) => reference(x, right[i]!));
      assert.deepEqual(vectors.download(out, length), expected, name);
    }
    assert.deepEqual(vectors.download(vectors.upload([1, 2, P - 1]), 3), Uint32Array.of(1, 2, P - 1));
    assert.throws(() => vectors.add(a, b, out, 3), RangeError);
    await pool.close();
  });
}
