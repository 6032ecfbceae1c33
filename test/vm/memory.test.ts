/** Promised limits of memory hold for Rust programs, and each excess has a sentence of its own: frames, heap, waiting. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, executeRecorded, type Execution } from '../../prover/machines/execute.ts';
import { guest, mode, u32 } from '../support/guests.ts';

const MiB = 2 ** 20;
const selftest = guest('selftest');

function run(name: string, ...numbers: number[]): Execution {
  return execute(selftest, [mode(name), ...numbers.map((number) => u32(number))], { cycleLimit: 2 ** 28 });
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Numbers on stdout of a run that ended with code 0. */
function numbersOf(execution: Execution): number[] {
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, text(execution.stderr));
  return text(execution.stdout).trim().split('\n').map(Number);
}

function assertPanic(execution: Execution, message: RegExp): void {
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 1 });
  assert.match(text(execution.stderr), message);
}

describe('a frame of Rust', () => {
  /** In the order of the guest's list. */
  const sizes = [
    ...[1, 4096, 8 * MiB - 65536, 8 * MiB, 8 * MiB + 4096, 16 * MiB, 24 * MiB, 24 * MiB + 131072, 25 * MiB, 32 * MiB],
    ...[512 * MiB, 1024 * MiB, 1536 * MiB, 2047 * MiB],
  ];
  /** 4096 words of 0x11111111, modulo 2^32. */
  const untouched = 0x11111000;

  for (const [index, size] of sizes.entries()) {
    it(`of ${size} bytes is in the stack, or traps as a stack overflow`, () => {
      for (const levels of [0, 60, 2000]) {
        for (const at of new Set([0, Math.floor(size / 2), size - 1])) {
          const { outcome, publicValues } = run('frames', index, levels, at);
          const what = `${levels} levels, byte ${at}: ${JSON.stringify(outcome)}`;
          if (outcome.kind === 'halt') {
            // Only the end of a frame that does not fit can lie in the stack, and then nothing else does.
            assert.equal(outcome.exitCode, 0, what);
            const words = new DataView(publicValues.buffer, publicValues.byteOffset);
            assert.deepEqual([words.getUint8(31), words.getUint32(60)], [at & 255, untouched], what);
          } else {
            assert.ok(outcome.kind === 'trap' && outcome.detail.startsWith('stack overflow: store of '), what);
            assert.match(outcome.kind === 'trap' ? outcome.detail : '', /outside the stack of 8 MiB .* on the heap$/);
          }
          const room = 8 * MiB - 4096 - levels * 1300;
          if (size < room) assert.equal(outcome.kind, 'halt', what);
          else if (at === 0) assert.equal(outcome.kind, 'trap', what);
        }
      }
    });
  }

  it('that does not fit leaves no record to prove', () => {
    const { execution, record } = executeRecorded(selftest, [mode('frames'), u32(7), u32(0), u32(0)]);
    assert.equal(record, undefined);
    assert.equal(execution.outcome.kind === 'trap' && execution.outcome.cause, 'address-out-of-range');
  });
});

describe('the heap of Rust', () => {
  /** Between the statics that start as zero and the text. */
  const heap = 758 * MiB;

  it('gives all of it in one block, and refuses a byte more', () => {
    const [, free = 0] =
      /asked for 2147483647 bytes, (\d+) of \d+ are free\n$/
        .exec(text(run('one block', 2 ** 31 - 1).stderr))
        ?.map(Number) ?? [];
    assert.ok(free > heap - 65536 && free < heap, `${free} bytes`);
    // The input item of four bytes and its name are freed before, but their places stay.
    const most = free - (free % 16);
    assert.deepEqual(numbersOf(run('one block', most)), [2]);
    assertPanic(run('one block', most + 1), /^out of memory: asked for \d+ bytes, \d+ of \d+ are free\n$/);
    assertPanic(run('one block', most + 16), /^out of memory: asked for \d+ bytes, \d+ of \d+ are free\n$/);
  });

  it('gives as much in many blocks, and all of it again', () => {
    for (const [size, block] of [
      [MiB, MiB],
      [MiB + 1, MiB + 16],
      [300 * MiB, 300 * MiB],
      [100_000, 100_000],
      [65_536, 65_536],
    ] as const) {
      const [first = 0, second] = numbersOf(run('many blocks', size));
      assert.equal(first, Math.floor((heap - 2048) / block), `blocks of ${size}`);
      assert.equal(second, first);
    }
    // Small blocks are rounded up by a quarter at most.
    for (const size of [33_000, 50_000]) {
      const [first = 0] = numbersOf(run('many blocks', size));
      assert.ok(first * size > 0.79 * heap, `${first} blocks of ${size}`);
    }
  });

  it('lets a vector grow as far as memory goes', () => {
    const [length = 0] = numbersOf(run('growing'));
    assert.ok(length > (heap * 8) / 9 - MiB, `${length} bytes`);
  });

  it('keeps what is in blocks of all sizes through growth, shrinking and reuse', () => {
    for (const seed of [1, 3, 5, 12345]) numbersOf(run('random blocks', seed));
  });
});

describe('waiting in Rust', () => {
  const outcomes: readonly (readonly [name: string, expected: RegExp | 'never-ends'])[] = [
    ['an empty loop', 'never-ends'],
    ['a spin on a flag', 'never-ends'],
    ['a compare and swap that yields', 'never-ends'],
    ['polling a future that is never ready', 'never-ends'],
    ['park', /^$/],
    ['a condition variable', /condvar wait not supported\n$/],
    ['a mutex locked twice', /cannot recursively acquire mutex\n/],
    ['a channel whose sender lives', 'never-ends'],
    ['sleep', /can't sleep\n$/],
    ['a barrier of two', /condvar wait not supported\n$/],
    ['a lock held for reading', /fatal runtime error: rwlock locked for reading, aborting\n$/],
    ['park until a flag is set', 'never-ends'],
    ['a Once within itself', /one-time initialization may not be performed recursively\n$/],
    ['a scoped thread', /operation not supported on this platform" \}\n$/],
  ];
  for (const [index, [name, expected]] of outcomes.entries()) {
    it(`for ${name} ends with a reason`, () => {
      const { outcome, stderr } = run('wait', index);
      if (expected === 'never-ends') {
        assert.ok(outcome.kind === 'trap' && outcome.cause === 'never-ends', JSON.stringify(outcome));
        assert.match(outcome.detail, /^the program repeats the same instructions for ever and nothing can end it: /);
        const recorded = executeRecorded(selftest, [mode('wait'), u32(index)]);
        assert.deepEqual(recorded.execution.outcome, outcome);
        assert.equal(recorded.record, undefined);
      } else {
        assert.notEqual(outcome.kind, 'limit');
        assert.match(text(stderr), expected);
      }
    });
  }
});
