/**
 * Provers that put something else in place of what a block outside the proof gave: the guest's own checks refuse it. The
 * queue of hints is what such a prover controls, so here it changes what is put into it.
 */
import { bcs } from '@mysten/bcs';
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import { InputQueue } from '../../prover/vm/syscalls/input-queue.ts';
import { guest, mode } from '../support/guests.ts';
import { programFile } from '../support/samples.ts';

const CYCLE_LIMIT = 50_000_000;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** From now on every hint is replaced by what `change` makes of it. Returns the honest hints as they come. */
function replaceHints(t: TestContext, change: (hint: Uint8Array) => Uint8Array): Uint8Array[] {
  const honest: Uint8Array[] = [];
  // oxlint-disable-next-line typescript/unbound-method -- called on the queue at hand below
  const add = InputQueue.prototype.add;
  t.mock.method(InputQueue.prototype, 'add', function (this: InputQueue, hint: Uint8Array): void {
    honest.push(hint.slice());
    add.call(this, change(hint.slice()));
  });
  return honest;
}

describe('a factorisation', () => {
  const n = bcs.u64().serialize(15n).toBytes();
  const Pair = bcs.tuple([bcs.u64(), bcs.u64()]);
  const cases = [
    ['a wrong pair', [3n, 4n]],
    ['a pair with 1', [1n, 15n]],
    ['a product that is right modulo 2^64 only', [2n ** 63n + 5n, 2n ** 63n + 3n]],
  ] as const;

  it('is accepted in any order, for the guest asks for no more', (t) => {
    replaceHints(t, () => Pair.serialize([5n, 3n]).toBytes());
    const { outcome } = execute(guest('selftest'), [mode('unconstrained'), n]);
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
  });

  for (const [name, pair] of cases) {
    it(`is refused: ${name}`, (t) => {
      replaceHints(t, () => Pair.serialize(pair).toBytes());
      const { outcome, stderr } = execute(guest('selftest'), [mode('unconstrained'), n]);
      assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
      assert.match(text(stderr), /is not 15/);
    });
  }
});

describe('the hints of a signature', () => {
  const program = loadProgram(programFile('web', 'web.elf')!);
  const run = (): Execution => execute(program, [programFile('web', 'signed.bin')!], { cycleLimit: CYCLE_LIMIT });

  it('are refused when any part is changed', (t) => {
    let at = 0;
    const honest = replaceHints(t, (hint) => {
      hint[at % hint.length]! ^= 1;
      return hint;
    });
    run();
    const { length } = honest[0]!;
    // 1 / s, both halves of the factor, their signs, and slopes from the first to the last.
    const slopes = Array.from({ length: 12 }, (_, i) => 68 + Math.floor((i * (length - 69)) / 11));
    for (at of [0, 31, 32, 47, 48, 63, 64, ...slopes]) {
      const { outcome, stderr, publicValues } = run();
      assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 }, `byte ${at}`);
      assert.match(text(stderr), /a hint is wrong\n$/, `byte ${at}`);
      assert.equal(publicValues.length, 0);
    }
  });

  it('are refused when they end early', (t) => {
    replaceHints(t, (hint) => hint.subarray(0, hint.length - 32));
    const { outcome, stderr } = run();
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
    assert.match(text(stderr), /a hint is missing\n$/);
  });

  it('may be missing: then the program does the work itself and says the same', (t) => {
    const honest = run();
    replaceHints(t, () => new Uint8Array());
    const { outcome, publicValues, cycles } = run();
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
    assert.deepEqual(publicValues, honest.publicValues);
    assert.ok(cycles > 3 * honest.cycles);
  });
});
