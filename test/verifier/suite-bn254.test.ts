import assert from 'node:assert/strict';
import { test } from 'node:test';
import { R } from '../../prover/field/bn254.ts';
import { P } from '../../prover/field/koalabear.ts';
import { levelBits, pathLengthBn } from '../../prover/hash/merkle-bn254.ts';
import { hashRow, packScalar } from '../../prover/hash/sponge-bn254.ts';
import { suiteBn254 } from '../../prover/verifier/suite-bn254.ts';
import { DIGIT_BASE, DuplexBn254, extFromOutput } from '../../prover/verifier/duplex-bn254.ts';

const row = (width: number, seed: number): number[] =>
  Array.from({ length: width }, (_, i) => ((seed + 1) * 1103515245 * (i + 7)) % P);

test('packing is little-endian in 31-bit places and stays below r', () => {
  assert.equal(packScalar([1, 2]), 1n + (2n << 31n));
  assert.ok(packScalar(new Array<number>(8).fill(2 ** 31 - 1)) < R);
});

test('rows of one scalar stand for themselves, longer rows are hashed, width matters (pitfall 23)', () => {
  assert.equal(hashRow([5, 6]), packScalar([5, 6]));
  const digests = [8, 9, 64, 65, 72, 130].map((width) => hashRow(row(width, 1)));
  assert.equal(new Set(digests).size, digests.length);
  assert.notEqual(hashRow(row(65, 1)), hashRow([...row(65, 1), 0]));
});

test('trees open at every index for depths with and without a padded top level', () => {
  for (const logRows of [0, 1, 2, 3, 4]) {
    const width = 9;
    const rows = Uint32Array.from(Array.from({ length: 2 ** logRows }, (_, i) => row(width, i)).flat());
    const tree = suiteBn254.commitRows({ logRows, width }, rows);
    for (let i = 0; i < 2 ** logRows; i++) {
      const { row: opened, path } = tree.open(i);
      assert.equal(path.length, pathLengthBn(logRows));
      const leaf = suiteBn254.hashRow(opened);
      assert.equal(suiteBn254.rootOf(leaf, i, logRows, path), tree.root);
      if (logRows > 0) {
        assert.notEqual(suiteBn254.rootOf(leaf, i ^ 1, logRows, path), tree.root, 'pitfall 26');
        for (const k of path.keys()) {
          const bad = path.map((d, j) => (j === k ? (d as bigint) + 1n : d));
          assert.notEqual(suiteBn254.rootOf(leaf, i, logRows, bad), tree.root);
        }
      }
    }
  }
  assert.deepEqual(levelBits(7), [3, 3, 1]);
});

test('digits of an output recompose', () => {
  for (const y of [0n, 1n, R - 1n, DIGIT_BASE ** 3n * 12345n + 17n]) {
    const limbs = extFromOutput(y);
    for (const [i, limb] of limbs.entries()) {
      assert.ok(limb < P);
      assert.equal(BigInt(limb), ((y / DIGIT_BASE ** BigInt(i)) % DIGIT_BASE) % BigInt(P));
    }
  }
});

test('transcript: same schedule same challenges, any change changes them, capacity stays (pitfall 24)', () => {
  const run = (felts: readonly number[], digest: bigint): unknown[] => {
    const t = new DuplexBn254('test');
    t.observeFelts('a', felts);
    t.observeDigest('b', digest);
    const x = t.sampleExt('x');
    const indices = t.sampleIndices('i', 30, 20);
    t.observeFelts('c', felts.slice(0, 1));
    return [x, indices, t.sampleExt('y')];
  };
  const honest = run(row(11, 3), 77n);
  assert.deepEqual(run(row(11, 3), 77n), honest);
  for (let i = 0; i < 11; i++) {
    const felts = row(11, 3);
    felts[i] = (felts[i]! + 1) % P;
    assert.notDeepEqual(run(felts, 77n)[0], honest[0]);
  }
  assert.notDeepEqual(run(row(11, 3), 78n)[0], honest[0]);

  const t = new DuplexBn254('capacity');
  const before = t.state()[7];
  t.observeFelts('a', row(40, 1));
  t.observeDigest('d', 5n);
  assert.equal(t.state()[7], before);
});

test('any observe discards unused outputs; a different domain gives other challenges', () => {
  const a = new DuplexBn254('one');
  const b = new DuplexBn254('two');
  assert.notDeepEqual(a.sampleExt('x'), b.sampleExt('x'));
  const c = new DuplexBn254('one');
  c.sampleExt('x');
  const second = a.sampleExt('y');
  c.observeFelts('f', [0]);
  assert.notDeepEqual(c.sampleExt('y'), second);
});

test('grinding finds the smallest accepted nonce for every fill of pack and block', () => {
  for (const fill of [0, 1, 7, 8, 47, 48, 55]) {
    const make = (): DuplexBn254 => {
      const t = new DuplexBn254('pow');
      t.observeFelts('a', row(fill, 2));
      return t;
    };
    const nonce = make().grind(4);
    assert.equal(make().checkPow('n', nonce, 4), true);
    for (let n = 0; n < nonce; n++) assert.equal(make().checkPow('n', n, 4), false);
  }
});
