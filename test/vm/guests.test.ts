import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { execute, executeRecorded, traceSteps, type ProfiledExecution } from '../../prover/machines/execute.ts';
import type { Program } from '../../prover/vm/program.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);

function load(name: string): Program {
  return loadProgram(readFileSync(new URL(`../../programs/${name}/${name}.elf`, import.meta.url)));
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** The words of an ABI encoding. */
function words(bytes: Uint8Array): bigint[] {
  assert.equal(bytes.length % 32, 0);
  const hex = Buffer.from(bytes).toString('hex');
  return Array.from({ length: bytes.length / 32 }, (_, i) => BigInt(`0x${hex.slice(64 * i, 64 * (i + 1))}`));
}

describe('add', () => {
  it('halts with 0 and commits nothing', () => {
    const result = execute(load('add'), []);
    assert.deepEqual(result.outcome, { kind: 'halt', exitCode: 0 });
    assert.equal(result.publicValues.length + result.stdout.length + result.stderr.length, 0);
    assert.ok(result.cycles < 8000, `${result.cycles} cycles`);
  });
});

describe('fibonacci', () => {
  const program = load('fibonacci');
  for (const n of [0, 1, 2, 10, 47, 48, 1000]) {
    it(`commits n, fib(n - 1) and fib(n) modulo 2^32 for n = ${n}`, () => {
      let [previous, current] = [1n, 0n];
      for (let i = 0; i < n; i++) [previous, current] = [current, BigInt.asUintN(32, previous + current)];
      const { execution, record } = executeRecorded(program, [u32(n)]);
      assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 });
      assert.deepEqual(words(execution.publicValues), [BigInt(n), previous, current]);
      assert.equal(record?.cycles, execution.cycles);
    });
  }

  it('takes about half a million cycles for n = 100,000', () => {
    const { cycles } = execute(program, [u32(100_000)]);
    assert.ok(cycles > 450_000 && cycles < 550_000, `${cycles} cycles`);
  });

  it('ends with exit code 1 and a message when the input is missing or has a wrong length', () => {
    const missing = execute(program, []);
    assert.deepEqual(missing.outcome, { kind: 'halt', exitCode: 1 });
    assert.match(text(missing.stderr), /^panicked at src\/main\.rs:\d+:\d+:\nno input item left\n$/);
    const short = execute(program, [Uint8Array.of(1, 2)]);
    assert.deepEqual(short.outcome, { kind: 'halt', exitCode: 1 });
    assert.match(text(short.stderr), /input item of 2 bytes is no u32: unexpected end of input/);
  });
});

describe('bare', () => {
  it('runs without the standard library, with the allocator that never frees', () => {
    const items = Array.from({ length: 40 }, (_, i) => new Uint8Array(i + 1).fill(255 - i));
    const result = execute(load('bare'), [u32(40), ...items]);
    assert.deepEqual(result.outcome, { kind: 'halt', exitCode: 0 }, text(result.stderr));
    const sums = items.map((item, i) => [item.length * (255 - i), item.length]);
    assert.equal(
      text(result.stdout),
      `40 items, sums [${sums.map(([sum, length]) => `(${sum}, ${length})`).join(', ')}]\n`,
    );
    assert.deepEqual(words(result.publicValues), [32n, 40n, ...sums.flat().map(BigInt)]);
  });

  it('panics with message, location and exit code 1', () => {
    const result = execute(load('bare'), [u32(1), new Uint8Array()]);
    assert.deepEqual(result.outcome, { kind: 'halt', exitCode: 1 });
    assert.match(text(result.stderr), /^panicked at src\/main\.rs:\d+:9:\nthe input item is empty\n$/);
  });

  it('reads integers only in their exact length', () => {
    const result = execute(load('bare'), [Uint8Array.of(1, 0, 0)]);
    assert.match(text(result.stderr), /input item of 3 bytes is no u32: expected 4 bytes\n$/);
  });
});

describe('selftest', () => {
  const program = load('selftest');
  function run(mode: string, ...input: Uint8Array[]): ProfiledExecution {
    return execute(program, [utf8(mode), ...input], { cycleLimit: 50_000_000 });
  }
  function assertPanic(mode: string, message: RegExp): void {
    const { outcome, stderr } = run(mode);
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
    assert.match(text(stderr), message);
  }

  it('uses the standard library, and all paths agree', () => {
    const result = run('std');
    assert.deepEqual(result.outcome, { kind: 'halt', exitCode: 0 });
    const numbers = Array.from({ length: 200 }, (_, i) =>
      Number(BigInt.asUintN(64, BigInt(i) * 0x9e3779b97f4a7c15n) % 1009n),
    ).sort((a, b) => a - b);
    assert.deepEqual(text(result.stdout).split('\n'), [
      '[0, 6, 9]',
      `${numbers[0]} ${numbers[100]} ${numbers[199]}`,
      '1.414 340282350000000000000000000000000000000',
      String((2n ** 128n - 1n) / 1_000_000_007n),
      'Err(NotPresent) 0',
      '€ üöä :ediw',
      '',
    ]);
    assert.equal(text(result.stderr), 'to stderr\n');
    const { rowCounts: _, instructionMix: __, ...fast } = result;
    assert.deepEqual(
      traceSteps(program, [utf8('std')], () => {}),
      fast,
    );
    assert.deepEqual(executeRecorded(program, [utf8('std')]).execution, fast);
  });

  it('reads and commits every type', () => {
    const i128 = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);
    const result = run(
      'types',
      Uint8Array.of(9),
      Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      i128,
      utf8('abc'),
      utf8('hello'),
    );
    assert.deepEqual(result.outcome, { kind: 'halt', exitCode: 0 });
    const runs = [0, 1, 62, 63, 64, 65, 130].map((length) => Buffer.alloc(length, length));
    const head = Buffer.concat([Uint8Array.of(9, 1, 2, 3, 4, 5, 6, 7, 8), i128, utf8('abchello'), ...runs]);
    assert.deepEqual(Buffer.from(result.publicValues), head);
  });

  /** Runs all paths, asserts that they agree and that the guest halted with 0. */
  function runAlike(mode: string, ...input: Uint8Array[]): ProfiledExecution {
    const result = run(mode, ...input);
    const { rowCounts: _, instructionMix: __, ...fast } = result;
    const items = [utf8(mode), ...input];
    assert.deepEqual(
      traceSteps(program, items, () => {}),
      fast,
    );
    assert.deepEqual(executeRecorded(program, items).execution, fast);
    assert.deepEqual(result.outcome, { kind: 'halt', exitCode: 0 }, text(result.stderr));
    return result;
  }

  it('counts spans, its own and printed ones', () => {
    const { spans, warnings, cycles } = runAlike('spans');
    assert.deepEqual(
      spans.map(({ name, calls, depth }) => [name, calls, depth]),
      [
        ['all of it', 1, 0],
        ['tracked', 3, 1],
        ['inner', 1, 1],
        ['printed', 1, 2],
      ],
    );
    assert.deepEqual(warnings, []);
    const [all, tracked, inner, printed] = spans.map((span) => span.cycles);
    assert.ok(all !== undefined && tracked !== undefined && inner !== undefined && printed !== undefined);
    // 1110 rounds of a few instructions each, and little else.
    assert.ok(tracked > 5 * 1110 && tracked < 20 * 1110, `${tracked} cycles`);
    assert.ok(printed > 5 * 100 && printed < inner && inner + tracked < all + printed && all < cycles);
  });

  it('finds outside the proof what it checks inside', () => {
    const n = 1_000_003 * 11;
    const item = new Uint8Array(BigUint64Array.of(BigInt(n)).buffer);
    const small = runAlike('unconstrained', item);
    assert.deepEqual(words(small.publicValues), [BigInt(n), 11n, 1_000_003n]);
    assert.equal(text(small.stdout), 'searching\n');
    // A longer search costs nothing in the proof but the longer number of the output.
    const far = 10_007 * 10_009;
    const large = run('unconstrained', new Uint8Array(BigUint64Array.of(BigInt(far)).buffer));
    assert.deepEqual(words(large.publicValues), [BigInt(far), 10_007n, 10_009n]);
    assert.ok(large.unconstrainedCycles > 100 * small.unconstrainedCycles, `${large.unconstrainedCycles} cycles`);
    assert.ok(Math.abs(large.cycles - small.cycles) < 200, `${large.cycles} and ${small.cycles} cycles`);
  });

  it('refuses a number without divisors, which it finds outside the proof', () => {
    const { outcome, stderr } = run('unconstrained', new Uint8Array(BigUint64Array.of(10_007n).buffer));
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
    assert.match(text(stderr), /1 \* 10007 is not 10007\n$/);
  });

  it('reads its own hints before the input', () => {
    const { stdout } = runAlike('hints', Uint8Array.of(9));
    assert.equal(text(stdout), `17\n[${utf8('second').join(', ')}]\n[9]\n`);
  });

  it('reads the remaining items as standard input', () => {
    const result = run('stdin', utf8('one '), new Uint8Array(), utf8('line\nand'), utf8(' more'));
    assert.equal(text(result.stdout), `"one line\\n" [${utf8('and more').join(', ')}]\n`);
  });

  it('panics with message, location and exit code 1', () => {
    const source = readFileSync(new URL('../../programs/selftest/src/main.rs', import.meta.url), 'utf8').split('\n');
    const lineOf = (code: string): number => source.findIndex((line) => line.includes(code)) + 1;
    assertPanic(
      'panic',
      new RegExp(`^panicked at src/main\\.rs:${lineOf('panic!("the answer')}:\\d+:\\nthe answer is not 42\\n$`),
    );
    assertPanic('empty panic', new RegExp(`^panicked at src/main\\.rs:${lineOf('panic_any(17u8)')}:`));
    assertPanic('nonsense', /unknown mode nonsense/);
  });

  it('panics when it reads past the input or a wrong length', () => {
    assertPanic('read past input', /no input item left/);
    const { stderr } = run('wrong length', Uint8Array.of(1));
    assert.match(
      text(stderr),
      /^panicked at src\/main\.rs:\d+:\d+:\ninput item of 1 bytes is no u32: unexpected end of input\n$/,
    );
  });

  it('traps below the stack on endless recursion', () => {
    const { outcome } = run('recursion');
    assert.equal(outcome.kind === 'trap' && outcome.cause, 'unmapped-memory', JSON.stringify(outcome));
    assert.ok(
      outcome.kind === 'trap' &&
        /^stack overflow: store of 4 bytes at 0x001[0-9a-f]{5}, with the stack pointer .* 8 MiB/.test(outcome.detail),
    );
  });

  it('ends with exit code 1 on an allocation that does not fit, and can ask first', () => {
    assertPanic('huge allocation', /^out of memory: asked for 1500000000 bytes, 79\d{7} of 79\d{7} are free\n$/);
    assert.deepEqual(run('try huge allocation').outcome, { kind: 'halt', exitCode: 0 });
  });

  it('uses freed memory again', () => {
    assert.deepEqual(run('reuse memory').outcome, { kind: 'halt', exitCode: 0 });
  });

  it('says that there are no threads, files, network and time', () => {
    assert.deepEqual(run('unsupported').outcome, { kind: 'halt', exitCode: 0 });
    assertPanic('time', /time not implemented on this platform/);
  });

  it('panics on division by zero and on an index out of bounds', () => {
    assertPanic('divide', /attempt to divide by zero\n$/);
    assertPanic('index', /index out of bounds: the len is 3 but the index is 3\n$/);
  });

  it('iterates over a hash map in the same order in every run', () => {
    const order = text(run('hash order').stdout);
    const keys = JSON.parse(order) as number[];
    assert.deepEqual(
      keys.toSorted((a, b) => a - b),
      Array.from({ length: 50 }, (_, i) => i),
    );
    assert.equal(text(run('hash order').stdout), order);
  });

  it('exits with a code', () => assert.deepEqual(run('exit').outcome, { kind: 'halt', exitCode: 42 }));

  it('traps on abort and on null pointers', () => {
    const abort = run('abort').outcome;
    assert.equal(abort.kind === 'trap' && abort.cause, 'illegal-instruction');
    const nothing = run('null').outcome;
    assert.equal(nothing.kind === 'trap' && nothing.cause, 'unmapped-memory');
  });
});
