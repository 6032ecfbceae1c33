import assert from 'node:assert/strict';
import { test } from 'node:test';
import { R, mod } from '../../prover/field/bn254.ts';
import * as ext from '../../prover/field/extension.ts';
import { P } from '../../prover/field/koalabear.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { buildTreeBn, authenticationPathBn } from '../../prover/hash/merkle-bn254.ts';
import { compress, permute } from '../../prover/hash/poseidon2-bn254.ts';
import { hashRow } from '../../prover/hash/sponge-bn254.ts';
import { assertCanonicalFelt, canonicalBits, rangedWire } from '../../prover/groth16/circuit/r1cs/bits.ts';
import { BoundError, type Int, type Linear, scaleInt } from '../../prover/groth16/circuit/r1cs/linear.ts';
import { hashRowCircuit, pathRootCircuit, selectConstant } from '../../prover/groth16/circuit/r1cs/merkle.ts';
import { R1csBackend } from '../../prover/groth16/circuit/backend.ts';
import { assertCap, capOf } from '../../prover/groth16/circuit/constant-cap.ts';
import { suiteBn254 } from '../../prover/verifier/suite-bn254.ts';
import type { OpenedRow } from '../../prover/verifier/backend.ts';
import { permuteCircuit } from '../../prover/groth16/circuit/r1cs/poseidon.ts';
import { mulPolynomials, reducePolynomial } from '../../prover/groth16/circuit/r1cs/product.ts';
import { assertZeroMod, reduceInt } from '../../prover/groth16/circuit/r1cs/reduce.ts';
import { ConstraintSystem, wireInt } from '../../prover/groth16/circuit/r1cs/system.ts';

const system = (): ConstraintSystem => new ConstraintSystem({ publicCount: 0, mode: 'shape' });
const free = (s: ConstraintSystem, value: bigint): Linear => {
  const wire = s.allocate(value);
  return { wires: [wire], coeffs: [1n], constant: 0n, value: s.values[wire]! };
};
/** Bumps each wire from `from` on by `delta`: the system must refuse each single change. */
function assertTamperProof(s: ConstraintSystem, from: number, what: string): void {
  assert.deepEqual(s.check(), [], `${what}: honest witness`);
  for (let wire = from; wire < s.wireCount; wire++) {
    for (const delta of [1n, R - 1n, BigInt(P)]) {
      const values = [...s.values];
      values[wire] = mod(values[wire]! + delta);
      assert.notEqual(s.check(values, 1).length, 0, `${what}: wire ${wire} + ${delta}`);
    }
  }
}
const felts = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => (seed * 48271 * (i + 3) * 69621 + i) % P);

test('range check: honest, tampered, and one bit too large', () => {
  for (const bits of [2, 14, 31]) {
    const s = system();
    rangedWire(s, (1n << BigInt(bits)) - 1n, bits, 'bound', 'range');
    assert.equal(s.constraintCount, bits);
    assertTamperProof(s, 1, `${bits} bits`);
    const over = system();
    rangedWire(over, 1n << BigInt(bits), bits, 'bound', 'range');
    assert.notEqual(over.check().length, 0);
  }
  const strict = new ConstraintSystem({ publicCount: 0, mode: 'witness' });
  assert.throws(() => rangedWire(strict, 1n << 31n, 31, 'bound', 'range'), { code: 'R1CS_UNSATISFIED' });
});

test('canonical decomposition: 0, r - 1 and others pass; the alias v + r does not', () => {
  for (const value of [0n, 1n, R - 1n, (1n << 240n) + 12345n]) {
    const s = system();
    const bits = canonicalBits(s, free(s, value), 0, 'canonical');
    assert.ok(s.constraintCount <= 360, `${s.constraintCount}`);
    assert.equal(
      bits.reduce((sum, b, i) => sum + (b.value << BigInt(i)), 0n),
      value,
    );
    assertTamperProof(s, 2, 'canonical');
  }
  // A witness that decomposes v + r < 2^254: all boolean, recomposes in the field, must fail the comparison.
  for (const value of [0n, 1n, (1n << 254n) - 1n - R]) {
    const s = system();
    const bits = canonicalBits(s, free(s, value), 0, 'canonical');
    const alias = value + R;
    const values = [...s.values];
    for (const [i, bit] of bits.entries()) values[bit.wires[0]!] = (alias >> BigInt(i)) & 1n;
    // Match wires follow their definition, so that only the comparison can fail.
    let match = 1n;
    let wire = 2;
    for (let i = 253; i >= 0; i--) {
      wire = bits[i]!.wires[0]!;
      if (((R - 1n) >> BigInt(i)) & 1n) {
        match *= values[wire]!;
        if (bits[i - 1] !== undefined && bits[i - 1]!.wires[0] !== wire + 1) values[wire + 1] = match;
      }
    }
    const violated = s.check(values, 1000);
    assert.notEqual(violated.length, 0);
  }
});

test('canonical decomposition with forced low bits accepts exactly multiples', () => {
  const good = system();
  canonicalBits(good, free(good, 5n << 16n), 16, 'pow');
  assertTamperProof(good, 2, 'pow');
  const bad = system();
  canonicalBits(bad, free(bad, (5n << 16n) + 1n), 16, 'pow');
  assert.notEqual(bad.check().length, 0);
});

test('canonical base elements: p - 1 passes, p and 2^31 - 1 do not', () => {
  for (const [value, ok] of [
    [0, true],
    [P - 1, true],
    [P, false],
    [2 ** 31 - 1, false],
    [0x7eff_ffff, true],
  ] as const) {
    const s = system();
    assertCanonicalFelt(s, rangedWire(s, BigInt(value), 31, 'bound', 'felt').bits, 'canonical');
    assert.equal(s.check().length === 0, ok, `${value}`);
  }
});

test('Poseidon2 circuit: 370 constraints, equal to the permutation, every wire determined', () => {
  const s = system();
  const state = felts(8, 5).map((x) => BigInt(x) ** 7n % R);
  const inputs = state.map((x) => free(s, x));
  const before = s.constraintCount;
  const first = s.wireCount;
  const outputs = permuteCircuit(s, inputs);
  assert.equal(s.constraintCount - before, 370);
  assert.deepEqual(
    outputs.map((x) => x.value),
    permute(state),
  );
  assertTamperProof(s, first, 'permutation');
  const { a, b } = s.matrices;
  assert.ok(a.wires.length + b.wires.length <= 1300, `${a.wires.length + b.wires.length} entries in A and B`);
});

test('row leaves and paths: equal to the native tree; wrong row, index or sibling rejected (pitfall 26)', () => {
  for (const [width, logRows] of [
    [4, 3],
    [12, 4],
    [70, 2],
  ] as const) {
    const rows = Array.from({ length: 2 ** logRows }, (_, i) => felts(width, i + 1));
    const levels = buildTreeBn(rows.map((row) => hashRow(row)));
    const root = levels[levels.length - 1]![0]!;
    const open = (index: number, row: readonly number[], path: readonly bigint[]): ConstraintSystem => {
      const s = system();
      const bits = Array.from(
        { length: logRows },
        (_, i) => rangedWire(s, BigInt((index >> i) & 1), 1, 'bound', 'i').int,
      );
      const wires = row.map((x) => rangedWire(s, BigInt(x), 31, 'bound', 'row').int);
      const node = pathRootCircuit(s, hashRowCircuit(s, wires), bits, path);
      s.enforceZero({ ...node, constant: node.constant - root, value: mod(node.value - root) }, 'root');
      return s;
    };
    for (const index of [0, 2 ** logRows - 2]) {
      const path = authenticationPathBn(levels, index);
      assert.deepEqual(open(index, rows[index]!, path).check(), []);
      assert.notEqual(open(index + 1, rows[index]!, path).check().length, 0);
      assert.notEqual(open(index, rows[index + 1]!, path).check().length, 0);
      assert.notEqual(open(index, rows[index]!, [path[0]! + 1n, ...path.slice(1)]).check().length, 0);
    }
    const s = open(1, rows[1]!, authenticationPathBn(levels, 1));
    const values = [...s.values];
    for (let wire = 1; wire < s.wireCount; wire += 13) {
      values[wire] = mod(values[wire]! + 1n);
      assert.notEqual(s.check(values, 1).length, 0, `wire ${wire}`);
      values[wire] = s.values[wire]!;
    }
  }
});

test('a Merkle level costs 381 constraints with its three index bits', () => {
  const s = system();
  const levels = buildTreeBn(Array.from({ length: 8 }, (_, i) => compress([BigInt(i)])));
  const leaf = free(s, levels[0]![5]!);
  const before = s.constraintCount;
  const bits = [1n, 0n, 1n].map((b) => rangedWire(s, b, 1, 'bound', 'i').int);
  const root = pathRootCircuit(s, leaf, bits, authenticationPathBn(levels, 5));
  assert.equal(s.constraintCount - before, 381);
  assert.equal(root.value, levels[1]![0]);
});

const asExt = (limbs: readonly Int[]): ExtValue => {
  const [a, b, c, d, e] = limbs.map((x) => Number(((x.value % BigInt(P)) + BigInt(P)) % BigInt(P)));
  return [a!, b!, c!, d!, e!];
};

test('F product at nine points: equal to the extension field, nine constraints, forged coefficients rejected', () => {
  const s = system();
  const limbs = (seed: number): Int[] => felts(5, seed).map((x) => rangedWire(s, BigInt(x), 31, 'bound', 'x').int);
  const a = limbs(3);
  const b = limbs(9);
  const before = s.constraintCount;
  const first = s.wireCount;
  const product = reducePolynomial(mulPolynomials(s, a, b, 'product'));
  assert.equal(s.constraintCount - before, 9);
  assert.deepEqual(asExt(product), ext.mul(asExt(a), asExt(b)));
  assertTamperProof(s, first, 'product');
  const base = mulPolynomials(s, [a[0]!], b, 'scale');
  assert.equal(base.length, 5);
  assert.equal(s.constraintCount - before, 14);
});

test('conventional reduction and zero test: k + 2 and k - 29 constraints, forged remainders rejected', () => {
  const s = system();
  const x = rangedWire(s, BigInt(P - 5), 31, 'bound', 'x').int;
  const square = wireInt(s.allocate(x.value ** 2n), x.value ** 2n, 0n, x.hi ** 2n);
  s.enforce(x, x, square, 'square');
  const first = s.wireCount;
  const before = s.constraintCount;
  const y = reduceInt(s, square, 'bound', 'reduce');
  assert.equal(s.constraintCount - before, 64);
  assert.equal(y.int.value, 25n);
  assertTamperProof(s, first, 'reduction');

  // A remainder off by one with a quotient that fits the field equation needs a quotient outside its range.
  const values = [...s.values];
  values[y.int.wires[0]!] = 26n;
  for (const [i, bit] of y.bits.slice(0, 30).entries()) values[bit.wires[0]!] = (26n >> BigInt(i)) & 1n;
  assert.notEqual(s.check(values, 1).length, 0);

  const zero = system();
  const v = wireInt(zero.allocate(BigInt(P) * 77n), BigInt(P) * 77n, 0n, 1n << 60n);
  assertZeroMod(zero, v, 'zero');
  assertTamperProof(zero, 1, 'zero test');
  const nonzero = system();
  assertZeroMod(nonzero, wireInt(nonzero.allocate(78n), 78n, 0n, 1n << 60n), 'zero');
  assert.notEqual(nonzero.check().length, 0);
});

test('bounds are refused at build time', () => {
  const s = system();
  const wide = wireInt(s.allocate(1n), 1n, 0n, (1n << 251n) - 1n);
  assert.throws(() => scaleInt(wide, 4n), BoundError);
  assert.throws(() => mulPolynomials(s, [wide, wide], [wide, wide], 'wide'), BoundError);
});

test('coefficients are interned and building is fast', () => {
  const s = system();
  const started = performance.now();
  let state = felts(8, 1).map((x) => free(s, BigInt(x)));
  for (let i = 0; i < 20; i++) state = permuteCircuit(s, state);
  const perConstraint = ((performance.now() - started) * 1000) / s.constraintCount;
  assert.ok(s.coefficients.length < 3000, `${s.coefficients.length} coefficients`);
  assert.ok(perConstraint < 60, `${perConstraint} us a constraint`);
});

test('a constant chosen by index bits: every index, forged selections rejected', () => {
  const constants = Array.from({ length: 32 }, (_, i) => mod((BigInt(i) + 3n) ** 77n));
  for (let index = 0; index < 32; index++) {
    const s = system();
    const bits = Array.from({ length: 5 }, (_, i) => rangedWire(s, BigInt((index >> i) & 1), 1, 'bound', 'i').int);
    const before = s.constraintCount;
    const first = s.wireCount;
    const chosen = selectConstant(s, bits, constants);
    assert.equal(s.constraintCount - before, 2 ** 3 - 1 - 3 + (2 ** 2 - 1));
    assert.equal(mod(chosen.value), constants[index]);
    assertTamperProof(s, first, 'selection');
  }
});

test('caps of constant trees: taken from openings, refused when they do not hash to the root', () => {
  const logRows = 12;
  const rows = Uint32Array.from(felts(2 ** logRows, 5));
  const tree = suiteBn254.commitRows({ logRows, width: 1 }, rows);
  const cap = capOf(tree, 9)!;
  assert.equal(cap.nodes.length, 2 ** 9);
  assert.throws(() => assertCap({ ...cap, nodes: cap.nodes.map((x, i) => (i === 77 ? x + 1n : x)) }), RangeError);
  const open = (index: number, opened: OpenedRow): ConstraintSystem => {
    const s = new ConstraintSystem({ publicCount: 0, mode: 'shape' });
    const on = new R1csBackend(s, 'conventional', [cap]);
    const bits = Array.from({ length: logRows }, (_, i) => on.hintBit((index >> i) & 1));
    on.openRow(on.digestConst(tree.root), tree.shape, bits, opened, 'row');
    return s;
  };
  assert.deepEqual(open(3001, tree.open(3001)).check(), []);
  assert.notEqual(open(3000, tree.open(3001)).check().length, 0);
  assert.notEqual(open(3001, { ...tree.open(3001), row: tree.open(3000).row }).check().length, 0);
  assert.ok(open(3001, tree.open(3001)).constraintCount < 2 * 381);
});
