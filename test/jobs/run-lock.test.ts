/** Who is believed to use the folder of a run, and what happens to those who are wrong about it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { makeArtifact } from '../../prover/jobs/artifact.ts';
import { cleanRuns } from '../../prover/jobs/clean-runs.ts';
import { RunFolder } from '../../prover/jobs/run-folder.ts';
import { isInUse, takeLock } from '../../prover/jobs/run-lock.ts';
import { isRunning, parseOwner, thisProcess } from '../../prover/jobs/run-owner.ts';

const DIGEST = 'ab'.repeat(32);
const NAME = `run-${'ab'.repeat(16)}`;
const onLinux = { skip: process.platform === 'linux' ? false : 'only Linux tells how processes stand' };

async function rootOf(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-lock-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const owners = async (directory: string): Promise<string[]> =>
  (await readdir(directory)).filter((name) => name.startsWith('owner-'));

const long = (minutes: number): Date => new Date(Date.now() + 60_000 * minutes);

async function keep({ store }: RunFolder, text: string): Promise<void> {
  const artifact = makeArtifact('core', new TextEncoder().encode(text));
  await store.keepResult(`job-${'12'.repeat(32)}`, await store.put(artifact));
}

test('a process that has ended and that nobody asked for is not running', onLinux, async (t) => {
  const root = await rootOf(t);
  // The shell becomes another program, which waits for no children: as the first process of many containers.
  const script = path.join(import.meta.dirname, '../support/hold-run.ts');
  const line = '"$0" "$1" "$2" "$3" & echo $! >&2; exec sleep 600';
  const parent = spawn('sh', ['-c', line, process.execPath, script, root, DIGEST], { stdio: 'pipe' });
  t.after(() => parent.kill('SIGKILL'));
  const first = async (stream: Readable): Promise<string> => String((await once(stream, 'data'))[0]).trim();
  const [pid, directory] = await Promise.all([first(parent.stderr), first(parent.stdout)]);
  assert.ok(await isInUse(directory));
  process.kill(Number(pid), 'SIGKILL');
  const owner = parseOwner(await readFile(path.join(directory, 'owner-1'), 'utf8'));
  assert.equal(owner?.pid, Number(pid));
  while (!/\) Z /.test(await readFile(`/proc/${owner.pid}/stat`, 'utf8'))) await sleep(5);
  assert.equal(isRunning(owner), false);
  const next = await RunFolder.open(root, DIGEST);
  assert.deepEqual([next.directory, next.isNew], [directory, false]);
  await next.remove();
});

test('where nobody tells when a process began, its number counts as long as it shows that it is alive', async (t) => {
  const root = await rootOf(t);
  const file = path.join(root, 'owner-1');
  await writeFile(file, JSON.stringify({ ...thisProcess(), began: '' }));
  assert.ok(await isInUse(root));
  await utimes(file, long(-10), long(-10));
  assert.ok(!(await isInUse(root)));
  assert.deepEqual(await readdir(root), ['owner-1'], 'nothing is left of the look at the clock');
});

test('of two who began to count at different numbers the later one gives way', async (t) => {
  const root = await rootOf(t);
  // Somebody is between its first look, at a folder whose owner had died, and its file.
  const dead = { ...thisProcess(), pid: 2 ** 30 };
  await writeFile(path.join(root, 'owner-7'), JSON.stringify(dead));
  await writeFile(path.join(root, 'owner-1'), JSON.stringify(thisProcess()));
  assert.equal(await takeLock(root), undefined);
  assert.deepEqual(await owners(root), ['owner-1', 'owner-7']);
  await writeFile(path.join(root, 'owner-1'), JSON.stringify(dead));
  const lock = await takeLock(root);
  assert.deepEqual(await owners(root), ['owner-8'], 'those of the dead are removed, however many');
  assert.ok(await lock?.isHeld());
  await lock?.release();
  assert.ok(!(await lock?.isHeld()));
});

test('who was taken for dead does not remove what another process goes on with', async (t) => {
  const root = await rootOf(t);
  const first = await RunFolder.open(root, DIGEST);
  await keep(first, 'first');
  // As another computer sees it that lost its connection for minutes.
  const file = path.join(first.directory, 'owner-1');
  await writeFile(file, JSON.stringify({ ...thisProcess(), host: 'elsewhere' }));
  await utimes(file, long(-10), long(-10));
  const second = await RunFolder.open(root, DIGEST);
  assert.equal(second.directory, first.directory);
  await first.finish();
  assert.deepEqual([await readdir(root), await owners(second.directory)], [[NAME], ['owner-2']]);
  await second.finish();
  assert.deepEqual(await readdir(root), []);
  // Nor does it mind when all is gone.
  const third = await RunFolder.open(root, DIGEST);
  await rename(third.directory, path.join(root, 'elsewhere'));
  await third.finish();
  assert.deepEqual(await readdir(root), ['elsewhere']);
});

test('a run takes up what is there before it begins anew, and when it is done nothing of its kind stays', async (t) => {
  const root = await rootOf(t);
  const [first, second, third] = [
    await RunFolder.open(root, DIGEST),
    await RunFolder.open(root, DIGEST),
    await RunFolder.open(root, DIGEST),
  ];
  const other = await RunFolder.open(root, 'cd'.repeat(32));
  await keep(second, 'second');
  await first.remove();
  await second.release();
  const next = await RunFolder.open(root, DIGEST);
  assert.deepEqual([path.basename(next.directory), next.isNew], [`${NAME}-2`, false]);
  await next.release();
  await other.release();
  const last = await RunFolder.open(root, DIGEST);
  await last.finish();
  // The third one is alive, and the other is of another program or input.
  assert.deepEqual((await readdir(root)).toSorted(), [path.basename(other.directory), `${NAME}-3`].toSorted());
  await third.finish();
  assert.deepEqual(await readdir(root), [path.basename(other.directory)]);
});

test('clean counts and removes while runs begin and end, and never takes one from a process that lives', async (t) => {
  const root = await rootOf(t);
  let isOver = false;
  const worker = async (n: number): Promise<void> => {
    for (let round = 0; round < 25; round++) {
      const folder = await RunFolder.open(root, `${n % 2}c`.repeat(32));
      await keep(folder, `worker ${n}`);
      await sleep(1);
      assert.ok(await folder.store.resultOf(`job-${'12'.repeat(32)}`), 'nobody has touched it');
      await (round % 3 === 0 ? folder.release() : round % 3 === 1 ? folder.remove() : folder.finish());
    }
  };
  const cleaner = async (): Promise<number> => {
    let looks = 0;
    for (; !isOver; looks++) await cleanRuns(root);
    return looks;
  };
  const cleaning = Promise.all([cleaner(), cleaner()]);
  await Promise.all([0, 1, 2, 3].map(worker)).finally(() => (isOver = true));
  assert.ok((await cleaning).every((looks) => looks > 5));
  await cleanRuns(root);
  assert.deepEqual(await readdir(root), []);
});

test('clean passes over what only has the name of a run', async (t) => {
  const root = await rootOf(t);
  await writeFile(path.join(root, NAME), 'a file');
  assert.deepEqual(await cleanRuns(root), { directory: root, removed: 0, bytes: 0, inUse: 0 });
  assert.deepEqual(await readdir(root), [NAME]);
});
