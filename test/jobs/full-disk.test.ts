/** Runs on a disk that is full: a real one, in memory, which only the process of the test has. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { CleanedRuns } from '../../prover/index.ts';

type Run = Record<'name' | 'code' | 'message', string> & Record<'ran' | 'folders' | 'files', readonly string[]>;
type Found = Record<'first' | 'second' | 'third', Run> & { readonly cleaned: CleanedRuns; readonly room: number };

const PRIVATE = ['--map-root-user', '--mount'];

function reasonToSkip(): string | false {
  const tried = spawnSync('unshare', [...PRIVATE, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return tried.status === 0 ? false : 'this machine lets nobody mount a file system of their own';
}

const count = ({ ran }: Run, kind: string): number => ran.filter((name) => name === kind).length;

test(
  'a full disk ends a run in one sentence, and it goes on when there is room; clean works on it',
  {
    skip: reasonToSkip(),
  },
  (t) => {
    const disk = mkdtempSync(path.join(tmpdir(), 'zkvm-full-'));
    t.after(() => rmSync(disk, { recursive: true, force: true }));
    const script = path.join(import.meta.dirname, '../support/full-disk-process.ts');
    const ended = spawnSync('unshare', [...PRIVATE, process.execPath, script, disk], { encoding: 'utf8' });
    assert.equal(ended.status, 0, ended.stderr);
    const { first, second, third, cleaned, room } = JSON.parse(ended.stdout) as Found;
    for (const run of [first, second]) {
      assert.deepEqual([run.name, run.code], ['CacheError', 'CACHE_UNWRITABLE']);
      assert.match(run.message, /^The directory of finished proofs [^\n]* is on a full disk: [^\n]*\.$/);
      assert.equal(run.folders.length, 1);
      assert.deepEqual(
        run.files.filter((name) => /owner|tmp/.test(name)),
        [],
      );
    }
    const cores = first.files.filter((name) => name.startsWith('core-')).length;
    assert.ok(cores > 0 && cores < 8 && count(first, 'execute') === 1, first.files.join());
    // It cannot even begin, and keeps what is there.
    assert.deepEqual([second.ran, second.files], [[], first.files]);
    // These proofs are texts, which are refused at the end.
    assert.equal(third.code, 'PROOF_REFUSED');
    assert.equal(count(third, 'execute'), 0);
    assert.ok(count(third, 'core') <= 8 - cores + 1 && count(third, 'core') < 8, String(third.ran));
    assert.deepEqual(third.folders, []);
    assert.deepEqual([cleaned.removed, cleaned.inUse], [1, 0]);
    assert.ok(room > 0);
  },
);
