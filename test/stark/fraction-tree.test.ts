import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ext from '../../prover/field/extension.ts';
import { P } from '../../prover/field/koalabear.ts';
import { toMontgomery } from '../../prover/field/montgomery.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { FractionTree, type SlotBuffer } from '../../prover/stark/gkr/fraction-tree.ts';
import { createThreadPool, type ThreadPool } from '../../prover/wasm/thread-pool.ts';

let counter = 1;
function random(): ExtValue {
  const word = (): number => (Math.imul((counter = Math.imul(counter, 0x9e3779b1) + 0x7f4a7c15), 0x85ebca6b) >>> 0) % P;
  return [word(), word(), word(), word(), word()];
}

function store(pool: ThreadPool, values: readonly ExtValue[]): number {
  const ptr = pool.arena.alloc(20 * values.length);
  const words = pool.arena.u32(ptr, 5 * values.length);
  for (const [i, value] of values.entries()) {
    for (const [k, limb] of value.entries()) words[k * values.length + i] = toMontgomery(limb);
  }
  return ptr;
}

/** Multilinear extension of the leaves by plain folding, lowest coordinate first. */
function extensionAt(values: readonly ExtValue[], point: readonly ExtValue[]): ExtValue {
  let layer = [...values];
  for (const x of point) {
    const next: ExtValue[] = [];
    for (let i = 0; i < layer.length; i += 2) {
      next.push(ext.add(layer[i]!, ext.mul(x, ext.sub(layer[i + 1]!, layer[i]!))));
    }
    layer = next;
  }
  return layer[0]!;
}

const cases = [
  { name: 'one full slot', slotBits: 0, rowBits: 7, lengths: [128] },
  { name: 'one slot, barely stored', slotBits: 0, rowBits: 6, lengths: [8] },
  { name: 'slots of several lengths, some missing', slotBits: 3, rowBits: 6, lengths: [64, 8, 16, 8, 32, 64] },
  { name: 'longer slot in the upper half', slotBits: 2, rowBits: 5, lengths: [8, 16, 32] },
  { name: 'large enough for several jobs', slotBits: 1, rowBits: 12, lengths: [4096, 1024] },
];

for (const threads of [1, 2]) {
  for (const { name, slotBits, rowBits, lengths } of cases) {
    describe(`fraction tree, ${threads} thread(s)`, () => {
      it(`${name}: every layer reduces to the next and the last to the leaves`, async () => {
        const pool = await createThreadPool({ threads });
        try {
          const leavesP = Array.from({ length: 2 ** (slotBits + rowBits) }, () => ext.ZERO);
          const leavesQ = leavesP.map(() => ext.ONE);
          const slots = lengths.map((length, g): SlotBuffer => {
            const p = Array.from({ length }, () => random());
            const q = Array.from({ length }, () => random());
            for (let i = 0; i < length; i++) {
              leavesP[g * 2 ** rowBits + i] = p[i]!;
              leavesQ[g * 2 ** rowBits + i] = q[i]!;
            }
            return { p: store(pool, p), q: store(pool, q), plane: 4 * length, length };
          });
          const tree = new FractionTree(pool, slotBits, rowBits, slots);
          const [p0, q0, p1, q1] = tree.root();
          let [sumP, sumQ] = [ext.ZERO, ext.ONE];
          for (const [i, p] of leavesP.entries()) {
            [sumP, sumQ] = [ext.add(ext.mul(sumP, leavesQ[i]!), ext.mul(p, sumQ)), ext.mul(sumQ, leavesQ[i]!)];
          }
          assert.deepEqual(ext.add(ext.mul(p0, q1), ext.mul(p1, q0)), sumP);
          assert.deepEqual(ext.mul(q0, q1), sumQ);

          const line = (a: ExtValue, b: ExtValue, r: ExtValue): ExtValue => ext.add(a, ext.mul(r, ext.sub(b, a)));
          let r = random();
          let [p, q] = [line(p0, p1, r), line(q0, q1, r)];
          let point = [r];
          for (let k = 1; k < slotBits + rowBits; k++) {
            const lambda = random();
            let claim = ext.add(p, ext.mul(lambda, q));
            const layer = tree.layer(k, point, lambda);
            const bound: ExtValue[] = [];
            for (let j = k - 1; j >= 0; j--) {
              const [h1, h2] = layer.message(claim);
              const h0 = ext.sub(claim, ext.mul(point[j]!, ext.add(h1, h2)));
              const c = random();
              claim = ext.add(h0, ext.mul(c, ext.add(h1, ext.mul(c, h2))));
              layer.bind(c);
              bound[j] = c;
            }
            const [c0, d0, c1, d1] = layer.children();
            const merged = ext.add(ext.add(ext.mul(c0, d1), ext.mul(c1, d0)), ext.mul(lambda, ext.mul(d0, d1)));
            assert.deepEqual(merged, claim, `layer ${k}`);
            r = random();
            [p, q] = [line(c0, c1, r), line(d0, d1, r)];
            point = [r, ...bound];
          }
          assert.deepEqual(p, extensionAt(leavesP, point));
          assert.deepEqual(q, extensionAt(leavesQ, point));
        } finally {
          await pool.close();
        }
      });
    });
  }
}
