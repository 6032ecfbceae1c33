import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { bcs } from '@mysten/bcs';
import { HardhatPluginError } from 'hardhat/plugins';
import { parseInput } from '../../plugin/internal/input.ts';

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
  assert.deepEqual(await hex(`0xC0ffee,c0,text:a+u8:1,text:a\\,b,@${file},text:`), [
    'c0ffee',
    'c0',
    '612b75383a31',
    '612c62',
    '616263',
    '',
  ]);
});

test('a wrong item is named, with what it should be', async () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['u8:256', /"u8:256" is not a whole number of 8 bits\.$/],
    ['u32:-1', /"u32:-1" is not a whole number of 32 bits\.$/],
    ['u64:1.5', /64 bits\.$/],
    ['u64:', /64 bits\.$/],
    ['i8:128', /"i8:128" is not a whole number of 8 bits with sign\.$/],
    ['i64:-9223372036854775809', /with sign\.$/],
    ['bool:1', /"bool:1" is neither true nor false\.$/],
    ['bytes:0xabc', /"bytes:0xabc" is not understood\. Items are separated by commas/],
    ['u32:1+bool:maybe', /"bool:maybe"/],
    ['u7:1', /"u7:1" is not understood/],
    ['hello', /"hello" is not understood/],
    ['u8:1,', /"" is not understood/],
  ];
  for (const [option, pattern] of wrong) await assert.rejects(parseInput(option), refusal(pattern), option);
});

test('a file that cannot be read is named in one sentence', async () => {
  await assert.rejects(
    parseInput('@no/such/file'),
    refusal(/^The input file \/.*\/no\/such\/file cannot be read: there is no such file\.$/),
  );
  await assert.rejects(parseInput(`@${os.tmpdir()}`), refusal(/it is a folder\.$/));
});
