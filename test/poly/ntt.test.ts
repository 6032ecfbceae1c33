import assert from 'node:assert/strict';
import { test } from 'node:test';
import { P, add, mul, pow, rootOfUnity } from '../../prover/field/koalabear.ts';
import { fromMontgomery, toMontgomery } from '../../prover/field/montgomery.ts';
import { evaluateOnDomain } from '../../prover/pcs/reference/encode.ts';
import { Ntt } from '../../prover/poly/ntt.ts';
import { nttModule } from '../../prover/poly/ntt-kernel.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { wasm } from '../../prover/wasm/web-assembly.ts';
import { seeded } from '../support/seeded.ts';

test('the module validates', () => {
  assert.ok(wasm.validate(nttModule()));
});

for (const threads of [1, 2]) {
  test(`transforms equal the reference at every size (${threads} thread(s))`, async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const pool = await createThreadPool({ threads });
    const ntt = new Ntt(pool);
    for (let logSize = 0; logSize <= 13; logSize++) {
      for (const logRate of new Set([0, 1, Math.min(2, logSize), Math.max(0, logSize - 1), logSize])) {
        if (logRate > logSize) continue;
        const logCoefficients = logSize - logRate;
        const inputs = [
          random.felts(2 ** logCoefficients),
          random.felts(2 ** logCoefficients),
          new Uint32Array(2 ** logCoefficients).fill(P - 1),
        ];
        pool.arena.scope(() => {
          const columns = inputs.map((input, i) => {
            const coefficients = pool.arena.alloc(4 * 2 ** logSize);
            // Garbage behind the coefficients must not matter.
            pool.arena
              .u32(coefficients, 2 ** logSize)
              .fill(77)
              .set(input.map(toMontgomery));
            return { coefficients, values: i === 0 ? coefficients : pool.arena.alloc(4 * 2 ** logSize) };
          });
          ntt.evaluate(columns, logCoefficients, logSize);
          for (const [i, input] of inputs.entries()) {
            const values = pool.arena.u32(columns[i]!.values, 2 ** logSize).map(fromMontgomery);
            assert.deepEqual(values, evaluateOnDomain(input, logSize), `size ${logSize}, rate ${logRate}, column ${i}`);
          }
        });
      }
    }
    await pool.close();
  });
}

test('a large transform, at a few points by Horner', async (t) => {
  const random = seeded();
  t.diagnostic(`seed ${random.seed}`);
  const pool = await createThreadPool({ threads: 2 });
  const [logCoefficients, logSize] = [18, 19];
  const input = random.felts(2 ** logCoefficients);
  const coefficients = pool.arena.alloc(4 * input.length);
  pool.arena.u32(coefficients, input.length).set(input.map(toMontgomery));
  const values = pool.arena.alloc(4 * 2 ** logSize);
  new Ntt(pool).evaluate([{ coefficients, values }], logCoefficients, logSize);
  for (const k of [0, 1, 2 ** (logSize - 1), random.word() % 2 ** logSize]) {
    const x = pow(rootOfUnity(logSize), k);
    let expected = 0;
    for (let b = input.length - 1; b >= 0; b--) expected = add(mul(expected, x), input[b]!);
    assert.equal(fromMontgomery(pool.arena.u32(values, 2 ** logSize)[k]!), expected);
  }
  assert.throws(() => new Ntt(pool).evaluate([], 3, 25), RangeError);
  await pool.close();
});
