import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as ext from '../../prover/field/extension.ts';
import { P } from '../../prover/field/koalabear.ts';
import { toMontgomery } from '../../prover/field/montgomery.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import {
  bindVariable,
  eqVector,
  getExt,
  innerProduct,
  liftVector,
  roundMessage,
  setExt,
  type ExtVector,
} from '../../prover/pcs/reference/plain-vector.ts';
import { ExtVectors, type ExtBuffer } from '../../prover/poly/ext-vectors.ts';
import { createThreadPool, type ThreadPool } from '../../prover/wasm/thread-pool.ts';

/** Elements biased to the borders where reductions go wrong. */
function element(seed: number): number {
  const edges = [0, 1, 2, P - 1, P - 2, (P - 1) / 2, (P + 1) / 2, 2 ** 24, 2 ** 30];
  const mixed = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return mixed % 3 === 0
    ? (edges[mixed % edges.length] ?? 0)
    : (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0) % P;
}
function extElement(seed: number): ExtValue {
  return [
    element(5 * seed),
    element(5 * seed + 1),
    element(5 * seed + 2),
    element(5 * seed + 3),
    element(5 * seed + 4),
  ];
}
function vector(length: number, seed: number): ExtVector {
  const v = new Uint32Array(5 * length);
  for (let i = 0; i < length; i++) setExt(v, i, extElement(seed * 100003 + i));
  return v;
}

for (const threads of [1, 2]) {
  describe(`extension vectors, ${threads} thread(s)`, () => {
    let pool: ThreadPool;
    let vectors: ExtVectors;
    before(async () => {
      pool = await createThreadPool({ threads });
      vectors = new ExtVectors(pool);
    });
    after(() => pool.close());
    const put = (v: ExtVector): ExtBuffer => vectors.from(Array.from({ length: v.length / 5 }, (_, i) => getExt(v, i)));
    const same = (buffer: ExtBuffer, v: ExtVector, count = buffer.length): void => {
      for (let i = 0; i < count; i++) assert.deepEqual(vectors.get(buffer, i), getExt(v, i), `entry ${i}`);
    };

    for (const length of [2, 4, 8, 16, 4096]) {
      for (const side of ['highest', 'lowest'] as const) {
        it(`folds and sums ${length} elements, ${side} variable, as the twin does`, () => {
          const [a, b] = [vector(length, 1), vector(length, 2)];
          const [pa, pb] = [put(a), put(b)];
          const r = extElement(77);
          assert.deepEqual(vectors.round(pa, pb, side), roundMessage(a, b, side));
          assert.deepEqual(vectors.dot(pa, pb), innerProduct(a, b));
          const folded = vectors.alloc(length / 2);
          vectors.fold(pa, folded, r, side);
          same(folded, bindVariable(a, r, side));
        });
      }
    }

    it('expands eq tables of every small size and a large one', () => {
      for (const variables of [0, 1, 2, 3, 4, 11]) {
        const point = Array.from({ length: variables }, (_, i) => extElement(900 + i));
        const dst = vectors.alloc(2 ** variables);
        vectors.eq(dst, point, extElement(5));
        same(dst, eqVector(point, extElement(5)));
      }
    });

    it('treats base vectors as extension vectors with zero upper limbs', () => {
      const length = 2048;
      const words = Uint32Array.from({ length: 2 * length }, (_, i) => element(i + 31));
      const ptr = pool.arena.alloc(8 * length);
      pool.arena.u32(ptr, 2 * length).set(words.map((w) => toMontgomery(w)));
      const lifted = new Uint32Array(10 * length);
      for (const [i, w] of words.entries()) lifted[5 * i] = w;
      const weights = vector(2 * length, 9);
      const low = put(weights.slice(0, 5 * length));
      const folded = vectors.alloc(length);
      vectors.foldManyBase([ptr], [folded.ptr], folded.plane, length, extElement(3));
      same(folded, bindVariable(lifted, extElement(3), 'highest'));
      const mixed = vectors.alloc(length);
      vectors.combineBase([ptr, ptr + 4 * length, ptr], [extElement(4), extElement(5), extElement(6)], mixed);
      const [a, b] = [lifted.slice(0, 5 * length), lifted.slice(5 * length)];
      for (let i = 0; i < length; i++) {
        const own = ext.mul(ext.add(extElement(4), extElement(6)), getExt(a, i));
        assert.deepEqual(vectors.get(mixed, i), ext.add(own, ext.mul(extElement(5), getExt(b, i))), `entry ${i}`);
      }
      assert.deepEqual(
        vectors.dotBase(ptr, low),
        innerProduct(lifted.slice(0, 5 * length), weights.slice(0, 5 * length)),
      );
    });

    for (const each of [1, 2, 4, 8, 2048]) {
      it(`binds two variables of base vectors to ${each} elements each`, () => {
        const words = Uint32Array.from({ length: 8 * each }, (_, i) => element(i + 77));
        const ptr = pool.arena.alloc(32 * each);
        pool.arena.u32(ptr, 8 * each).set(words.map((w) => toMontgomery(w)));
        const [r, s] = [extElement(11), extElement(12)];
        const dst = vectors.alloc(2 * each);
        vectors.foldTwoBase([ptr + 16 * each, ptr], dst, each, [r, s]);
        const twin = [words.slice(4 * each), words.slice(0, 4 * each)].flatMap((half) => [
          ...bindVariable(bindVariable(liftVector(half), r, 'lowest'), s, 'lowest'),
        ]);
        same(dst, Uint32Array.from(twin));
      });
    }

    it('adds and adds with a factor', () => {
      const [a, b] = [vector(64, 4), vector(64, 6)];
      const [pa, pb] = [put(a), put(b)];
      vectors.addInto(pa, pb);
      vectors.addScaled(pa, 16, pb, extElement(8), 32);
      for (let i = 0; i < 64; i++) {
        let expected = ext.add(getExt(a, i), getExt(b, i));
        if (i >= 16 && i < 48) expected = ext.add(expected, ext.mul(extElement(8), getExt(b, i - 16)));
        assert.deepEqual(vectors.get(pa, i), expected);
      }
    });
  });
}
