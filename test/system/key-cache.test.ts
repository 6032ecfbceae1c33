import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLAIM, CORE_L_BIG, CORE_M, SPAN, WRAP } from '../../prover/stark/layers.ts';
import type { ProvingKey } from '../../prover/stark/prover/interface.ts';
import { KeyCache } from '../../prover/system/key-cache.ts';

/** A key that is told from others, of no use otherwise. */
const keyNamed = (root: number): ProvingKey => ({
  key: { machine: 'test-only', root: [root], logHeights: [], positions: [], felts: [] },
  columns: [],
  starts: [],
  tree: { root: [root], shape: { logRows: 2, width: 1 }, open: () => ({ row: [], path: [] }) },
});

test('a key is made once, and again for another program, layer or machine', () => {
  const cache = new KeyCache();
  const [a, b] = [{}, {}];
  let made = 0;
  const get = (owner: object, layer = SPAN, machine = 'one'): unknown =>
    cache.get(owner, machine, layer, () => keyNamed(made++)).key.root;
  assert.deepEqual([get(a), get(b), get(a), get(a, CORE_M), get(b), get(a, CORE_M)], [[0], [1], [0], [2], [1], [2]]);
  assert.deepEqual([get(a, CORE_M, 'other'), get(a, CORE_M), get(a, CORE_M, 'other')], [[3], [2], [3]]);
});

test('the key that was used the longest ago makes room', () => {
  // A key of a span takes 38 MB.
  const cache = new KeyCache(80 * 2 ** 20);
  const owners = [{}, {}, {}];
  const made: number[] = [];
  const use = (i: number): void => {
    cache.get(owners[i] ?? {}, 'one', SPAN, () => {
      made.push(i);
      return keyNamed(i);
    });
  };
  for (const i of [0, 1, 0, 2, 0, 1, 2]) use(i);
  assert.deepEqual(made, [0, 1, 2, 1, 2]);
});

test('a key that could not be made is not kept', () => {
  const cache = new KeyCache();
  const owner = {};
  const fails = (): never => {
    throw new Error('changed my mind');
  };
  assert.throws(() => cache.get(owner, 'one', SPAN, fails), /changed my mind/);
  assert.deepEqual(cache.get(owner, 'one', SPAN, () => keyNamed(7)).key.root, [7]);
});

test('keys of the curve and large ones are not for it', () => {
  const cache = new KeyCache();
  assert.deepEqual(
    [SPAN, CORE_M, CORE_L_BIG, CLAIM, WRAP].map((layer) => cache.hasRoomFor(layer)),
    [true, true, true, false, false],
  );
});
