import assert from 'node:assert/strict';
import { test } from 'node:test';
import { P, mul } from '../../prover/field/koalabear.ts';
import { Random } from '../support/random.ts';

test('products agree with bigint: borders, quotients near an integer, random values', () => {
  const check = (a: number, b: number): void =>
    assert.equal(mul(a, b), Number((BigInt(a) * BigInt(b)) % BigInt(P)), `${a} * ${b}`);
  const edges = [0, 1, 2, 3, 127, 65535, 65536, 65537, 2 ** 24, 2 ** 30, (P - 1) / 2, (P + 1) / 2, P - 3, P - 2, P - 1];
  for (const a of edges) for (const b of edges) check(a, b);
  const random = new Random(1);
  for (let i = 0; i < 20_000; i++) {
    const a = 1 + random.below(P - 1);
    check(a, random.felt());
    // a*b just below, at and above a multiple of p, where a wrong quotient would show.
    const multiple = BigInt(random.felt()) * BigInt(P);
    const b = Number(multiple / BigInt(a));
    for (const near of [b - 1, b, b + 1]) if (near >= 0 && near < P) check(a, near);
  }
});
