/** wasmi in a guest: WebAssembly as text and as a real binary, against JavaScript and against Node's own WebAssembly. */
import { bcs } from '@mysten/bcs';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { it } from 'node:test';
import type { TestContext } from 'node:test';
import { buildCrate, panic, succeed } from '../support/crates.ts';
import { F32, F64, bitsOf } from '../support/float-operands.ts';
import { rustOrSkip } from '../support/rust.ts';

/** What this test needs of the global that every JavaScript platform has, and TypeScript only with the library of browsers. */
type WebAssemblyApi = {
  readonly Memory: new (options: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};
const { Instance, Memory, Module } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

const TEXT = `(module
  (import "host" "report" (func $report (param i64)))
  (import "env" "memory" (memory 1))
  ;; Marks multiples in memory, reports every prime below n, returns how many there are.
  (func (export "primes") (param $n i32) (result i32)
    (local $i i32) (local $j i32) (local $count i32)
    (local.set $i (i32.const 2))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
      (if (i32.eqz (i32.load8_u (local.get $i))) (then
        (call $report (i64.extend_i32_u (local.get $i)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (local.set $j (i32.mul (local.get $i) (local.get $i)))
        (block $marked (loop $mark
          (br_if $marked (i32.ge_u (local.get $j) (local.get $n)))
          (i32.store8 (local.get $j) (i32.const 1))
          (local.set $j (i32.add (local.get $j) (local.get $i)))
          (br $mark)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next)))
    (local.get $count))
  (func (export "floats") (param f64 f64) (result f64 f32 i64)
    (f64.sqrt (f64.div (local.get 0) (local.get 1)))
    (f32.mul (f32.demote_f64 (local.get 0)) (f32.const 0.1))
    (i64.trunc_sat_f64_s (f64.mul (local.get 0) (local.get 1))))
  (func (export "divide") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func $deep (export "deep") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))
  (func (export "outside") (result i32) (i32.load (i32.const 65533))))`;

const Call = bcs.struct('Call', {
  function: bcs.string(),
  arguments: bcs.vector(bcs.u64()),
  pages: bcs.u32(),
  writes: bcs.vector(bcs.tuple([bcs.u32(), bcs.vector(bcs.u8())])),
  reads: bcs.tuple([bcs.u32(), bcs.u32()]),
});
const Committed = bcs.struct('Committed', {
  trap: bcs.string(),
  results: bcs.vector(bcs.u64()),
  reported: bcs.vector(bcs.u64()),
  memory: bcs.vector(bcs.u8()),
});

type Parts = {
  readonly pages?: number;
  readonly writes?: readonly (readonly [number, Uint8Array])[];
  readonly reads?: readonly [number, number];
};

const inputOf = (module: Uint8Array, name: string, values: readonly bigint[], parts: Parts = {}): Uint8Array[] => {
  const { pages = 1, writes = [], reads = [0, 0] } = parts;
  const call = {
    function: name,
    arguments: [...values],
    pages,
    writes: writes.map(([at, bytes]) => [at, bytes] as const),
  };
  return [module, Call.serialize({ ...call, reads: [...reads] }).toBytes()];
};

async function runner(t: TestContext) {
  if (rustOrSkip(t) === undefined) return undefined;
  const { elf, program } = await buildCrate('wasmi');
  assert.ok(elf.length > 2 ** 20, 'more than one MiB of program');
  const run = (...call: Parameters<typeof inputOf>) => {
    const { publicValues, cycles } = succeed(program, inputOf(...call));
    const { trap, results, reported, memory } = Committed.parse(publicValues);
    const numbers = (list: readonly string[]): bigint[] => list.map(BigInt);
    return { trap, results: numbers(results), reported: numbers(reported), memory: Uint8Array.from(memory), cycles };
  };
  return { program, run };
}

it('runs a module in text: memory, calls of the host, floats, traps', async (t) => {
  const guest = await runner(t);
  if (guest === undefined) return;
  const text = new TextEncoder().encode(TEXT);

  const primes = Array.from({ length: 200 }, (_, n) => n).filter(
    (n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0),
  );
  const sieve = guest.run(text, 'primes', [200n], { reads: [0, 12] });
  assert.equal(sieve.trap, '');
  assert.deepEqual(sieve.results, [BigInt(primes.length)]);
  assert.deepEqual(sieve.reported, primes.map(BigInt));
  assert.deepEqual([...sieve.memory], [0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 0]);

  for (const [x, y] of [
    [2, 3],
    [1e300, 1e-300],
    [-0, 5],
    [5e-324, 0.5],
    [1e19, 7],
  ] as const) {
    const { results } = guest.run(text, 'floats', [bitsOf(F64, x), bitsOf(F64, y)]);
    const most = 2n ** 63n - 1n;
    const product = x * y >= 2 ** 63 ? most : BigInt(Math.trunc(x * y));
    assert.deepEqual(results, [
      bitsOf(F64, Math.sqrt(x / y)),
      bitsOf(F32, Math.fround(x) * Math.fround(0.1)),
      BigInt.asUintN(64, product),
    ]);
  }

  assert.deepEqual(guest.run(text, 'divide', [BigInt.asUintN(64, -7n), 2n]).results, [BigInt.asUintN(64, -3n)]);
  assert.match(guest.run(text, 'divide', [1n, 0n]).trap, /divide by zero/);
  assert.match(guest.run(text, 'divide', [2n ** 63n, 2n ** 64n - 1n]).trap, /overflow/);
  assert.match(guest.run(text, 'outside', []).trap, /out of bounds memory access/);
  assert.deepEqual(guest.run(text, 'deep', [500n]).results, [500n]);
  assert.match(guest.run(text, 'deep', [2n ** 31n]).trap, /stack/);
  panic(guest.program, inputOf(text, 'missing', []), /an exported function/);
  panic(guest.program, inputOf(text.slice(0, 100), 'primes', [2n]), /a module/);
});

it('runs the field of BN254 as wasmcurves compiles it, with the result of Node and of integers', async (t) => {
  const guest = await runner(t);
  if (guest === undefined) return;
  const file = createRequire(import.meta.url)
    .resolve('wasmcurves/package.json')
    .replace(/package\.json$/, 'build/bn128.wasm');
  const module = new Uint8Array(readFileSync(file));
  const modulus = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
  const [x, y] = [modulus - 5n, 123456789n ** 8n];
  // Places in memory that the module does not use.
  const [atX, atY, atResult] = [1_500_000, 1_500_032, 1_500_064];

  const writes = [[atX, littleEndian(x)] as const, [atY, littleEndian(y)] as const];
  const arguments_ = [atX, atY, atResult].map(BigInt);
  const { memory, trap, cycles } = guest.run(module, 'f1m_mul', arguments_, {
    pages: 25,
    writes,
    reads: [atResult, 32],
  });
  assert.equal(trap, '');
  t.diagnostic(`${cycles} cycles`);

  const own = new Memory({ initial: 25 });
  const instance = new Instance(new Module(module), { env: { memory: own } });
  const bytes = new Uint8Array(own.buffer);
  for (const [at, value] of writes) bytes.set(value, at);
  (instance.exports['f1m_mul'] as (x: number, y: number, result: number) => void)(atX, atY, atResult);
  assert.deepEqual(memory, bytes.slice(atResult, atResult + 32));
  // Montgomery's product: what it gives times 2^256 is the product.
  const product = BigInt(`0x${Buffer.from(memory.toReversed()).toString('hex')}`);
  assert.equal((product << 256n) % modulus, (x * y) % modulus);
});

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
