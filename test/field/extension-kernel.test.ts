import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ext from '../../prover/field/extension.ts';
import { LaneExt } from '../../prover/field/extension-kernel.ts';
import { P } from '../../prover/field/koalabear.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { FieldVectors } from '../../prover/field/vector-kernel.ts';
import { ModuleBuilder } from '../../prover/wasm/emitter.ts';
import { i32 } from '../../prover/wasm/instructions.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { seeded } from '../support/seeded.ts';

/** One export per operation: `count` pairs, five planes of `plane` bytes each. */
function operations(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();
  for (const name of ['add', 'sub', 'mul'] as const) {
    m.func(name, { a: 'i32', b: 'i32', out: 'i32', plane: 'i32' }, (f, { a, b, out, plane }) => {
      const field = new LaneExt(f);
      f.for(i32.const(0), plane, 16, (at) => {
        const left = field.load(i32.add(a, at), plane);
        const right = field.load(i32.add(b, at), plane);
        field.store(i32.add(out, at), plane, field[name](left, right));
      });
    });
  }
  return m.bytes();
}

test('lane operations equal the reference, borders in every limb', async (t) => {
  const random = seeded();
  t.diagnostic(`seed ${random.seed}`);
  const pool = await createThreadPool({ threads: 1 });
  const vectors = new FieldVectors(pool);
  const module = pool.load(operations());
  const count = 40_000;
  // Stored words whose centred values and differences are extreme: 0, (p-1)/2, (p+1)/2, p-1.
  const extremes = [0, (P - 1) / 2, (P + 1) / 2, P - 1];
  const words = Array.from({ length: 2 }, (_, side) =>
    Array.from({ length: 5 }, (_, limb) =>
      Uint32Array.from({ length: count }, (_, i) =>
        i < 2 ** 10
          ? extremes[(side === 0 ? i >> (2 * limb) : (i * 677) >> (2 * limb)) & 3]!
          : i < count / 2
            ? extremes[random.word() % 4]!
            : random.felt(),
      ),
    ),
  );
  const place = (limbs: readonly Uint32Array[]): number => {
    const ptr = pool.arena.alloc(20 * count);
    const view = pool.arena.u32(ptr, 5 * count);
    for (const [limb, values] of limbs.entries()) view.set(values, limb * count);
    return ptr;
  };
  const [a, b] = [place(words[0]!), place(words[1]!)];
  const out = pool.arena.alloc(20 * count);
  const read = (ptr: number): ((i: number) => ExtValue) => {
    const all = vectors.download(ptr, 5 * count);
    return (i) => [0, 1, 2, 3, 4].map((limb) => all[limb * count + i]!) as unknown as ExtValue;
  };
  const [left, right] = [read(a), read(b)];
  for (const name of ['add', 'sub', 'mul'] as const) {
    pool.run(module, name, [[a, b, out, 4 * count]]);
    for (const word of pool.arena.u32(out, 5 * count)) assert.ok(word < P);
    const result = read(out);
    for (let i = 0; i < count; i++) assert.deepEqual(result(i), ext[name](left(i), right(i)), `${name} at ${i}`);
  }
  await pool.close();
});
