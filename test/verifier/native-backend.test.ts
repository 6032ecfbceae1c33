import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import * as ext from '../../prover/field/extension.ts';
import { P, mul, pow, rootOfUnity } from '../../prover/field/koalabear.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { commitColumns, commitOracle, evaluateOnDomain } from '../../prover/pcs/reference/encode.ts';
import { bindVariable, eqVector, getExt, innerProduct, powerVector } from '../../prover/pcs/reference/plain-vector.ts';
import { eqAt, eqTable, mleAt } from '../../prover/verifier/multilinear.ts';
import { evaluateAtFelt, powerFromBits, powerSum } from '../../prover/verifier/powers.ts';
import { bitsOf, nativeBackend } from '../../prover/verifier/native-backend.ts';
import { prepareQueryWeights, queryWeightAt } from '../../prover/pcs/whir/query-weight.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { DigestValue } from '../../prover/verifier/backend.ts';
import { Random } from '../support/random.ts';

const on = nativeBackend(suiteKoalaBear);
const vector = (values: readonly ExtValue[]): Uint32Array => new Uint32Array(values.flat());
const rejectsWith = (code: string, run: () => unknown): void =>
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof VerificationError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });

test('encoding: values of the polynomial whose coefficients are the hypercube values', () => {
  const coefficients = new Random(1).felts(8);
  const values = evaluateOnDomain(coefficients, 5);
  const root = rootOfUnity(5);
  for (let j = 0; j < 32; j++) {
    const x = pow(root, j);
    const expected = coefficients.reduceRight((sum, c) => (mul(sum, x) + c) % P, 0);
    assert.equal(values[j], expected);
  }
});

test('a leaf times the weights of its variables is a value of the bound vector', () => {
  const random = new Random(2);
  const values = vector(random.exts(16));
  const challenges = random.exts(3);
  const tree = commitOracle(suiteKoalaBear, values, 6, 3);
  const bound = challenges.reduce((v, r) => bindVariable(v, r, 'lowest'), values);
  const coefficients = [getExt(bound, 0), getExt(bound, 1)];
  for (let leaf = 0; leaf < 8; leaf++) {
    const row = on.rowExts(tree.open(leaf).row);
    const folded = on.extDot(row, eqTable(on, challenges));
    assert.deepEqual(folded, evaluateAtFelt(on, coefficients, pow(rootOfUnity(6), 8 * leaf)));
  }
});

test('multilinear helpers against direct sums', () => {
  const random = new Random(3);
  for (let k = 0; k <= 5; k++) {
    const [a, b] = [random.exts(k), random.exts(k)];
    const values = random.exts(2 ** k);
    const table = eqTable(on, a);
    assert.deepEqual(vector(table), eqVector(a, ext.ONE));
    assert.deepEqual(mleAt(on, values, a), on.extDot(values, table));
    // eq(a, b) is the extension of eq(a, .) at b.
    assert.deepEqual(eqAt(on, a, b), mleAt(on, table, b));
  }
});

test('power sums, univariate evaluation, powers from bits and query weights against direct sums', () => {
  const random = new Random(4);
  for (const length of [1, 2, 7, 8, 9, 16, 17, 40]) {
    const values = random.exts(length);
    const g = random.ext();
    const x = random.felt();
    const horner = (at: ExtValue): ExtValue =>
      values.reduceRight<ExtValue>((s, v) => ext.add(ext.mul(s, at), v), ext.ZERO);
    assert.deepEqual(powerSum(on, g, values), horner(g));
    assert.deepEqual(evaluateAtFelt(on, values, x), horner(ext.fromBase(x)));
    // Blocks of any length give the same value; blocks of one are Horner's rule.
    for (const powerBlock of [1, 2, 3, 40, 64]) {
      const other = Object.assign(nativeBackend(suiteKoalaBear), { powerBlock });
      assert.deepEqual(powerSum(other, g, values), horner(g));
      assert.deepEqual(evaluateAtFelt(other, values, x), horner(ext.fromBase(x)));
    }
  }
  const base = random.felt();
  assert.equal(powerFromBits(on, base, bitsOf(37, 7)), pow(base, 37));
  for (let k = 0; k <= 7; k++) {
    const values = random.exts(2 ** k);
    const point = random.exts(k);
    const x = random.felt();
    const weights = powerVector(2 ** k, x, ext.ONE);
    const weightAtPoint = innerProduct(weights, eqVector(point, ext.ONE));
    assert.deepEqual(queryWeightAt(on, prepareQueryWeights(on, point), x), weightAtPoint);
    assert.deepEqual(innerProduct(weights, vector(values)), evaluateAtFelt(on, values, x));
  }
});

test('pitfalls 22 and 27: openRow refuses wrong widths, paths, aliases and junk', () => {
  const random = new Random(5);
  const tree = commitColumns(suiteKoalaBear, 2, 1, [random.column(2), random.column(2), random.column(2)]);
  const honest = tree.open(5);
  const open = (opened: unknown, index = 5): unknown =>
    on.openRow(tree.root, tree.shape, bitsOf(index, 3), opened as typeof honest, 'row');
  assert.deepEqual(open(honest), honest.row);
  rejectsWith('merkle-path', () => open(honest, 4));
  rejectsWith('proof-shape', () => open({ ...honest, row: [...honest.row, 0] }));
  rejectsWith('proof-shape', () => open({ ...honest, row: honest.row.slice(1) }));
  rejectsWith('proof-shape', () => open({ ...honest, path: honest.path.slice(1) }));
  rejectsWith('proof-shape', () => open({ ...honest, path: [...honest.path, honest.path[0]] }));
  rejectsWith('non-canonical', () => open({ ...honest, row: honest.row.map((x) => x + P) }));
  rejectsWith('non-canonical', () =>
    open({ ...honest, path: honest.path.map((d) => (d as number[]).map((x) => x + P)) }),
  );
  rejectsWith('non-canonical', () => open({ ...honest, path: honest.path.map(() => 5n) }));
  rejectsWith('non-canonical', () => open({ ...honest, path: honest.path.map((d) => (d as number[]).slice(1)) }));
  rejectsWith('proof-shape', () => open(null));
  rejectsWith('proof-shape', () => open({}));
});

test('pitfall 22: what a transcript reads is canonical and of the expected count', () => {
  const transcript = on.transcript('test');
  rejectsWith('non-canonical', () => transcript.readFelts('a', [P], 1));
  rejectsWith('non-canonical', () => transcript.readExts('a', [[0, 0, 0, 0, P]], 1));
  rejectsWith('proof-shape', () => transcript.readExts('a', [[0, 0, 0, 0] as unknown as ExtValue], 1));
  rejectsWith('proof-shape', () => transcript.readFelts('a', [1, 2], 1));
  rejectsWith('non-canonical', () => transcript.readDigest('a', [1, 2, 3, 4, 5, 6, 7, P]));
  rejectsWith('non-canonical', () => transcript.readDigest('a', 5n as DigestValue));
  rejectsWith('non-canonical', () => transcript.checkPow('a', P, 0));
  // Nothing refused was observed.
  assert.deepEqual(transcript.sampleExt('x'), on.transcript('test').sampleExt('x'));
});

test('checks reject with their codes', () => {
  rejectsWith('felt-mismatch', () => on.assertFeltEqual(1, 2, 'x'));
  rejectsWith('ext-mismatch', () => on.assertExtEqual(ext.ONE, ext.ZERO, 'x'));
  rejectsWith('not-a-bit', () => on.hintBit(2));
  rejectsWith('out-of-range', () => on.feltBits(8, 3, 'x'));
  rejectsWith('zero-inverse', () => on.extInverse(ext.ZERO, 'x'));
  assert.deepEqual(on.feltBits(6, 3, 'x'), [0, 1, 1]);
  const a = new Random(6).ext();
  assert.deepEqual(on.extMul(a, on.extInverse(a, 'x')), ext.ONE);
});

test('digests and their elements, and paths from a digest leaf', () => {
  const digest = on.hashFelts('test', [1, 2, 3]);
  assert.deepEqual(on.digestFromFelts(on.digestFelts(digest)), digest);
  const random = new Random(7);
  const tree = commitColumns(suiteKoalaBear, 2, 1, [random.column(2)]);
  const { row, path } = tree.open(3);
  on.checkPath(tree.root, suiteKoalaBear.hashRow(row), bitsOf(3, 3), path, 'x');
  rejectsWith('merkle-path', () => on.checkPath(tree.root, suiteKoalaBear.hashRow(row), bitsOf(2, 3), path, 'x'));
  rejectsWith('proof-shape', () => on.checkPath(tree.root, suiteKoalaBear.hashRow(row), bitsOf(3, 2), path, 'x'));
});
