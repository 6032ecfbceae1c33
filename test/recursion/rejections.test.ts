/** What must not hold: false statements are refused at once in strict mode, and have no witness in any mode. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { P } from '../../prover/field/koalabear.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { authenticationPath, buildTree, digestAt } from '../../prover/hash/merkle-koalabear.ts';
import { DuplexKoalaBear } from '../../prover/verifier/duplex-koalabear.ts';
import { RecursionBackend } from '../../prover/recursion/backend.ts';
import { bitsBelow, canonicalBits, assertLowBitsZero } from '../../prover/recursion/decompose.ts';
import { RecursionProgramError, preprocessedColumns } from '../../prover/machines/recursion/preprocess.ts';
import { PUBLIC_VALUES } from '../../prover/machines/recursion/memory.ts';
import { rowCounts, type Program } from '../../prover/machines/recursion/program.ts';
import { Recorder } from '../../prover/recursion/recorder.ts';
import type { Wire } from '../../prover/recursion/form.ts';
import { Random } from '../support/random.ts';
import { check, finish, fittingHeights, lay } from '../support/recursion.ts';

/** A statement that is false: refused with `code`, and unprovable when recorded without the refusal. */
function assertRefused(statement: (on: RecursionBackend) => void, code: string): void {
  assert.throws(
    () => statement(new RecursionBackend({ strict: true })),
    (error) => error instanceof VerificationError && error.code === code,
  );
  const on = new RecursionBackend({ strict: false });
  statement(on);
  const report = check(lay(finish(on)));
  assert.equal(report.ok, false, code);
  assert.deepEqual(report.shape, []);
}

/** The same statement with true values passes. */
function assertHolds(statement: (on: RecursionBackend) => void): void {
  const on = new RecursionBackend({ strict: true });
  statement(on);
  assert.ok(check(lay(finish(on))).ok);
}

const A: ExtValue = [3, 1, 4, 1, 5];
const B: ExtValue = [9, 2, 6, 5, 3];

test('equality of elements, however the sides were computed', () => {
  type Sides = (on: RecursionBackend, x: Wire, y: Wire) => [Wire, Wire];
  const sides: Sides[] = [
    (_on, x, y) => [x, y],
    (on, x, y) => [on.extMul(x, y), on.extConst([1, 0, 0, 0, 0])],
    (on, x, y) => [on.extConst([7, 7, 7, 7, 7]), on.extMulAdd(x, y, x)],
    (on, x, y) => [on.extAdd(x, y), on.extMulConst(x, 3)],
    (on, x, y) => [on.extMulConst(x, 2), on.extMulConst(y, 2)],
    (on, x) => [on.extSub(x, x), on.extConst([1, 0, 0, 0, 0])],
    (on, x, y) => [on.extMul(on.extSub(on.extConst([1, 0, 0, 0, 0]), x), y), on.extMul(x, y)],
    (on, x) => [x, on.extAdd(x, on.extConst([1, 0, 0, 0, 0]))],
  ];
  for (const side of sides.filter((_, i) => i !== 5)) {
    assertRefused(
      (on) => on.assertExtEqual(...side(on, on.recorder.hintExt(A), on.recorder.hintExt(B)), 'test'),
      'ext-mismatch',
    );
  }
  // x - x is the constant 0: a false equation of constants is refused in every mode.
  assert.throws(() => {
    const on = new RecursionBackend({ strict: false });
    on.assertExtEqual(...sides[5]!(on, on.recorder.hintExt(A), on.recorder.hintExt(B)), 'test');
  }, VerificationError);
  assertHolds((on) => {
    const [x, y] = [on.recorder.hintExt(A), on.recorder.hintExt(B)];
    on.assertExtEqual(on.extMul(on.extSub(x, y), on.extAdd(x, y)), on.extSub(on.extMul(x, x), on.extMul(y, y)), 'test');
    on.assertExtEqual(x, on.extConst(A), 'test');
    on.assertExtEqual(on.extConst(A), x, 'test');
  });
});

test('felts, bits and ranges', () => {
  assertRefused((on) => on.assertFeltEqual(on.hintFelt(1), on.hintFelt(2), 'test'), 'felt-mismatch');
  assertRefused((on) => on.assertFeltEqual(on.hintFelt(1), on.feltConst(2), 'test'), 'felt-mismatch');
  assertRefused((on) => void on.feltBits(on.hintFelt(8), 3, 'test'), 'out-of-range');
  assertRefused((on) => void on.feltBits(on.hintFelt(P - 1), 30, 'test'), 'out-of-range');
  assertRefused((on) => void on.feltBits(on.hintFelt(1), 0, 'test'), 'out-of-range');
  assertHolds((on) => {
    on.feltBits(on.hintFelt(7), 3, 'test');
    on.feltBits(on.hintFelt(2 ** 30 - 1), 30, 'test');
    on.feltBits(on.hintFelt(0), 0, 'test');
  });
  assert.throws(() => new RecursionBackend({ strict: true }).hintBit(2), VerificationError);
  assert.throws(() => new RecursionBackend({ strict: true }).feltBits({} as Wire, 31, 'test'), RangeError);
});

test('zero has no inverse', () => {
  assertRefused((on) => void on.extInverse(on.recorder.hintExt([0, 0, 0, 0, 0]), 'test'), 'zero-inverse');
  assertRefused((on) => {
    const x = on.recorder.hintExt(A);
    on.extInverse(on.extSub(on.extMul(x, x), on.extMul(x, on.recorder.hintExt(A))), 'test');
  }, 'zero-inverse');
  assertHolds((on) => void on.extInverse(on.recorder.hintExt(A), 'test'));
});

test('proof of work', () => {
  const nonce = new DuplexKoalaBear('test').grind(6);
  assertHolds((on) => on.transcript('test').checkPow('pow', nonce, 6));
  const bad = nonce === 0 ? 1 : 0;
  assertRefused((on) => on.transcript('test').checkPow('pow', bad, 6), 'pow');
  assertRefused((on) => on.transcript('test').checkPow('pow', bad, 24), 'pow');
});

test('pitfall 26: rows, paths and index bits', () => {
  const random = new Random(17);
  const shape = { logRows: 3, width: 10 };
  const rows = Uint32Array.from(random.felts(80));
  const tree = buildTree(3, 10, rows);
  const opened = (index: number): { row: number[]; path: number[][] } => ({
    row: Array.from(rows.subarray(10 * index, 10 * index + 10)),
    path: authenticationPath(tree, index),
  });
  const open = (on: RecursionBackend, index: number, { row, path }: { row: number[]; path: number[][] }): void => {
    const root = on.transcript('test').readDigest('root', digestAt(tree.levels[3]!, 0));
    const bits = [0, 1, 2].map((i) => on.hintBit(Math.floor(index / 2 ** i) % 2));
    on.openRow(root, shape, bits, { row, path }, 'test');
  };
  for (const index of [0, 5, 7]) {
    assertHolds((on) => open(on, index, opened(index)));
    assertRefused((on) => open(on, index ^ 1, opened(index)), 'merkle-path');
    assertRefused((on) => open(on, index ^ 4, opened(index)), 'merkle-path');
    for (let i = 0; i < 10; i++) {
      const changed = opened(index);
      changed.row[i] = (changed.row[i]! + 1) % P;
      assertRefused((on) => open(on, index, changed), 'merkle-path');
    }
    for (let level = 0; level < 3; level++) {
      const changed = opened(index);
      changed.path[level]![level] = (changed.path[level]![level]! + 1) % P;
      assertRefused((on) => open(on, index, changed), 'merkle-path');
    }
  }
  // A tree of one row: the digest is the root.
  const single = buildTree(0, 5, rows.subarray(0, 5));
  const openSingle = (on: RecursionBackend, row: number[]): void => {
    const root = on.digestConst(digestAt(single.levels[0]!, 0));
    on.openRow(root, { logRows: 0, width: 5 }, [], { row, path: [] }, 'test');
  };
  assertHolds((on) => openSingle(on, Array.from(rows.subarray(0, 5))));
  assertRefused((on) => openSingle(on, [1, 2, 3, 4, 5]), 'merkle-path');
});

test('pitfalls 22 and 27: non-canonical elements and wrong lengths are refused in both modes', () => {
  for (const strict of [true, false]) {
    const on = new RecursionBackend({ strict });
    const transcript = on.transcript('test');
    const root = on.digestConst([1, 2, 3, 4, 5, 6, 7, 8]);
    const refused: [() => unknown, string][] = [
      [() => transcript.readFelts('x', [P], 1), 'non-canonical'],
      [() => transcript.readFelts('x', [-1], 1), 'non-canonical'],
      [() => transcript.readFelts('x', [1, 2], 1), 'proof-shape'],
      [() => transcript.readExts('x', [A], 2), 'proof-shape'],
      [() => transcript.readExts('x', [[0, 0, 0, 0, P] as ExtValue], 1), 'non-canonical'],
      [() => transcript.readDigest('x', [1, 2, 3]), 'proof-shape'],
      [() => transcript.readDigest('x', 5n), 'proof-shape'],
      [() => transcript.checkPow('x', 0.5, 1), 'non-canonical'],
      [() => on.hintFelt(P), 'non-canonical'],
      [() => on.openRow(root, { logRows: 1, width: 2 }, [on.hintBit(0)], { row: [1], path: [] }, 'x'), 'proof-shape'],
      [() => on.openRow(root, { logRows: 1, width: 1 }, [on.hintBit(0)], { row: [1], path: [] }, 'x'), 'proof-shape'],
    ];
    for (const [call, code] of refused) {
      assert.throws(call, (error) => error instanceof VerificationError && error.code === code);
    }
  }
});

/** Replaces the bits of every chain by its own: a prover that decomposes as it likes. */
class ForgingRecorder extends Recorder {
  forged: number[] = [];

  override bit(...[value, sum, next]: Parameters<Recorder['bit']>): ReturnType<Recorder['bit']> {
    return super.bit(this.forged.shift() ?? value, sum, next);
  }
}

function forge(bits: bigint, count: number, decompose: (recorder: ForgingRecorder) => void): boolean {
  const recorder = new ForgingRecorder({ strict: false });
  recorder.forged = Array.from({ length: count }, (_, i) => Number((bits >> BigInt(count - 1 - i)) & 1n));
  decompose(recorder);
  const outputs = new Array<Wire>(PUBLIC_VALUES).fill(recorder.felt(0));
  return check(lay({ ...recorder.finish(outputs), publicValues: new Array<number>(PUBLIC_VALUES).fill(0) })).ok;
}

test('pitfalls 12 and 25: a decomposition of value + p, or of anything but the value, has no witness', () => {
  const p = BigInt(P);
  for (const value of [0, 1, 5, 2 ** 24 - 2]) {
    const canonical = (r: Recorder): void => void canonicalBits(r, r.hintFelts([value])[0]!, 'test');
    assert.equal(forge(BigInt(value), 31, canonical), true);
    assert.equal(forge(BigInt(value) + p, 31, canonical), false, `${value} + p`);
    assert.equal(forge(BigInt(value) + 1n, 31, canonical), false);
  }
  for (const value of [2 ** 24 - 1, 2 ** 30, P - 1, P - 2, 127 * 2 ** 24 - 1]) {
    const canonical = (r: Recorder): void => void canonicalBits(r, r.hintFelts([value])[0]!, 'test');
    assert.equal(forge(BigInt(value), 31, canonical), true, `${value}`);
    assert.equal(forge(BigInt(value) ^ 1n, 31, canonical), false, `${value}`);
  }
  // Low bits zero: value + p has zero low bits for value = 2^24 - 1 mod 2^k, an alias a proof of work could use.
  for (const bits of [4, 16]) {
    const lowZero = (value: number) => (r: Recorder) => {
      assertLowBitsZero(r, r.hintFelts([value])[0]!, bits, 'pow', 'test');
    };
    assert.equal(forge(3n, 31 - bits, lowZero(3 * 2 ** bits)), true);
    const alias = 2 ** bits - 1;
    assert.equal(forge((BigInt(alias) + p) >> BigInt(bits), 31 - bits, lowZero(alias)), false);
    assert.equal(forge(3n, 31 - bits, lowZero(3 * 2 ** bits + 1)), false);
  }
  for (const bits of [0n, 5n, 7n]) {
    assert.equal(
      forge(bits, 3, (r) => void bitsBelow(r, r.hintFelts([5])[0]!, 3, 'test')),
      bits === 5n,
    );
  }
});

test('programs that do not fit or are not write-once are refused', () => {
  const on = new RecursionBackend({ strict: true });
  const x = on.recorder.hintExt(A);
  let y = x;
  for (let i = 0; i < 20; i++) y = on.extMulAdd(y, x, y);
  on.assertExtEqual(y, y, 'kept');
  on.feltBits(on.hintFelt(3), 5, 'bits');
  const { program } = finish(on);
  const heights = fittingHeights(program);
  assert.ok(rowCounts(program).arithmetic > 16);
  const refuses = (code: string, changed: Program, height = heights): void =>
    assert.throws(
      () => preprocessedColumns(changed, height),
      (error) => error instanceof RecursionProgramError && error.code === code,
    );
  refuses('program-too-large', program, { ...heights, arithmetic: 4 });
  const { arithmetic } = program;
  const twice = arithmetic.out.map((out, i) => (i === 8 ? arithmetic.out[7]! : out));
  refuses('not-write-once', { ...program, arithmetic: { ...arithmetic, out: twice } });
  const unwritten = arithmetic.a.map((a, i) => (i === 8 ? 123456 : a));
  refuses('not-write-once', { ...program, arithmetic: { ...arithmetic, a: unwritten } });
});
