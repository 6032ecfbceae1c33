import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { bcs } from '@mysten/bcs';
import fc from 'fast-check';
import { input, InputError, inputItems } from '../../plugin/input.ts';
import { project } from '../support/project.ts';

const Order = bcs.struct('Order', {
  id: bcs.u64(),
  paid: bcs.bool(),
  name: bcs.string(),
  lines: bcs.vector(bcs.tuple([bcs.u16(), bcs.string()])),
  limit: bcs.option(bcs.u128()),
  key: bcs.byteVector(),
});

test('all types together are what another BCS library writes', () => {
  fc.assert(
    fc.property(
      fc.record({
        id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        paid: fc.boolean(),
        name: fc.string({ unit: 'grapheme', maxLength: 300 }),
        lines: fc.array(fc.tuple(fc.integer({ min: 0, max: 65535 }), fc.string()), { maxLength: 200 }),
        limit: fc.option(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n })),
        key: fc.uint8Array({ maxLength: 200 }),
      }),
      ({ id, paid, name, lines, limit, key }) => {
        const expected = Order.serialize({ id, paid, name, lines, limit, key }).toBytes();
        const ours = input.struct({
          id: input.u64(id),
          paid: input.bool(paid),
          name: input.string(name),
          lines: input.vec(lines.map(([count, text]) => input.tuple(input.u16(count), input.string(text)))),
          limit: input.option(limit === null ? undefined : input.u128(limit)),
          key: input.bytes(key),
        });
        assert.deepEqual(ours, Uint8Array.from(expected));
      },
    ),
    { numRuns: 200 },
  );
});

test('long vectors, enums, signed integers and plain bytes', () => {
  const numbers = Array.from({ length: 20_000 }, (_, i) => i);
  assert.deepEqual(
    input.vec(numbers.map(input.u32)),
    Uint8Array.from(bcs.vector(bcs.u32()).serialize(numbers).toBytes()),
  );
  const Choice = bcs.enum('Choice', { None: null, Some: bcs.u8() });
  assert.deepEqual(input.variant(0), Uint8Array.from(Choice.serialize({ None: true }).toBytes()));
  assert.deepEqual(input.variant(1, input.u8(7)), Uint8Array.from(Choice.serialize({ Some: 7 }).toBytes()));
  assert.deepEqual([...input.i16(-2)], [0xfe, 0xff]);
  assert.deepEqual([...input.i128(-(2n ** 127n))], [...Array.from({ length: 15 }, () => 0), 0x80]);
  assert.deepEqual([...input.raw('0xC0ffee')], [0xc0, 0xff, 0xee]);
  assert.deepEqual([...input.text('hé')], [0x68, 0xc3, 0xa9]);
  assert.deepEqual([...input.bytes('0x')], [0]);
});

test('a wrong value is refused by its type and range, and is not shown', () => {
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [() => input.u8(770077), /^u8 takes a whole number from 0 to 255$/],
    [() => input.u32(-770077), /^u32 takes/],
    [() => input.i8(770077n), /from -128 to 127$/],
    [() => input.u64(2 ** 53 + 770078), /beyond 2\^53 must be bigints$/],
    [() => input.u64(770077.5), /^u64 takes/],
    [() => input.u64(Number.NaN), /^u64 takes/],
    [() => input.u32('770077' as unknown as number), /got a string$/],
    [() => input.bool(1 as unknown as boolean), /^bool takes true or false, got a number$/],
    [() => input.string(770077 as unknown as string), /^string takes a string, got a number$/],
    [() => input.string('770077\ud800'), /surrogate/],
    [() => input.bytes('770077'), /0x in front/],
    [() => input.raw('0x7700770'), /odd number/],
    [() => input.raw('0x770077zz'), /another sign/],
    [() => input.raw([770077] as unknown as Uint8Array), /got an array$/],
    [() => input.vec([770077 as unknown as Uint8Array]), /number 1 is a number$/],
    [() => input.vec(undefined as unknown as Uint8Array[]), /got undefined$/],
    [() => input.option(770077 as unknown as Uint8Array), /is a number$/],
    [() => input.struct(input.u8(1) as unknown as Record<string, Uint8Array>), /use tuple$/],
    [() => input.struct({ 1: input.u8(1) }), /use tuple$/],
    [() => input.variant(-770077), /counted from 0$/],
  ];
  for (const [run, pattern] of wrong) {
    assert.throws(run, (error: unknown) => {
      assert.ok(error instanceof InputError && error.code === 'INPUT');
      assert.match(error.message, pattern);
      assert.doesNotMatch(String(error.stack?.split('\n')[0]), /770077/);
      return true;
    });
  }
});

test('items are bytes of any realm or encoded values, and copied', () => {
  const mine = Uint8Array.of(1, 2);
  const other = vm.runInNewContext('Uint8Array.of(3)') as Uint8Array;
  const items = inputItems([mine, other, Buffer.from('a'), bcs.u16().serialize(258)]);
  mine[0] = 9;
  assert.deepEqual(
    items.map((item) => [...item]),
    [[1, 2], [3], [97], [2, 1]],
  );
  const bad: readonly (readonly [unknown, RegExp])[] = [
    ['0x770077', /^The input must be an array .* got a string: write \[item\]$/],
    [input.u32(20), /must be an array/],
    [null, /must be an array/],
    [['0x770077'], /^Input item 1 is a string, and items are bytes: .*input\.raw\("0x…"\)$/],
    [[mine, 770077], /^Input item 2 is a number/],
    [[mine, mine, null], /^Input item 3 is null/],
    [[[1, 2]], /is an array/],
    [[new Uint32Array(2)], /is an object of type Uint32Array/],
    [[{ toBytes: () => 770077 }], /is an object of type Object/],
  ];
  for (const [value, pattern] of bad) {
    assert.throws(
      () => inputItems(value as Uint8Array[]),
      (error: Error) => error instanceof InputError && pattern.test(error.message) && !error.message.includes('770077'),
    );
  }
});

test('hre.zkvm encodes, and takes encoded input', async (t) => {
  const { hre } = await project(t);
  const program = new URL('../../programs/fibonacci/fibonacci.elf', import.meta.url).pathname;
  const expected = await hre.zkvm.execute(program, { input: [Uint8Array.of(20, 0, 0, 0)] });
  for (const item of [hre.zkvm.input.u32(20), bcs.u32().serialize(20)]) {
    assert.deepEqual((await hre.zkvm.execute(program, { input: [item] })).publicValues, expected.publicValues);
  }
  await assert.rejects(hre.zkvm.execute(program, { input: ['0x14000000' as unknown as Uint8Array] }), InputError);
  await assert.rejects(hre.zkvm.prove(program, { input: [20 as unknown as Uint8Array] }), InputError);
});
