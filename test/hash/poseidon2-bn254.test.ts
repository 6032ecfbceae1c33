import assert from 'node:assert/strict';
import { test } from 'node:test';
import { R, mod } from '../../prover/field/bn254.ts';
import {
  characteristicPolynomial,
  deriveDiagonal,
  isSecureDiagonal,
} from '../../prover/hash/poseidon2-bn254-diagonal.ts';
import {
  DIAGONAL,
  EXTERNAL,
  M4,
  POSEIDON2_BN_PARAMETERS,
  WIDTH,
  compress,
  permute,
  roundConstants,
} from '../../prover/hash/poseidon2-bn254.ts';

const state = (seed: bigint): bigint[] => Array.from({ length: WIDTH }, (_, i) => mod((seed + BigInt(i)) ** 9n));

test('the committed diagonal is the one the generator gives', () => {
  const { diagonal, candidates } = deriveDiagonal(POSEIDON2_BN_PARAMETERS);
  assert.deepEqual(diagonal, DIAGONAL);
  assert.equal(candidates, 7);
});

test('the irreducibility test rejects planted bad diagonals', () => {
  assert.equal(isSecureDiagonal(DIAGONAL), true);
  // Two equal entries give the eigenvalue mu of e_1 - e_2: the characteristic polynomial has a root.
  assert.equal(isSecureDiagonal([DIAGONAL[1]!, ...DIAGONAL.slice(1)]), false);
  assert.equal(isSecureDiagonal(new Array<bigint>(8).fill(0n)), false);
});

test('the characteristic polynomial vanishes on the matrix', () => {
  const f = characteristicPolynomial(DIAGONAL);
  let v = state(5n);
  const apply = (x: readonly bigint[]): bigint[] => {
    const sum = x.reduce((a, b) => a + b, 0n);
    return x.map((xi, i) => mod(sum + xi * DIAGONAL[i]!));
  };
  const total = new Array<bigint>(WIDTH).fill(0n);
  for (const c of f) {
    for (const i of total.keys()) total[i] = mod(total[i]! + c * v[i]!);
    v = apply(v);
  }
  assert.deepEqual(total, new Array<bigint>(WIDTH).fill(0n));
});

test('M4 is MDS: no square submatrix is singular mod r', () => {
  const det = (rows: readonly number[], columns: readonly number[]): bigint =>
    rows.length === 0
      ? 1n
      : columns.reduce(
          (sum, c, k) =>
            sum +
            (k % 2 === 0 ? 1n : -1n) *
              M4[rows[0]!]![c]! *
              det(
                rows.slice(1),
                columns.filter((x) => x !== c),
              ),
          0n,
        );
  const subsets = Array.from({ length: 15 }, (_, m) => [0, 1, 2, 3].filter((i) => ((m + 1) >> i) & 1));
  for (const rows of subsets) {
    for (const columns of subsets.filter((s) => s.length === rows.length)) {
      assert.notEqual(mod(det(rows, columns)), 0n, `${rows.join()} x ${columns.join()}`);
    }
  }
});

test('the permutation equals its matrix definition', () => {
  const { first, partial, last } = roundConstants();
  const external = (s: readonly bigint[]): bigint[] =>
    EXTERNAL.map((row) => mod(row.reduce((sum, m, j) => sum + m * s[j]!, 0n)));
  for (const seed of [0n, 1n, R - 3n, 1n << 200n]) {
    let s = external(state(seed));
    const full = (rc: readonly bigint[]): void => {
      s = external(s.map((x, i) => mod((x + rc[i]!) ** 5n)));
    };
    first.forEach(full);
    for (const rc of partial) {
      s[0] = mod((s[0]! + rc) ** 5n);
      s = s.map((_, i) => mod(s.reduce((sum, x, j) => sum + x * (i === j ? 1n + DIAGONAL[i]! : 1n), 0n)));
    }
    last.forEach(full);
    assert.deepEqual(permute(state(seed)), s);
  }
});

test('compression depends on every child and differs from the bare permutation', () => {
  const children = state(7n);
  const digest = compress(children);
  for (const i of children.keys()) {
    const other = [...children];
    other[i] = mod(other[i]! + 1n);
    assert.notEqual(compress(other), digest);
  }
  assert.equal(digest, mod(permute(children)[0]! + children[0]!));
});
