/**
 * What docs/floats.md promises: its table is read and asserted, function by function, against the same Rust compiled for this
 * machine; the basic operations against JavaScript as well.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { execute } from '../../prover/index.ts';
import type { Program } from '../../prover/index.ts';
import { buildGuest } from '../support/build-guest.ts';
import { F32, F64, bitsOf, valueOf } from '../support/float-operands.ts';
import type { FloatType } from '../support/float-operands.ts';
import { operandsOf } from '../support/float-functions.ts';
import type { Operands } from '../support/float-functions.ts';
import { readPromises } from '../support/float-promises.ts';
import type { Promised } from '../support/float-promises.ts';
import { rustOrSkip } from '../support/rust.ts';

const FOLDER = path.resolve(import.meta.dirname, 'floats');
const SEED = 754;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What the guest commits. */
function commitsOf(program: Program, ...input: readonly Uint8Array[]): Uint8Array {
  const { outcome, publicValues, stderr } = execute(program, input, { cycleLimit: 2 ** 30 });
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 }, text(stderr));
  return publicValues;
}

/** Results of one function: each is its length (u16, little-endian) and its bytes. */
function split(bytes: Uint8Array): Uint8Array[] {
  const results: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
    results.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return results;
}

const typeOf = (name: string): FloatType => (name.startsWith('f32 ') ? F32 : F64);

/** The type of the floats that a function gives, or undefined where it gives something else. */
function resultTypeOf(name: string): FloatType | undefined {
  if (name === 'f64 as f32') return F32;
  if (name === 'f32 as f64') return F64;
  const gives = / (as \w+|is_\w+|classify|\{.*\}|[=!<>]=|<|>|partial_cmp|total_cmp)$/.exec(name)?.[1];
  return gives === undefined ? typeOf(name) : undefined;
}

/** A result as bits of floats: two for `sin_cos`, none for what `clamp` refuses and for the errors of `parse`. */
function floatsOf(type: FloatType, result: Uint8Array): bigint[] {
  const size = type.name === 'f64' ? 8 : 4;
  if (result.length !== size && result.length !== 2 * size) return [];
  return Array.from({ length: result.length / size }, (_, i) => {
    const part = result.slice(size * i, size * (i + 1)).toReversed();
    return BigInt(`0x${Buffer.from(part).toString('hex')}`);
  });
}

/** Distance in units in the last place; the zeros are one number. */
function distance(type: FloatType, a: bigint, b: bigint): bigint {
  const sign = 1n << (type.fraction + type.exponent);
  const place = (bits: bigint): bigint => (bits >= sign ? sign - bits : bits);
  const difference = place(a) - place(b);
  return difference < 0n ? -difference : difference;
}

/** Whether one float keeps the promise with regard to the host's. */
function keeps(promised: Promised, type: FloatType, guest: bigint, host: bigint): boolean {
  if (guest === host) return true;
  const [a, b] = [valueOf(type, guest), valueOf(type, host)];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  if (promised.kind === 'same bits') return false;
  if (promised.kind === 'same value') return a === b;
  return Number.isFinite(a) === Number.isFinite(b) && distance(type, guest, host) <= promised.most;
}

/** What broke the promise, in words; empty when nothing did. */
function brokenPromises(
  name: string,
  promised: Promised,
  operands: Operands,
  guest: Uint8Array,
  host: Uint8Array,
): string {
  const [results, expected] = [split(guest), split(host)];
  assert.equal(results.length, operands.count, name);
  assert.equal(expected.length, operands.count, name);
  const type = resultTypeOf(name);
  const broken = results.flatMap((result, i) => {
    const wanted = expected[i] ?? new Uint8Array();
    if (Buffer.compare(result, wanted) === 0) return [];
    const floats = type === undefined ? [] : floatsOf(type, result);
    const others = type === undefined ? [] : floatsOf(type, wanted);
    const isKept =
      type !== undefined &&
      floats.length > 0 &&
      floats.length === others.length &&
      floats.every((bits, j) => keeps(promised, type, bits, others[j] ?? 0n));
    return isKept ? [] : [`${operands.describe(i)}: ${shown(result)}, the host has ${shown(wanted)}`];
  });
  return broken.length === 0
    ? ''
    : `${name} breaks its promise ${broken.length} times: ${broken.slice(0, 3).join('; ')}`;
}

const shown = (bytes: Uint8Array): string => Buffer.from(bytes.toReversed()).toString('hex');

/** NaNs made from operands that are none must be the positive quiet one. */
function otherNans(name: string, operands: Operands, guest: Uint8Array): string[] {
  const type = resultTypeOf(name);
  if (type === undefined || operands.words === undefined) return [];
  const quiet = ((1n << (type.exponent + 1n)) - 1n) << (type.fraction - 1n);
  const isNan = (kind: FloatType, bits: bigint): boolean => Number.isNaN(valueOf(kind, bits));
  return split(guest).flatMap((result, i) => {
    const nan = floatsOf(type, result).find((bits) => isNan(type, bits) && bits !== quiet);
    const isMade = !operands.words![i]!.some((bits) => isNan(typeOf(name), bits));
    return nan !== undefined && isMade ? [`${name} of ${operands.describe(i)} is ${nan.toString(16)}`] : [];
  });
}

it("keeps the promises of docs/floats.md with regard to this machine's Rust", async (t) => {
  const rust = rustOrSkip(t);
  if (rust === undefined) return;
  const { program } = await buildGuest('test/toolchain/floats');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'zkvm-floats-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const host = path.join(folder, 'host');
  const compiled = spawnSync(rust.rustc, ['--edition=2024', '-O', path.join(FOLDER, 'host.rs'), '-o', host], {
    encoding: 'utf8',
  });
  assert.equal(compiled.status, 0, compiled.stderr);

  const promises = readPromises();
  const names = text(commitsOf(program, utf8('names')))
    .trimEnd()
    .split('\n');
  assert.deepEqual(
    names.toSorted(),
    [...promises.keys()].toSorted(),
    'docs/floats.md names every function of the guest',
  );
  for (const [name, promised] of promises) {
    const operands = operandsOf(name, SEED);
    const guest = commitsOf(program, utf8(name), operands.bytes);
    const { status, stdout, stderr } = spawnSync(host, [name], { input: operands.bytes, maxBuffer: 2 ** 26 });
    assert.equal(status, 0, text(stderr));
    assert.equal(brokenPromises(name, promised, operands, guest, stdout), '');
    assert.deepEqual(otherNans(name, operands, guest).slice(0, 3), []);
  }
});

/** Functions that JavaScript has too, exactly rounded. */
const IN_JAVASCRIPT: Readonly<Record<string, (x: number, y: number) => number>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => x / y,
  '%': (x, y) => x % y,
  '-x': (x) => -x,
  sqrt: (x) => Math.sqrt(x),
  abs: (x) => Math.abs(x),
  floor: (x) => Math.floor(x),
  ceil: (x) => Math.ceil(x),
  trunc: (x) => Math.trunc(x),
};

it('agrees with JavaScript in the basic operations, in parsing and in the digits it prints', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const { program } = await buildGuest('test/toolchain/floats');
  for (const type of [F32, F64]) {
    for (const [name, compute] of Object.entries(IN_JAVASCRIPT)) {
      const operands = operandsOf(`${type.name} ${name}`, SEED + 1);
      const results = split(commitsOf(program, utf8(`${type.name} ${name}`), operands.bytes));
      results.forEach((result, i) => {
        const [x = 0n, y = 0n] = operands.words![i]!;
        // Rounding the double once more gives the right float: a double has more than twice its digits (Figueroa 1995).
        const expected = bitsOf(type, compute(valueOf(type, x), valueOf(type, y)));
        const [bits = 0n] = floatsOf(type, result);
        const same = bits === expected || (Number.isNaN(valueOf(type, bits)) && Number.isNaN(valueOf(type, expected)));
        assert.ok(
          same,
          `${type.name} ${name} of ${operands.describe(i)}: ${bits.toString(16)}, not ${expected.toString(16)}`,
        );
      });
    }
  }

  const printed = operandsOf('f64 {:e}', SEED + 2);
  split(commitsOf(program, utf8('f64 {:e}'), printed.bytes)).forEach((result, i) => {
    const value = valueOf(F64, printed.words![i]![0]!);
    if (!Number.isFinite(value)) return;
    // The fewest digits that read back as the same number. Of two equally near ones JavaScript takes the even one.
    const expected = value
      .toExponential()
      .replace('e+', 'e')
      .replace(/^0e/, Object.is(value, -0) ? '-0e' : '0e');
    assert.equal(text(result).length, expected.length, `${text(result)}, not ${expected}`);
    assert.ok(Object.is(Number(text(result)), value), `${text(result)}, not ${expected}`);
  });

  const texts = operandsOf('f64 parse', SEED + 3);
  split(commitsOf(program, utf8('f64 parse'), texts.bytes)).forEach((result, i) => {
    const given = texts.describe(i);
    if (!/^[+-]?[\d.]+(?:[eE][+-]?\d+)?$/.test(given)) return;
    assert.deepEqual(floatsOf(F64, result), [bitsOf(F64, Number(given))], given);
  });
});
