import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FileCache } from '../../prover/jobs/file-cache.ts';

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

  it('removes what killed processes left of this file, and nothing that somebody may be writing', async () => {
    const file = await new FileCache(directory).obtain(entry, (f) => writeFile(f, 'contents'));
    const long = new Date(Date.now() - 2 * 3_600_000);
    const name = path.basename(file);
    const left = [`${name}.123-0badcafe.tmp`, `${name}.123-0badcafe.tmp.sha256`];
    const stays = [`${name}.124-0badcafe.tmp`, `other-${name}.123-0badcafe.tmp`, `${name}.old`];
    for (const other of [...left, ...stays]) await writeFile(path.join(directory, other), 'half');
    for (const other of [...left, ...stays.slice(1), name, `${name}.sha256`])
      await utimes(path.join(directory, other), long, long);
    await new FileCache(directory).obtain(entry, () => Promise.reject(new Error('it is there')));
    assert.deepEqual((await readdir(directory)).toSorted(), [name, `${name}.sha256`, ...stays].toSorted());
  });

  it('names a full disk and a path that is no directory in one sentence', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    await assert.rejects(
      new FileCache(directory).obtain(entry, () => Promise.reject(full)),
      { code: 'CACHE_UNWRITABLE' },
    );
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
    const paths = await Promise.all([
      new FileCache(directory).obtain(entry, produce),
      new FileCache(directory).obtain(entry, produce),
    ]);
    assert.equal(paths[0], paths[1]);
    assert.equal(await readFile(paths[0], 'utf8'), 'same');
    assert.deepEqual((await readdir(directory)).length, 2);
  });

  describe('with a hash that is known beforehand', () => {
    const sha256 = createHash('sha256').update('contents').digest('hex');
    const known = { ...entry, sha256 };
    const never = (): Promise<void> => Promise.reject(new Error('must not be produced'));

    it('needs and trusts no record beside the file', async () => {
      const cache = new FileCache(directory);
      const file = await cache.obtain(known, (f) => writeFile(f, 'contents'));
      assert.deepEqual(await readdir(directory), [path.basename(file)]);
      assert.equal(await new FileCache(directory).obtain(known, never), file);
      for (const contents of ['foreign!', 'cont', '']) {
        await writeFile(file, contents);
        await writeFile(`${file}.sha256`, createHash('sha256').update(contents).digest('hex'));
        for (const other of [cache, new FileCache(directory)]) {
          await assert.rejects(other.obtain(known, never), (error: Error & { code?: string }) => {
            assert.equal(error.code, 'CACHE_DAMAGED');
            assert.ok(error.message.includes(file) && error.message.includes('somebody replaced it'), error.message);
            return true;
          });
        }
      }
    });

    it('sees a file of the same size and time of change', async () => {
      const cache = new FileCache(directory);
      const file = await cache.obtain(known, (f) => writeFile(f, 'contents'));
      const { atime, mtime } = await stat(file);
      await writeFile(file, 'c0ntents');
      await utimes(file, atime, mtime);
      await assert.rejects(cache.obtain(known, never), { code: 'CACHE_DAMAGED' });
    });

    it('does not keep a new file with another hash', async () => {
      const cache = new FileCache(directory);
      await assert.rejects(
        cache.obtain(known, (f) => writeFile(f, 'other')),
        { code: 'CACHE_NOT_REPRODUCED' },
      );
      assert.deepEqual(await readdir(directory), []);
    });

    it('leaves the file of a faster process in its place', async () => {
      const cache = new FileCache(directory);
      const file = cache.pathOf(known);
      await cache.obtain(known, async (f) => {
        await writeFile(file, 'contents');
        await writeFile(f, 'contents');
      });
      assert.deepEqual(await readdir(directory), [path.basename(file)]);
      await rm(file);
      const run = cache.obtain(known, async (f) => {
        await writeFile(file, 'foreign!');
        await writeFile(f, 'contents');
      });
      await assert.rejects(run, { code: 'CACHE_DAMAGED' });
    });

    it('tells when the file changes while it is in use', async () => {
      const cache = new FileCache(directory);
      const file = await cache.obtain(known, (f) => writeFile(f, 'contents'));
      assert.equal(await cache.whileUnchanged(known, (f) => readFile(f, 'utf8')), 'contents');
      const exchanged = cache.whileUnchanged(known, async () => {
        await writeFile(`${file}.new`, 'contents');
        await rename(`${file}.new`, file);
      });
      await assert.rejects(exchanged, { code: 'CACHE_CHANGED' });
      await writeFile(file, 'c0ntents');
      await assert.rejects(
        cache.whileUnchanged(known, () => assert.fail('must not be used')),
        { code: 'CACHE_DAMAGED' },
      );
    });

    it('names a folder in the place of the file', async () => {
      const cache = new FileCache(directory);
      await mkdir(cache.pathOf(known));
      await assert.rejects(cache.obtain(known, never), { code: 'CACHE_UNREADABLE' });
    });
  });
});
