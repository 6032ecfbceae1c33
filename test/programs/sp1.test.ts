/** Programs written for SP1 run with the crate sp1-zkvm of this project: inputs and public values as SP1 has them. */
import { AbiCoder } from 'ethers';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fibonacciInput } from '../../programs/sp1-fibonacci/input.ts';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';

const load = (name: string) =>
  loadProgram(readFileSync(new URL(`../../programs/${name}/${name}.elf`, import.meta.url)));
const fibonacci = load('sp1-fibonacci');
const selftest = load('sp1-selftest');

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);

/*
 * Bincode 1.3 with its standard options, written from its specification: integers little endian and of fixed width (usize
 * has eight bytes), a length of eight bytes before strings, lists and maps, four bytes for the variant of an enum, one for
 * that of an option, UTF-8 for a char.
 */
function integer(value: number | bigint, bytes: number): Uint8Array {
  const unsigned = BigInt.asUintN(8 * bytes, BigInt(value));
  return Uint8Array.from({ length: bytes }, (_, i) => Number((unsigned >> BigInt(8 * i)) & 0xffn));
}
const u8 = (value: number): Uint8Array => integer(value, 1);
const u32 = (value: number): Uint8Array => integer(value, 4);
const u64 = (value: number | bigint): Uint8Array => integer(value, 8);
const bytesOf = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const list = (...items: readonly Uint8Array[]): Uint8Array => bytesOf(u64(items.length), ...items);
const string = (value: string): Uint8Array => bytesOf(u64(utf8(value).length), utf8(value));
const f64 = (value: number): Uint8Array => new Uint8Array(Float64Array.of(value).buffer);

function run(mode: string, ...input: readonly Uint8Array[]): Execution {
  return execute(selftest, [string(mode), ...input], { cycleLimit: 50_000_000 });
}

function succeed(mode: string, ...input: readonly Uint8Array[]): Execution {
  const execution = run(mode, ...input);
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, text(execution.stderr));
  return execution;
}

/** Runs to an end with an exit code other than 0, and a message. */
function fail(exitCode: number, message: RegExp, mode: string, ...input: readonly Uint8Array[]): Execution {
  const execution = run(mode, ...input);
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode });
  assert.match(text(execution.stderr), message);
  return execution;
}

describe("SP1's project template", () => {
  for (const n of [0, 1, 10, 47, 1000]) {
    it(`commits abi.encode of fibonacci(${n})`, () => {
      let [a, b] = [0n, 1n];
      for (let i = 0; i < n; i++) [a, b] = [b, a + b];
      const expected = AbiCoder.defaultAbiCoder().encode(
        ['uint32', 'uint32', 'uint32'],
        [n, BigInt.asUintN(32, a), BigInt.asUintN(32, b)],
      );
      const { outcome, publicValues } = execute(fibonacci, fibonacciInput(n), { cycleLimit: 10_000_000 });
      assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
      assert.equal(`0x${Buffer.from(publicValues).toString('hex')}`, expected);
    });
  }
});

/** `Message` of sp1-selftest. */
const message = bytesOf(
  integer(2n ** 100n + 7n, 16),
  u64(2 ** 32 - 1),
  Uint8Array.from({ length: 20 }, (_, i) => i + 1),
  string('hé'),
  list(u32(0), bytesOf(u32(1), u64(-1), u64(2n ** 62n)), bytesOf(u32(2), string('hello'))),
  bytesOf(u8(1), u8(1), integer(65535, 2)),
  utf8('€'),
  list(bytesOf(string('a'), u32(1)), bytesOf(string('b'), u32(2))),
  list(u8(9), u8(8), u8(7)),
  f64(-0.1),
);

describe('the io of SP1', () => {
  it('reads structs in bincode, and commits the same bytes', () => {
    const { stdout, publicValues } = succeed('echo', message);
    const sender = Array.from({ length: 20 }, (_, i) => i + 1).join(', ');
    assert.equal(
      text(stdout),
      `Message { id: ${2n ** 100n + 7n}, size: 4294967295, sender: [${sender}], text: "hé", ` +
        `actions: [Stop, Move { x: -1, y: ${2n ** 62n} }, Say("hello")], flag: Some((true, 65535)), letter: '€', ` +
        `counts: {"a": 1, "b": 2}, blob: [9, 8, 7], ratio: -0.1 }\n`,
    );
    assert.deepEqual(publicValues, message);
  });

  it('ignores bytes after a value, as SP1 does', () => {
    assert.deepEqual(succeed('echo', bytesOf(message, u8(1))).publicValues, message);
  });

  it('ends with exit code 3 at every shortened item, and when no item is left', () => {
    for (const length of message.keys()) {
      fail(3, /invalid prover hint: an input item of \d+ bytes is no /, 'echo', message.subarray(0, length));
    }
    fail(3, /invalid prover hint: no input item is left, at src\/main\.rs/, 'echo');
  });

  it('takes raw items, commits raw bytes, and writes to descriptors', () => {
    const raw = utf8('raw bytes');
    const { publicValues, stdout, stderr } = succeed('items', u64(2n ** 40n), u64(5), raw);
    assert.deepEqual(publicValues, bytesOf(u64(2n ** 40n + 5n), raw, string('text'), Uint8Array.of(1, 2, 3)));
    assert.equal(text(stdout), 'to stdout\n');
    assert.equal(text(stderr), 'to stderr\n');
  });

  it('refuses descriptors of hooks', () => {
    fail(1, /descriptor 15 is a hook of SP1 that this machine does not have/, 'hook');
  });

  it('ends with the exit code of syscall_halt, and with 1 after a panic', () => {
    fail(7, /^$/, 'halt');
    fail(1, /src\/main\.rs:\d+:\d+:\nas asked/, 'panic');
  });

  it('gives the same random numbers in every run', () => {
    const first = succeed('random').publicValues;
    assert.equal(first.length, 8);
    assert.deepEqual(succeed('random').publicValues, first);
  });
});

describe('unconstrained blocks of SP1', () => {
  const n = 1009 * 10007;

  it('hand their hints to the program, in order and before the remaining input', () => {
    const { publicValues, spans } = succeed('hints', u64(n), u8(42));
    assert.deepEqual(publicValues, bytesOf(u64(1009), u64(10007), utf8('second hint'), u8(42)));
    const all = spans?.find(({ name }) => name === 'all');
    const factors = spans?.find(({ name }) => name === 'factors');
    assert.ok(all !== undefined && factors !== undefined);
    assert.deepEqual([all.calls, factors.calls], [1, 1]);
    assert.ok(factors.cycles > 0 && factors.cycles < all.cycles, 'the attribute counts inside the printed lines');
  });

  it('leave the checking to the program', () => {
    fail(3, /invalid prover hint: 1013 does not divide 1013/, 'hints', u64(1013), u8(42));
  });
});
