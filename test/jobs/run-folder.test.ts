/** Folders of runs: who has them, who takes them over, and what is removed when. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeArtifact } from '../../prover/jobs/artifact.ts';
import { cleanRuns } from '../../prover/jobs/clean-runs.ts';
import { RunFolder } from '../../prover/jobs/run-folder.ts';

const DIGEST = 'ab'.repeat(32);
const JOB = `job-${'12'.repeat(32)}`;
const kept = makeArtifact('core', new TextEncoder().encode('kept'));
const NAME = `run-${'ab'.repeat(16)}`;

async function rootOf(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-runs-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  // Below one that is not there yet.
  return path.join(directory, 'cache', 'runs');
}

async function keepSomething({ store }: RunFolder): Promise<void> {
  await store.keepResult(JOB, await store.put(kept));
}

/** The owner files of a folder. */
async function ownersOf(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name.startsWith('owner-'));
}

test('a run that ended finds what it kept, one that is done leaves nothing', async (t) => {
  const root = await rootOf(t);
  const first = await RunFolder.open(root, DIGEST);
  assert.equal(path.basename(first.directory), NAME);
  assert.ok(first.isNew);
  await keepSomething(first);
  await first.release();
  const second = await RunFolder.open(root, DIGEST);
  assert.equal(second.directory, first.directory);
  assert.ok(!second.isNew);
  assert.equal(await second.store.resultOf(JOB), await first.store.put(kept));
  await second.remove();
  assert.deepEqual(await readdir(root), []);
  const third = await RunFolder.open(root, DIGEST);
  assert.ok(third.isNew);
  await third.remove();
});

test('two runs at once have a folder each, whether they are the same or not, and end without touching each other', async (t) => {
  const root = await rootOf(t);
  const other = await RunFolder.open(root, 'cd'.repeat(32));
  const [a, b] = await Promise.all([RunFolder.open(root, DIGEST), RunFolder.open(root, DIGEST)]);
  assert.deepEqual([a.directory, b.directory].map((name) => path.basename(name)).toSorted(), [NAME, `${NAME}-2`]);
  await keepSomething(b);
  await a.remove();
  assert.equal(await b.store.resultOf(JOB), await b.store.put(kept));
  // The name is free again, while the first holder's end is over.
  const c = await RunFolder.open(root, DIGEST);
  assert.notEqual(c.directory, b.directory);
  await Promise.all([b.remove(), c.remove(), other.remove()]);
  assert.deepEqual(await readdir(root), []);
});

test('of many that want the same folder at the same moment each gets its own', async (t) => {
  const root = await rootOf(t);
  const folders = await Promise.all(Array.from({ length: 12 }, () => RunFolder.open(root, DIGEST)));
  assert.equal(new Set(folders.map(({ directory }) => directory)).size, 12);
  await Promise.all(folders.map((folder) => folder.release()));
  for (const { directory } of folders) assert.deepEqual(await ownersOf(directory), []);
});

test('a process that was killed leaves its folder to the next one; while it lives it keeps it', async (t) => {
  const root = await rootOf(t);
  const script = path.join(import.meta.dirname, '../support/hold-run.ts');
  const child = spawn(process.execPath, [script, root, DIGEST], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const directory = line.toString().trim();
  const beside = await RunFolder.open(root, DIGEST);
  assert.notEqual(beside.directory, directory);
  await beside.remove();
  assert.deepEqual(await cleanRuns(root), { directory: root, removed: 0, bytes: 0, inUse: 1 });
  child.kill('SIGKILL');
  await once(child, 'exit');
  // What was being written when it was killed.
  await writeFile(path.join(directory, `core-${'00'.repeat(32)}.0badcafe.tmp`), 'half');
  const next = await RunFolder.open(root, DIGEST);
  assert.equal(next.directory, directory);
  assert.equal(await next.store.resultOf(JOB), await next.store.put(kept));
  assert.ok(!(await readdir(directory)).some((name) => name.endsWith('.tmp')));
  assert.equal((await ownersOf(directory)).length, 1);
  await next.remove();
});

test('an owner is believed as long as it can be alive', async (t) => {
  const root = await rootOf(t);
  const mine = await RunFolder.open(root, DIGEST);
  await keepSomething(mine);
  const [owner = ''] = await ownersOf(mine.directory);
  const file = path.join(mine.directory, owner);
  const me = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const old = new Date(Date.now() - 10 * 60_000);
  const cases: readonly (readonly [what: string, owner: unknown, time: Date, isTaken: boolean])[] = [
    ['this process, long ago by its file', me, old, true],
    ['a number that belongs to another process by now', { ...me, began: '1' }, new Date(), false],
    ['an earlier start of this computer', { ...me, boot: 'earlier' }, new Date(), false],
    ['another computer that shows that it is alive', { ...me, host: 'elsewhere' }, new Date(), true],
    ['another computer that does not', { ...me, host: 'elsewhere' }, old, false],
    ['another container that shows that it is alive', { ...me, space: 'pid:[1]', pid: 1 }, new Date(), true],
    ['another container that does not', { ...me, space: 'pid:[1]', pid: 1 }, old, false],
    ['no process', { ...me, pid: 2 ** 30 }, new Date(), false],
    ['a file that is being written', '', new Date(), true],
    ['a file that was never written', '', old, false],
    ['a file that somebody else wrote', [1, 2], old, false],
  ];
  for (const [what, value, time, isTaken] of cases) {
    if (process.platform !== 'linux' && /belongs|start|container/.test(what)) continue;
    for (const name of await ownersOf(mine.directory)) await rm(path.join(mine.directory, name));
    await writeFile(file, value === '' ? '' : JSON.stringify(value));
    await utimes(file, time, time);
    const folder = await RunFolder.open(root, DIGEST);
    assert.equal(folder.directory !== mine.directory, isTaken, what);
    await folder.release();
    if (isTaken) await folder.remove();
  }
});

test('clean removes what nobody uses, says how much, and nothing that is not a run', async (t) => {
  const root = await rootOf(t);
  assert.deepEqual(await cleanRuns(root), { directory: root, removed: 0, bytes: 0, inUse: 0 });
  const used = await RunFolder.open(root, 'cd'.repeat(32));
  const left = await RunFolder.open(root, DIGEST);
  await left.store.put(makeArtifact('core', new Uint8Array(10_000)));
  await left.release();
  await mkdir(path.join(root, 'removed-0badcafe'));
  await writeFile(path.join(root, 'removed-0badcafe', 'core-1'), new Uint8Array(500));
  await mkdir(path.join(root, 'somebody'));
  await writeFile(path.join(root, 'run-notes.txt'), 'not ours');
  const { removed, bytes, inUse } = await cleanRuns(root);
  assert.deepEqual([removed, bytes, inUse], [2, 10_500, 1]);
  assert.deepEqual((await readdir(root)).toSorted(), [path.basename(used.directory), 'run-notes.txt', 'somebody']);
  await used.remove();
});

test(
  'is for its owner alone, and refuses what it cannot use in one sentence',
  { skip: process.platform === 'win32' },
  async (t) => {
    const root = await rootOf(t);
    const folder = await RunFolder.open(root, DIGEST);
    await keepSomething(folder);
    const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;
    assert.deepEqual([await modeOf(root), await modeOf(folder.directory)], [0o700, 0o700]);
    for (const name of await readdir(folder.directory))
      assert.equal(await modeOf(path.join(folder.directory, name)), 0o600, name);
    await folder.release();
    // Somebody opened it to others.
    await chmod(folder.directory, 0o755);
    const again = await RunFolder.open(root, DIGEST);
    assert.equal(await modeOf(again.directory), 0o700);
    await again.remove();
    await mkdir(path.join(root, 'elsewhere'));
    await symlink(path.join(root, 'elsewhere'), path.join(root, NAME));
    await assert.rejects(RunFolder.open(root, DIGEST), {
      name: 'CacheError',
      message: /is not a directory: remove it\.$/,
    });
    const file = path.join(root, 'plain');
    await writeFile(file, '');
    await assert.rejects(RunFolder.open(path.join(file, 'runs'), DIGEST), {
      name: 'CacheError',
      code: 'CACHE_UNWRITABLE',
      message:
        /^The directory of finished proofs .* is not a directory: mend that, choose another cache directory, or prove with --no-resume\.$/,
    });
  },
);
