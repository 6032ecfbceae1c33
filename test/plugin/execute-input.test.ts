import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { bcs } from '@mysten/bcs';
import { HardhatPluginError } from 'hardhat/plugins';
import { parseInput } from '../../plugin/internal/tasks/input.ts';

const hex = async (option: string): Promise<string[]> =>
  (await parseInput(option)).map((item) => Buffer.from(item).toString('hex'));
const encoded = (bytes: { toBytes(): Uint8Array }): string => Buffer.from(bytes.toBytes()).toString('hex');
const refusal = (pattern: RegExp) => (error: Error) =>
  HardhatPluginError.isHardhatPluginError(error) && pattern.test(error.message);

test('typed items are what BCS says', async () => {
  assert.deepEqual(await hex('u8:255,u16:258,u32:20,u64:5'), ['ff', '0201', '14000000', '0500000000000000']);
  const large = 2n ** 128n - 3n;
  assert.deepEqual(await hex(`u128:${large}`), [encoded(bcs.u128().serialize(large))]);
  assert.deepEqual(await hex('bool:true, bool:false'), [encoded(bcs.bool().serialize(true)), '00']);
  assert.deepEqual(await hex('string:héllo'), [encoded(bcs.string().serialize('héllo'))]);
  const long = 'x'.repeat(300);
  assert.deepEqual(await hex(`string:${long}`), [encoded(bcs.string().serialize(long))]);
  assert.deepEqual(await hex('bytes:0xc0ffee,bytes:'), [encoded(bcs.byteVector().serialize([0xc0, 0xff, 0xee])), '00']);
});

test('signed integers are in two’s complement', async () => {
  assert.deepEqual(await hex('i8:-1,i16:-2,i32:-2147483648,i64:7'), ['ff', 'feff', '00000080', '0700000000000000']);
  assert.deepEqual(await hex('i128:-1'), ['ff'.repeat(16)]);
});

test('fields of one item are joined by a plus before a type', async () => {
  const Item = bcs.struct('Item', { n: bcs.u32(), flag: bcs.bool(), name: bcs.string() });
  const expected = encoded(Item.serialize({ n: 20, flag: true, name: 'a+b, c' }));
  assert.deepEqual(await hex('u32:20+bool:true+string:a+b\\, c'), [expected]);
  assert.deepEqual(await hex('string:a\\+u8:1'), [encoded(bcs.string().serialize('a+u8:1'))]);
});

test('bytes, text and files are passed as they are', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hardhat-zkvm-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'item');
  await writeFile(file, 'abc');
  assert.deepEqual(await hex(`0xC0ffee,0xc0,0x,text:a+u8:1,text:a\\,b,@${file},text:`), [
    'c0ffee',
    'c0',
    '',
    '612b75383a31',
    '612c62',
    '616263',
    '',
  ]);
});

test('a wrong item is named by number and type, with what it should be', async () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['u8:256', /^Input item 1 \(u8\): u8 takes a whole number from 0 to 255\.$/],
    ['u32:-1', /from 0 to 4294967295\.$/],
    ['u64:1.5', /\(u64\)/],
    ['u64:', /\(u64\)/],
    ['u64:1_000', /\(u64\)/],
    ['u64:0x10', /\(u64\)/],
    ['i8:128', /^Input item 1 \(i8\): i8 takes a whole number from -128 to 127\.$/],
    ['i64:-9223372036854775809', /\(i64\)/],
    ['i128:170141183460469231731687303715884105728', /\(i128\)/],
    ['bool:1', /^Input item 1 \(bool\): bool takes true or false\.$/],
    ['bytes:0xabc', /\(bytes\): bytes takes two hex digits per byte/],
    ['bytes:13', /\(bytes\): bytes takes hex with 0x in front/],
    ['0xabc', /^Input item 1 \(bytes in hex\): raw takes two hex digits per byte/],
    ['0xzz', /there is another sign/],
    ['u8:1,u32:1+bool:maybe', /^Input item 2, field 2 \(bool\)/],
    ['u7:1', /has a type that is not known\. Items are separated by commas/],
    ['hello', /is not understood\. Items are separated by commas/],
    ['u8:1,', /^Input item 2 is empty; an item without bytes is written text:/],
    ['@', /names no file/],
  ];
  for (const [option, pattern] of wrong) await assert.rejects(parseInput(option), refusal(pattern), option);
});

test('a number, truth value or hex without a mark is refused, with the way to write it', async () => {
  for (const bare of ['13', '0', '-5', '+5', '1_000', '1e3', '1.5', '-1.5E-7', '.5', 'NaN', '256'])
    await assert.rejects(parseInput(bare), refusal(/is a number without a type: .* u32:20 .* 0x in front/), bare);
  for (const bare of ['true', 'false', 'True'])
    await assert.rejects(parseInput(bare), refusal(/write bool:true or bool:false/), bare);
  for (const bare of ['c0ffee', '0X13', 'abc', 'DEADBEEF'])
    await assert.rejects(parseInput(bare), refusal(/with 0x in front/), bare);
});

test('no error shows what an item holds', async () => {
  const number = '9081726354';
  const typed = [`u8:${number}`, `bool:${number}`, `bytes:0x${number}f`, `u8:1+bool:${number}`, `i128:${number}x`];
  const bare = [number, `-${number}`, `${number}e1`, `0x${number}f`, `0x${number}zz`, `u7:${number}`, `pin:${number}`];
  for (const secret of [...typed, ...bare, `text${number}`, `u32: ${number}`]) {
    await assert.rejects(parseInput(`u8:1,${secret}`), (error: Error) => {
      assert.match(error.message, /^Input item 2/, secret);
      assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /9081726354/, secret);
      return true;
    });
  }
});

test('a file that cannot be read is named in one sentence', async () => {
  await assert.rejects(
    parseInput('@no/such/file'),
    refusal(/^The input file \/.*\/no\/such\/file cannot be read: there is no such file or folder\.$/),
  );
  await assert.rejects(parseInput(`@${os.tmpdir()}`), refusal(/it is a folder\.$/));
});
