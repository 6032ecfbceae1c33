/** Proving keys that stay between proofs: which, and what they leave in the arena. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLAIM, SPAN } from '../../prover/stark/layers.ts';
import type { ProvingKey } from '../../prover/stark/prover/interface.ts';
import { KeptKeys } from '../../prover/system/kept-keys.ts';
import { Arena } from '../../prover/wasm/arena.ts';

const SIZE = 4096;

function setup() {
  const arena = new Arena();
  arena.alloc(1000);
  const bottom = arena.usage.usedBytes;
  const keys = new KeptKeys(arena);
  const made: string[] = [];
  /** A key whose tree is a piece of the arena, filled with a number of its own. */
  const make = (id: string) => (): ProvingKey => {
    made.push(id);
    const ptr = arena.alloc(SIZE);
    arena.bytes(ptr, SIZE).fill(made.length);
    return { key: id, tree: ptr } as unknown as ProvingKey;
  };
  const used = (): number => (arena.usage.usedBytes - bottom) / SIZE;
  return { arena, keys, made, make, used };
}

test('two keys of a layer are made once and stay whole while proofs come and go above them', () => {
  const { arena, keys, made, make, used } = setup();
  for (const id of ['check', 'check', 'join', 'check', 'check', 'join', 'join']) {
    const { key, tree } = keys.of(id, SPAN, make(id)) as unknown as { readonly key: string; readonly tree: number };
    assert.equal(key, id);
    arena.scope(() => arena.bytes(arena.alloc(8 * SIZE), 8 * SIZE).fill(255));
    assert.deepEqual(new Set(arena.bytes(tree, SIZE)), new Set([id === 'check' ? 1 : 2]));
  }
  assert.deepEqual([made, used()], [['check', 'join'], 2]);
});

test('a third key, one of another layer and whatever needs the memory take the place of those that are kept', () => {
  const { keys, made, make, used } = setup();
  for (const id of ['lift', 'check', 'join']) keys.of(id, SPAN, make(id));
  assert.equal(used(), 1);
  keys.of('check', SPAN, make('check'));
  assert.equal(used(), 2);
  keys.of('finish', CLAIM, make('finish'));
  assert.equal(used(), 1);
  // Of the same name, on the other layer.
  keys.of('finish', SPAN, make('finish'));
  assert.equal(used(), 1);
  keys.clear();
  assert.equal(used(), 0);
  keys.of('finish', SPAN, make('finish'));
  assert.deepEqual(made, ['lift', 'check', 'join', 'check', 'finish', 'finish', 'finish']);
});

test('a key that cannot be made leaves nothing', () => {
  const { keys, made, make, used } = setup();
  keys.of('check', SPAN, make('check'));
  const fails = (): never => {
    make('join')();
    throw new Error('no key');
  };
  assert.throws(() => keys.of('join', SPAN, fails), /no key/);
  assert.equal(used(), 1);
  keys.of('join', SPAN, make('join'));
  keys.of('check', SPAN, make('check'));
  assert.deepEqual([made, used()], [['check', 'join', 'join'], 2]);
});
