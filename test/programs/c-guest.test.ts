/** The functions of zkvm.h, as two compilers make them, against independent answers. */
import { sha256 } from '@noble/hashes/sha2.js';
import { AbiCoder } from 'ethers';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { execute, loadProgram, type Execution, type Program } from '../../prover/index.ts';
import { buildWith, compilerOrSkip } from '../support/c-compiler.ts';
import { Random } from '../support/random.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);
const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`;
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const u64s = (...values: readonly bigint[]): Uint8Array => new Uint8Array(BigUint64Array.from(values).buffer);
const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Random 64-bit numbers of all lengths, and those at the edges. */
function numbers(random: Random, count: number): bigint[] {
  const edges = [0n, 1n, 2n, 0xffffffffn, 0x100000000n, 0x100000001n, 1n << 63n, (1n << 63n) - 1n, (1n << 64n) - 1n];
  const drawn = Array.from({ length: count }, () => {
    const value = (BigInt(random.u32()) << 32n) | BigInt(random.u32());
    return value >> BigInt(random.below(64));
  });
  return [...edges, ...drawn];
}

/** The suite, for one build of the program c-selftest. */
function suite(program: () => Program): void {
  const run = (mode: string, ...input: readonly Uint8Array[]): Execution =>
    execute(program(), [utf8(mode), ...input], { cycleLimit: 100_000_000 });

  const succeed = (mode: string, ...input: readonly Uint8Array[]): Execution => {
    const execution = run(mode, ...input);
    assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, text(execution.stderr));
    return execution;
  };

  const fail = (exitCode: number, message: RegExp, mode: string, ...input: readonly Uint8Array[]): void => {
    const { outcome, stderr } = run(mode, ...input);
    assert.deepEqual(outcome, { kind: 'halt', exitCode }, text(stderr));
    assert.match(text(stderr), message);
  };

  it('commits public values of every length, and their hash', () => {
    // A run whose committed hash is not that of its public values is a trap.
    for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000]) {
      const item = Uint8Array.from({ length }, (_, i) => i * 7);
      assert.deepEqual(succeed('echo', item, Uint8Array.of(9)).publicValues, Uint8Array.of(...item, 9));
    }
    assert.deepEqual(succeed('echo').publicValues, new Uint8Array());
  });

  it('reads items that are longer than the machine gives at once', () => {
    for (const length of [16383, 16384, 16385, 2 * 16384, 40_001]) {
      const item = Uint8Array.from({ length }, (_, i) => i * 7 + (i >>> 14));
      assert.deepEqual(succeed('echo', item, Uint8Array.of(9)).publicValues, Uint8Array.of(...item, 9));
    }
  });

  it('reads integers and buffers, and refuses other lengths', () => {
    const items = [u32(0xdeadbeef), u64s(0x0123456789abcdefn), Uint8Array.of(1, 2, 3, 4, 5)] as const;
    assert.deepEqual(succeed('integers', ...items).publicValues, concat(...items));
    const message = /^input item has 3 bytes, expected 4\npanicked at zkvm\.h:\d+:\ninput item of a wrong length\n$/;
    fail(1, message, 'integers', Uint8Array.of(1, 2, 3));
    fail(1, /\nno input item left\n/, 'integers', items[0]);
  });

  it('encodes words for abi.decode', () => {
    const [number, hash, address] = [2n ** 64n - 2n, sha256(utf8('hash')), sha256(utf8('address')).subarray(12)];
    const expected = AbiCoder.defaultAbiCoder().encode(['uint256', 'bytes32', 'address'], [number, hash, hex(address)]);
    assert.equal(hex(succeed('abi', u64s(number), hash, address).publicValues), expected);
  });

  it('refuses an input length beyond the memory, which only a dishonest prover gives', () => {
    for (const length of [2 ** 30 + 1, 2 ** 32 - 4, 2 ** 32 - 2]) {
      const item = Object.defineProperty(new Uint8Array(4), 'length', { value: length });
      fail(1, /\ninput item is too long\n/, 'read', item);
    }
    const item = Object.defineProperty(new Uint8Array(4), 'length', { value: 2 ** 30 });
    fail(1, /^out of memory: asked for 1073741824 bytes, \d+ of \d+ are free\n$/, 'read', item);
  });

  it('divides 64-bit numbers', () => {
    const random = new Random(1);
    const values = numbers(random, 40);
    const pairs = values.flatMap((a) => values.filter((b) => b !== 0n).map((b) => [a, b] as const));
    // Dividends close to multiples of the divisor, where an estimate of the quotient goes wrong first.
    const near = pairs.flatMap(([a, b]) => {
      const multiple = unsigned((a / b) * b);
      return [multiple, unsigned(multiple - 1n)].map((value) => [value, b] as const);
    });
    const all = [...pairs, ...near];
    for (let at = 0; at < all.length; at += 1000) {
      const part = all.slice(at, at + 1000);
      const { publicValues } = succeed('divide', u64s(...part.flat()));
      const expected = part.flatMap(([a, b]) => [a / b, a % b, signed(a) / signed(b), signed(a) % signed(b)]);
      assert.deepEqual(publicValues, u64s(...expected.map(unsigned)));
    }
  });

  it('shifts and counts bits of 64-bit numbers', () => {
    const values = numbers(new Random(2), 20).filter((value) => value !== 0n);
    const { publicValues } = succeed('bits', u64s(...values));
    const expected = values.flatMap((value) => {
      const digits = value.toString(2).padStart(64, '0');
      return [
        ...Array.from({ length: 64 }, (_, i) => BigInt(i)).flatMap((n) => [
          unsigned(value << n),
          value >> n,
          unsigned(signed(value) >> n),
        ]),
        BigInt(digits.replaceAll('0', '').length),
        BigInt(digits.indexOf('1')),
        BigInt(63 - digits.lastIndexOf('1')),
        new DataView(u64s(value).buffer).getBigUint64(0),
      ];
    });
    assert.deepEqual(publicValues, u64s(...expected));
  });

  it('copies, moves, fills and compares memory at every alignment', () => {
    const random = new Random(3);
    const steps: number[][] = [];
    const expected: Uint8Array[] = [];
    const buffer = Uint8Array.from({ length: 256 }, (_, i) => i);
    for (let i = 0; i < 600; i++) {
      const kind = i % 4;
      const length = random.below(i % 3 === 0 ? 100 : 12);
      const to = random.below(256 - length);
      let from = random.below(256 - length);
      // memcpy may not overlap; a quarter of the comparisons are of equal bytes.
      if (kind === 0 && Math.abs(to - from) < length) continue;
      if (kind === 3 && i % 16 === 3) from = to;
      steps.push([kind, to, from, length]);
      if (kind < 2) buffer.copyWithin(to, from, from + length);
      else if (kind === 2) buffer.fill(from, to, to + length);
      else {
        const sign = Buffer.compare(buffer.subarray(to, to + length), buffer.subarray(from, from + length));
        buffer[0] = sign < 0 ? 1 : sign > 0 ? 2 : 3;
      }
      expected.push(buffer.slice());
    }
    assert.deepEqual(succeed('memory', Uint8Array.from(steps.flat())).publicValues, concat(...expected));
  });

  it('compares and searches strings', () => {
    succeed('strings');
  });

  it('hashes in pieces of any length', () => {
    for (const [length, piece] of [
      [0, 1],
      [55, 55],
      [56, 7],
      [64, 64],
      [200, 63],
      [200, 65],
      [1000, 1],
    ] as const) {
      const item = Uint8Array.from({ length }, (_, i) => i * 11);
      assert.deepEqual(succeed('hash', u32(piece), item).publicValues, sha256(item));
    }
  });

  it('prints', () => {
    const { stdout, stderr } = succeed('print');
    assert.deepEqual(text(stdout).split('\n'), [
      'plain',
      '-7 2147483647 4000000000 beef BEEF z text %',
      `${-(2n ** 63n)} ${2n ** 64n - 1n} 123456789abcdef -5 9`,
      '[  -42|-42  |-0042|   ab|ab   |0a|  c]',
      '0x1234',
      '',
    ]);
    assert.equal(text(stderr), 'error\n\n');
    fail(1, /\nzkvm_printf: unknown conversion\n/, 'bad format');
  });

  it('gives memory, until there is none', () => {
    succeed('heap');
    fail(1, /^out of memory: asked for 1073741824 bytes, \d+ of \d+ are free\n$/, 'too much');
    fail(1, /\nout of memory: asked for more than 4 GiB\n$/, 'much too much');
  });

  it('runs a function outside the proof, and reads its hints before the remaining input', () => {
    const { publicValues, spans } = succeed('unconstrained', u32(123456), u32(7));
    assert.deepEqual(publicValues, concat(u32(351), utf8('second'), u32(7)));
    assert.deepEqual(
      spans?.map(({ name, calls }) => [name, calls]),
      [['root', 1]],
    );
  });

  it('ends with what main returns, with exit, and with code 1 after a panic', () => {
    fail(0, /^$/, 'code', u32(0));
    fail(200, /^$/, 'code', u32(200));
    fail(5, /^$/, 'exit');
    fail(1, /^panicked at zkvm\.h:\d+:\nabort was called\n$/, 'abort');
    fail(1, /^panicked at src\/main\.c:\d+:\nassertion failed: mode\.length == 0\n$/, 'assert');
    fail(1, /^panicked at src\/main\.c:\d+:\nunknown mode\n$/, 'something else');
  });
}

describe('zkvm.h in the committed program', () => {
  const file = new URL('../../programs/c-selftest/c-selftest.elf', import.meta.url);
  suite(() => loadProgram(readFileSync(file)));
});

describe('zkvm.h compiled by gcc', { skip: compilerOrSkip('gcc').skip }, () => {
  let program: Program | undefined;
  suite(() => (program ??= loadProgram(buildWith('gcc', 'c-selftest'))));
});
