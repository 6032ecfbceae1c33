import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FileCache } from '../../prover/cache/file-cache.ts';

const entry = { name: 'key', digest: 'ab'.repeat(32), extension: 'bin' };

describe('file cache', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'zkvm-cache-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('produces once and serves the checked file afterwards', async () => {
    let calls = 0;
    const produce = async (file: string): Promise<void> => {
      calls++;
      await writeFile(file, 'contents');
    };
    const first = await new FileCache(directory).obtain(entry, produce);
    const second = await new FileCache(directory).obtain(entry, produce);
    assert.equal(first, second);
    assert.equal(calls, 1);
    assert.equal(await readFile(first, 'utf8'), 'contents');
  });

  it('refuses a damaged file with its path and the remedy', async () => {
    const file = await new FileCache(directory).obtain(entry, (f) => writeFile(f, 'contents'));
    await writeFile(file, 'c0ntents');
    await assert.rejects(
      new FileCache(directory).obtain(entry, () => Promise.resolve()),
      (error: Error & { code?: string }) => error.code === 'CACHE_DAMAGED' && error.message.includes(file),
    );
  });

  it('leaves nothing behind when production fails', async () => {
    const cache = new FileCache(directory);
    const fail = async (file: string): Promise<void> => {
      await writeFile(file, 'half');
      throw new Error('interrupted');
    };
    await assert.rejects(cache.obtain(entry, fail), /interrupted/);
    assert.deepEqual(await readdir(directory), []);
    assert.equal(await cache.has(entry), false);
  });

  it('names a full disk and a path that is no directory in one sentence', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    await assert.rejects(new FileCache(directory).obtain(entry, () => Promise.reject(full)), { code: 'CACHE_UNWRITABLE' });
    const file = path.join(directory, 'plain');
    await writeFile(file, '');
    await assert.rejects(
      new FileCache(path.join(file, 'below')).obtain(entry, (f) => writeFile(f, 'x')),
      { code: 'CACHE_UNWRITABLE' },
    );
  });

  it('gives up at once where no directory can be made', { skip: process.platform !== 'linux' }, async () => {
    await assert.rejects(
      new FileCache('/proc/zkvm/keys').obtain(entry, (f) => writeFile(f, 'x')),
      { code: 'CACHE_UNWRITABLE' },
    );
  });

  it('lets two runs produce the same file at once', async () => {
    const produce = (file: string): Promise<void> => writeFile(file, 'same');
    const paths = await Promise.all([new FileCache(directory).obtain(entry, produce), new FileCache(directory).obtain(entry, produce)]);
    assert.equal(paths[0], paths[1]);
    assert.equal(await readFile(paths[0], 'utf8'), 'same');
    assert.deepEqual((await readdir(directory)).length, 2);
  });
});
