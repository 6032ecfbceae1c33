import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReport } from '../../prover/air/checker.ts';
import { NativeBackend, type NativeWires } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { RecursionBackend, type RecursionWires } from '../../prover/recursion/backend.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { runRandomProgram } from '../support/backend-program.ts';
import { Random } from '../support/random.ts';
import { check, finish, lay } from '../support/recursion.ts';

test('random programs give the same values on the native and the recording backend, and their traces check', () => {
  for (let shape = 1; shape <= 25; shape++) {
    const native = runRandomProgram<NativeWires>(new NativeBackend(suiteKoalaBear), shape, 1000 + shape, 120);
    const on = new RecursionBackend({ strict: true });
    const recorded = runRandomProgram<RecursionWires>(on, shape, 1000 + shape, 120);
    assert.deepEqual(
      recorded.felts.map((wire) => wire.value),
      native.felts.map((value) => [value, 0, 0, 0, 0]),
      `shape ${shape}`,
    );
    assert.deepEqual(
      recorded.exts.map((wire) => wire.value),
      native.exts,
      `shape ${shape}`,
    );
    const report = check(lay(finish(on, recorded.felts.slice(-20))));
    assert.ok(report.ok, `shape ${shape}: ${formatReport(report)}`);
  }
});

test('the program depends on the shape only', () => {
  const digestOf = (shape: number, data: number): string => {
    const on = new RecursionBackend({ strict: true });
    const { felts } = runRandomProgram<RecursionWires>(on, shape, data, 200);
    return programDigest(finish(on, felts.slice(0, 32)).program);
  };
  for (const shape of [3, 4, 5]) {
    assert.equal(digestOf(shape, 1), digestOf(shape, 2));
    assert.notEqual(digestOf(shape, 1), digestOf(shape + 10, 1));
  }
});

test('a false equation between any two wires of a random program has no witness; a true one has', () => {
  const random = new Random(41);
  let tried = 0;
  for (let shape = 1; shape <= 30; shape++) {
    const attempt = (isTrue: boolean): boolean | undefined => {
      const on = new RecursionBackend({ strict: false });
      const { felts, exts } = runRandomProgram<RecursionWires>(on, shape, shape, 60);
      const wires = [...felts, ...exts].filter((wire) => !wire.constant);
      const a = wires[random.below(wires.length)]!;
      const b = isTrue ? on.extConst(a.value) : wires[random.below(wires.length)]!;
      if (!isTrue && String(a.value) === String(b.value)) return undefined;
      on.assertExtEqual(a, b, 'test');
      return check(lay(finish(on))).ok;
    };
    assert.equal(attempt(true), true);
    const result = attempt(false);
    if (result === undefined) continue;
    assert.equal(result, false, `shape ${shape}`);
    tried++;
  }
  assert.ok(tried > 15);
});
