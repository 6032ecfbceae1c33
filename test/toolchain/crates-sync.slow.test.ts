/** Crates made for threads and for machines without atomics, in guests with and without the standard library. */
import { bcs } from '@mysten/bcs';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildCrate, panic, succeed } from '../support/crates.ts';
import { F64, bitsOf } from '../support/float-operands.ts';
import { rustOrSkip } from '../support/rust.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

it('atomics of all widths, locks, channels, critical sections and thread pools work on one thread', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const { program } = await buildCrate('sync');
  const values = (mode: string): bigint[] =>
    bcs
      .vector(bcs.u64())
      .parse(succeed(program, [utf8(mode)]).publicValues)
      .map(BigInt);

  const most = 2n ** 64n - 1n;
  const [counter, small] = [
    [most, 1n, 1n, 2n ** 40n, 2n ** 40n],
    [0n, 1n, most - 127n, 127n, 65_535n, 1n],
  ];
  const floats = [bitsOf(F64, 1.5), bitsOf(F64, 1.75)];
  assert.deepEqual(values('atomics'), [...counter, ...small, 5n, 25n, most, most - 1n, ...floats]);
  assert.deepEqual(values('locks'), [2n, 2n, 3n, 10n, 19n, 11n, 112n, 113n, 15n, 16n, 18n]);
  assert.deepEqual(values('collections'), [49n, 100n, 20n, 21n, 22n, 23n, 24n]);
  assert.deepEqual(values('section'), [14n, 30n]);

  const numbers = Array.from({ length: 1000 }, (_, i) => i);
  const squares = numbers.reduce((sum, x) => sum + x * x, 0);
  const sorted = numbers.map((i) => (i * 7919) % 1009).toSorted((a, b) => a - b);
  assert.deepEqual(values('rayon'), [BigInt(squares), BigInt(sorted[500]!), 40n, 41n]);
  panic(program, [utf8('thread')], /failed to spawn thread/);
});

it('atomics, critical sections and queues work without the standard library', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const { program } = await buildCrate('bare');
  const { publicValues } = succeed(program, []);
  const words = bcs.fixedArray(publicValues.length / 4, bcs.u32()).parse(publicValues);
  assert.deepEqual(words, [5, 7, 2 ** 32 - 1, 2, 13, 11, 35, 14, 21]);
});
