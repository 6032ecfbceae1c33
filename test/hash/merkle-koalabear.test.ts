import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticationPath, buildTree, digestAt, rootFromPath } from '../../prover/hash/merkle-koalabear.ts';
import { compress, hashRow } from '../../prover/hash/sponge-koalabear.ts';
import { Random } from '../support/random.ts';

test('a tree of four rows by hand', () => {
  const rows = new Random(1).felts(12);
  const tree = buildTree(2, 3, Uint32Array.from(rows));
  const leaves = [0, 1, 2, 3].map((i) => hashRow(rows.slice(3 * i, 3 * i + 3)));
  const root = compress(compress(leaves[0]!, leaves[1]!), compress(leaves[2]!, leaves[3]!));
  assert.deepEqual(digestAt(tree.levels[2]!, 0), root);
  assert.deepEqual(authenticationPath(tree, 2), [leaves[3], compress(leaves[0]!, leaves[1]!)]);
});

test('pitfall 26: a path proves its own index only, and every element of it matters', () => {
  const random = new Random(2);
  const logRows = 4;
  const width = 9;
  const rows = Uint32Array.from(random.felts(width * 2 ** logRows));
  const tree = buildTree(logRows, width, rows);
  const root = digestAt(tree.levels[logRows]!, 0);
  for (let index = 0; index < 2 ** logRows; index++) {
    const leaf = hashRow(rows.subarray(index * width, (index + 1) * width));
    const path = authenticationPath(tree, index);
    for (let claimed = 0; claimed < 2 ** logRows; claimed++) {
      const same = String(rootFromPath(leaf, claimed, path)) === String(root);
      assert.equal(same, claimed === index);
    }
    const depth = random.below(logRows);
    const altered = path.map((digest, d) => (d === depth ? digest.map((x, i) => (i === 0 ? x ^ 1 : x)) : digest));
    assert.notDeepEqual(rootFromPath(leaf, index, altered), root);
  }
});

test('a single row is a tree of height zero', () => {
  const row = new Random(3).felts(5);
  const tree = buildTree(0, 5, Uint32Array.from(row));
  assert.deepEqual(digestAt(tree.levels[0]!, 0), hashRow(row));
  assert.deepEqual(authenticationPath(tree, 0), []);
});

test('a matrix of another size is refused', () => {
  assert.throws(() => buildTree(2, 3, new Uint32Array(11)), RangeError);
});
