import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import { errorCode, toPluginError } from '../../plugin/internal/errors.ts';
import { parseBytes32, parseCycleLimit, parseMode } from '../../plugin/internal/tasks/arguments.ts';
import { ABIS } from '../../plugin/internal/chain/artifacts.ts';
import { putFile, writeFileAtomically } from '../../plugin/internal/files/atomic.ts';
import { printable, printableLine } from '../../plugin/internal/text/printable.ts';
import { parseInput } from '../../plugin/internal/tasks/input.ts';
import { ZkError } from '../../prover/core/errors.ts';

const isPluginError = (error: unknown): boolean => HardhatPluginError.isHardhatPluginError(error);

test('text of others is shown as it is, but for what steers a terminal or hides', () => {
  for (const good of ['a\n\tb', 'é 漢字 😀', '👩\u200d💻', '']) assert.equal(printable(good), good);
  const cases = [
    ['\u001b[2J', '\\u{1b}[2J'],
    ['a\rb\u0007', 'a\\u{d}b\\u{7}'],
    ['\u202eabc', '\\u{202e}abc'],
    ['a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
    ['\ud83d', '\\u{d83d}'],
    ['a\r\nb', 'a\nb'],
    ['\u009b31m', '\\u{9b}31m'],
  ] as const;
  for (const [text, shown] of cases) assert.equal(printable(text), shown);
  assert.equal(printableLine('a\n  b\u2028c'), 'a b\\u{2028}c');
});

test('input items of all kinds', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hardhat-zkvm-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'item');
  await writeFile(file, 'abc');
  assert.deepEqual(await parseInput(undefined), []);
  const items = await parseInput(`u32:258, u64:1,0xC0ffee,0xc0,@${file},text:hé`);
  assert.deepEqual(
    items.map((item) => Buffer.from(item).toString('hex')),
    ['02010000', '0100000000000000', 'c0ffee', 'c0', '616263', '68c3a9'],
  );
  for (const bad of ['u32:4294967296', 'u32:-1', 'u32:', '0xabc', 'zz', ',', 'u7:1'])
    await assert.rejects(parseInput(bad), isPluginError, bad);
});

test('options with mistakes have a sentence each', () => {
  assert.equal(parseCycleLimit('1_000'), 1000);
  assert.equal(parseCycleLimit(undefined), undefined);
  for (const bad of ['0', '-1', '1.5', 'x', '', '9'.repeat(30)])
    assert.throws(() => parseCycleLimit(bad), isPluginError);
  assert.throws(() => parseMode('plonk'), isPluginError);
  assert.throws(() => parseBytes32('vkey', '0x12'), isPluginError);
});

test('errors of library and file system become one sentence; bugs keep their stack', () => {
  const library = toPluginError(new ZkError('elf-truncated', 'The file ends early.'));
  const other = Object.assign(new Error('The file ends early.\nat line 2'), { code: 'elf-truncated' });
  assert.equal(toPluginError(other).message, library.message);
  assert.ok(isPluginError(library));
  assert.match(library.message, /^The file ends early\.$/);
  assert.equal(errorCode(library), 'elf-truncated');
  for (const code of ['ENOENT', 'EACCES', 'ENOSPC', 'EROFS']) {
    const error = toPluginError(Object.assign(new Error('raw'), { code, path: '/x/y' }));
    assert.ok(isPluginError(error));
    assert.match(error.message, /^Cannot use \/x\/y: /);
  }
  const aborted = new AbortController();
  aborted.abort();
  assert.equal(errorCode(aborted.signal.reason), 'INTERRUPTED');
  assert.ok(isPluginError(toPluginError(aborted.signal.reason)));
  const bug = new TypeError('x is not a function');
  assert.equal(toPluginError(bug), bug);
});

test('files are complete or absent', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hardhat-zkvm-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'new', 'proof.json');
  await writeFileAtomically(file, 'one');
  await writeFileAtomically(file, 'two');
  assert.equal(await readFile(file, 'utf8'), 'two');
  // The target is a folder: the rename fails and nothing is left behind.
  await assert.rejects(writeFileAtomically(path.join(folder, 'new'), 'three'), { syscall: 'rename' });
  assert.deepEqual(await readdir(folder), ['new']);
  // The same at once: nothing is there when the writing fails halfway, and what was there stays.
  const fails = (temporary: string): never => {
    writeFileSync(temporary, 'half');
    throw new Error('the disk is full');
  };
  assert.throws(() => putFile(file, fails), /the disk is full/);
  assert.throws(() => putFile(path.join(folder, 'other'), fails), /the disk is full/);
  assert.equal(await readFile(file, 'utf8'), 'two');
  assert.deepEqual([await readdir(folder), await readdir(path.dirname(file))], [['new'], ['proof.json']]);
  putFile(file, (temporary) => writeFileSync(temporary, 'three'));
  assert.equal(await readFile(file, 'utf8'), 'three');
});

test('shipped bytecode has the ABI that the tests of contracts use', () => {
  const names = ABIS.flat().flatMap((item) => (item.type === 'function' ? [item.name] : []));
  for (const name of ['verifyProof', 'VERIFIER_HASH', 'addRoute', 'freezeRoute', 'routes'])
    assert.ok(names.includes(name));
});
