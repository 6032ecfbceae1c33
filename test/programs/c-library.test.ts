/** The C library of guests: small programs as this machine's own C library answers them, and arithmetic bit by bit. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execute, loadProgram, type Program } from '../../prover/index.ts';
import { buildWith, compilerOrSkip } from '../support/c-compiler.ts';
import * as reference from '../support/float-reference.ts';
import { BINARY128, BINARY32, BINARY64, decode, encode, type Format } from '../support/float-reference.ts';
import { Random } from '../support/random.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SUITE = join(HERE, 'c-suite');

const work = mkdtempSync(join(tmpdir(), 'zkvm-c-library-test-'));
after(() => rmSync(work, { recursive: true, force: true }));

/** A guest from one file. */
function build(kind: 'clang' | 'gcc', name: string, file: string): Program {
  const folder = join(work, kind, name);
  mkdirSync(join(folder, 'src'), { recursive: true });
  cpSync(file, join(folder, 'src/main.c'));
  return loadProgram(buildWith(kind, name, folder));
}

/** What a program prints and its exit code, compiled for this machine; undefined where no C compiler is there. */
function onThisMachine(name: string): { stdout: string; status: number | null } | undefined {
  const program = join(work, `${name}-host`);
  const flags = ['-O1', '-w', '-std=gnu11', '-ffp-contract=off', join(SUITE, `${name}.c`), '-o', program, '-lm'];
  const compiled = spawnSync('gcc', flags, { stdio: 'inherit' });
  if (compiled.error !== undefined) return undefined;
  assert.equal(compiled.status, 0, `${name}.c compiles here`);
  const { stdout, status } = spawnSync(program, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return { stdout, status };
}

const hasHost = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

function suite(kind: 'clang' | 'gcc'): void {
  const names = readdirSync(SUITE).map((file) => file.replace(/\.c$/, ''));
  for (const name of names) {
    it(`runs ${name} as this machine does`, { skip: hasHost ? false : 'no gcc for this machine is installed' }, () => {
      const expected = onThisMachine(name);
      const program = build(kind, name, join(SUITE, `${name}.c`));
      const { outcome, stdout, stderr } = execute(program, [], { cycleLimit: 200_000_000 });
      assert.deepEqual(outcome, { kind: 'halt', exitCode: expected?.status }, Buffer.from(stderr).toString());
      const [got, wanted] = [Buffer.from(stdout).toString().split('\n'), expected?.stdout.split('\n') ?? []];
      assert.ok(wanted.length > 3, 'there is something to compare');
      for (const [i, line] of wanted.entries()) assert.equal(got[i], line, `line ${i + 1}`);
      assert.equal(got.length, wanted.length);
    });
  }
  arithmetic(kind);
}

/** Bits of all kinds of numbers: special ones, neighbours of powers of two, subnormal, close to each other, random. */
function operands(random: Random, { bits, exponentBits }: Format, count: number): [bigint, bigint][] {
  const width = BigInt(bits + exponentBits);
  const draw = (length: bigint): bigint => {
    let value = 0n;
    for (let i = 0n; i < length; i += 32n) value = (value << 32n) | BigInt(random.u32());
    return value & ((1n << length) - 1n);
  };
  const fraction = BigInt(bits - 1);
  const sign = (): bigint => BigInt(random.below(2)) << (width - 1n);
  const top = 2 ** exponentBits - 1;
  const bias = (top - 1) / 2;
  const number = (): bigint => {
    switch (random.below(7)) {
      case 0:
        return draw(width);
      case 1:
        return sign() | (BigInt(bias - 70 + random.below(140)) << fraction) | draw(fraction);
      case 2:
        return sign() | draw(BigInt(random.below(bits)));
      case 3:
        return sign() | (BigInt([0, 1, top - 1, top, bias, bias + 1][random.below(6)]!) << fraction);
      case 4:
        return sign() | (BigInt(random.below(top)) << fraction) | [0n, 1n, (1n << fraction) - 1n][random.below(3)]!;
      case 5:
        return (
          sign() |
          (BigInt(bias + random.below(70)) << fraction) |
          (draw(fraction) & -(1n << BigInt(random.below(bits))))
        );
      default:
        return sign() | (BigInt(top - 1 - random.below(4)) << fraction) | draw(fraction);
    }
  };
  return Array.from({ length: count }, (_, i) => {
    const a = number();
    return [a, i % 4 === 0 ? a ^ (draw(BigInt(1 + random.below(bits))) & ((1n << width) - 1n)) : number()];
  });
}

/** Fields of a result by their lengths in bytes; NaNs, of which there are many, are made one. */
function fields(
  bytes: Uint8Array,
  at: number,
  layout: readonly (readonly [bytes: number, format?: Format])[],
): bigint[] {
  return layout.map(([length, format]) => {
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
    at += length;
    return format === undefined ? value : encode(decode(value, format), format);
  });
}

const littleEndian = (value: bigint, length: number): number[] =>
  Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

const integer = (value: bigint): reference.Real => ({
  kind: 'finite',
  negative: value < 0n,
  value: value < 0n ? -value : value,
  power: 0,
});

const INT32 = [-(2n ** 31n), 2n ** 31n - 1n] as const;
const UINT32 = [0n, 2n ** 32n - 1n] as const;
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const UINT64 = [0n, 2n ** 64n - 1n] as const;

function arithmetic(kind: 'clang' | 'gcc'): void {
  let program: Program | undefined;
  const check = (
    letter: string,
    format: Format,
    count: number,
    layout: readonly (readonly [number, Format?])[],
    expect: (a: bigint, b: bigint) => bigint[],
  ): void => {
    program ??= build(kind, 'c-float', join(HERE, 'c-float/main.c'));
    const length = (format.bits + format.exponentBits) / 8;
    const pairs = operands(new Random(7), format, count);
    const items = Uint8Array.from(pairs.flat().flatMap((value) => littleEndian(value, length)));
    const { outcome, stdout } = execute(program, [Uint8Array.of(letter.charCodeAt(0)), items], {
      cycleLimit: 400_000_000,
    });
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
    const size = layout.reduce((sum, [bytes]) => sum + bytes, 0);
    assert.equal(stdout.length, size * pairs.length);
    for (const [i, [a, b]] of pairs.entries()) {
      assert.deepEqual(fields(stdout, i * size, layout), expect(a, b), `0x${a.toString(16)} and 0x${b.toString(16)}`);
    }
  };
  const four = (x: reference.Real, y: reference.Real, format: Format): bigint[] => [
    encode(reference.add(x, y), format),
    encode(reference.add(x, reference.negate(y)), format),
    encode(reference.multiply(x, y), format),
    reference.divide(x, y, format),
    BigInt(reference.compare(x, y)),
  ];
  const whole = (x: reference.Real, [least, largest]: readonly [bigint, bigint], bits: number): bigint =>
    BigInt.asUintN(bits, reference.truncate(x, least, largest));

  it('computes with double as IEEE 754 says', () => {
    const d = [8, BINARY64] as const;
    const f = [4, BINARY32] as const;
    check('d', BINARY64, 3000, [d, d, d, d, [4], f, d, d, d, d, f, f, f, f, [8], [8], [4], [4]], (a, b) => {
      const x = decode(a, BINARY64);
      const wholes = [BigInt.asIntN(64, a), a, BigInt.asIntN(32, a), BigInt.asUintN(32, a)];
      return [
        ...four(x, decode(b, BINARY64), BINARY64),
        encode(x, BINARY32),
        ...wholes.map((value) => encode(integer(value), BINARY64)),
        ...wholes.map((value) => encode(integer(value), BINARY32)),
        ...[whole(x, INT64, 64), whole(x, UINT64, 64), whole(x, INT32, 32), whole(x, UINT32, 32)],
      ];
    });
  });

  it('computes with float as IEEE 754 says', () => {
    const f = [4, BINARY32] as const;
    check('f', BINARY32, 4000, [f, f, f, f, [4], [8, BINARY64], [8], [8], [4], [4]], (a, b) => {
      const x = decode(a, BINARY32);
      return [
        ...four(x, decode(b, BINARY32), BINARY32),
        encode(x, BINARY64),
        ...[whole(x, INT64, 64), whole(x, UINT64, 64), whole(x, INT32, 32), whole(x, UINT32, 32)],
      ];
    });
  });

  it('computes with long double as IEEE 754 says', () => {
    const q = [16, BINARY128] as const;
    check('q', BINARY128, 1000, [q, q, q, q, [4], [8, BINARY64], [4, BINARY32], q, q, q, [8], [8]], (a, b) => {
      const [x, high] = [decode(a, BINARY128), a >> 64n];
      return [
        ...four(x, decode(b, BINARY128), BINARY128),
        ...[encode(x, BINARY64), encode(x, BINARY32)],
        ...[encode(integer(high), BINARY128), encode(integer(BigInt.asIntN(64, high)), BINARY128)],
        encode(decode(high, BINARY64), BINARY128),
        ...[whole(x, INT64, 64), whole(x, UINT64, 64)],
      ];
    });
  });
}

describe('the reference for floating point', () => {
  it("agrees with JavaScript's own", () => {
    const view = new DataView(new ArrayBuffer(8));
    const bitsOf = (value: number): bigint => (view.setFloat64(0, value), view.getBigUint64(0));
    const one = (bits: bigint): bigint => encode(decode(bits, BINARY64), BINARY64);
    for (const [a, b] of operands(new Random(3), BINARY64, 3000)) {
      view.setBigUint64(0, a);
      const x = view.getFloat64(0);
      view.setBigUint64(0, b);
      const y = view.getFloat64(0);
      const [p, q] = [decode(a, BINARY64), decode(b, BINARY64)];
      assert.equal(encode(reference.add(p, q), BINARY64), one(bitsOf(x + y)));
      assert.equal(encode(reference.multiply(p, q), BINARY64), one(bitsOf(x * y)));
      assert.equal(reference.divide(p, q, BINARY64), one(bitsOf(x / y)));
      const narrow = encode(p, BINARY32);
      assert.equal(encode(decode(narrow, BINARY32), BINARY64), one(bitsOf(Math.fround(x))));
    }
  });
});

describe('the C library, compiled by clang', { skip: compilerOrSkip('clang').skip }, () => suite('clang'));

describe('the C library, compiled by gcc', { skip: compilerOrSkip('gcc').skip }, () => suite('gcc'));

it('has no test of the suite that this machine cannot run', () => {
  for (const file of readdirSync(SUITE)) {
    assert.ok(!readFileSync(join(SUITE, file), 'utf8').includes('zkvm.h'), `${file} is plain C`);
  }
});
