/** What the plugin keeps of interrupted runs, where, and how it is removed. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import type { ProgressEvent, Proof, ProveRequest } from '../../plugin/types.ts';
import { assembleWithSymbols } from '../elf/symbol-table.ts';
import { haltSequence } from '../support/guest.ts';
import { proofOf } from '../support/file-proofs.ts';
import { project } from '../support/project.ts';

/** A project with a cache directory of its own, and a program in it. */
async function ofItsOwn(t: TestContext, source = haltSequence(0)) {
  const { root, hre } = await project(t, { zkvm: { cacheDir: 'cache' } });
  const file = path.join(root, 'ends.elf');
  await writeFile(file, assembleWithSymbols(`_start: ${source}`, ['_start']).elf);
  return { hre, file, runs: path.join(root, 'cache', 'runs') };
}

/** Begins to prove, and ends it when its core proof begins. */
async function interrupted(
  hre: HardhatRuntimeEnvironment,
  file: string,
  more: ProveRequest = {},
): Promise<ProgressEvent[]> {
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const events: ProgressEvent[] = [];
  const onProgress = (event: ProgressEvent): void => {
    events.push(event);
    if (event.stage === 'core') controller.abort(reason);
  };
  const proving = hre.zkvm.prove(file, { mode: 'core', signal: controller.signal, onProgress, ...more });
  await assert.rejects(proving, (error) => error === reason);
  return events;
}

async function clean(hre: HardhatRuntimeEnvironment, t: TestContext): Promise<{ text: string; value: unknown }> {
  const log = t.mock.method(console, 'log', () => undefined);
  const value: unknown = await hre.tasks.getTask(['zkvm', 'clean']).run({ json: false });
  const text = log.mock.calls.map(({ arguments: [line] }) => String(line)).join('\n');
  log.mock.restore();
  return { text, value };
}

test('an interrupted run is kept below the cache directory for its owner alone, taken up, and cleaned away', async (t) => {
  const { hre, file, runs } = await ofItsOwn(t);
  const none = await clean(hre, t);
  assert.equal(none.text, `No interrupted run has left anything in ${runs}.`);
  assert.ok(!existsSync(runs));
  const executed = ({ stage, status }: ProgressEvent): boolean => stage === 'execute' && status === 'done';
  assert.ok((await interrupted(hre, file)).some(executed));
  const [run = '', ...others] = await readdir(runs);
  assert.deepEqual(others, []);
  if (process.platform !== 'win32') assert.equal((await stat(path.join(runs, run))).mode & 0o777, 0o700);
  // It goes on: the program is not executed again.
  assert.ok(!(await interrupted(hre, file)).some(executed));
  assert.deepEqual(await readdir(runs), [run]);
  const cleaned = await clean(hre, t);
  assert.match(cleaned.text, /^Removed what 1 run left in \S+: \d[\d.]* (?:bytes|[kM]B)\.$/);
  assert.ok(cleaned.text.includes(runs));
  assert.deepEqual(await readdir(runs), []);
  assert.ok((cleaned.value as { value: { bytes: number } }).value.bytes > 500);
});

test('with resume: false nothing is kept and nothing is taken', async (t) => {
  const { hre, file, runs } = await ofItsOwn(t);
  await interrupted(hre, file, { resume: false });
  assert.ok(!existsSync(runs));
  await interrupted(hre, file);
  const events = await interrupted(hre, file, { resume: false });
  assert.ok(events.some(({ stage, status }) => stage === 'execute' && status === 'done'));
  const option = hre.tasks.getTask(['zkvm', 'prove']).options.get('noResume');
  assert.match(option?.description ?? '', /finished proofs of a run tell its input/);
});

test('an interruption of a task says that it can go on, where it can', async (t) => {
  const { hre, file } = await ofItsOwn(t);
  const input = path.join(path.dirname(file), 'input.json');
  await writeFile(input, JSON.stringify(proofOf(1)));
  const GOES_ON =
    /^Interrupted; the same command goes on with the proofs that are finished, and "zkvm clean" removes them\.$/;
  const ENDED = /^Interrupted; temporary files were removed\.$/;
  for (const [name, args, moment] of [
    ['prove', { program: file, mode: 'core' }, /core: started/],
    ['aggregate', { proofs: [input], mode: 'compressed' }, /execute: started/],
  ] as const)
    for (const [noResume, message] of [
      [false, GOES_ON],
      [true, ENDED],
    ] as const) {
      const log = t.mock.method(console, 'log', () => undefined);
      const write = t.mock.method(process.stderr, 'write', (text: string) => {
        if (moment.test(text)) process.emit('SIGINT');
        return true;
      });
      const task = hre.tasks.getTask(['zkvm', name]);
      await assert.rejects(task.run({ ...args, json: true, noResume }), { message }, name);
      assert.equal(
        (JSON.parse(String(log.mock.calls.at(-1)?.arguments[0])) as { error: { code: string } }).error.code,
        'INTERRUPTED',
      );
      write.mock.restore();
      log.mock.restore();
    }
});

test('a proof that cannot be written is not lost: the next run has it in no time', async (t) => {
  const { hre, file, runs } = await ofItsOwn(t);
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  const given: Proof[] = [];
  const onProof = async (proof: Proof): Promise<void> => {
    given.push(proof);
    // What was made of it is there until it is written.
    assert.equal((await readdir(runs)).length, 1);
    if (given.length === 1) throw full;
  };
  await assert.rejects(hre.zkvm.prove(file, { mode: 'core', onProof }), full);
  const stages: string[] = [];
  const onProgress = ({ stage, status }: ProgressEvent): void => void (status === 'done' && stages.push(stage));
  const proof = await hre.zkvm.prove(file, { mode: 'core', onProof, onProgress });
  assert.deepEqual(stages, ['verify']);
  assert.equal(given[1], proof);
  assert.equal(proof.proof, given[0]?.proof);
  assert.deepEqual(await readdir(runs), []);
  const out = path.join(path.dirname(file), 'written.json');
  const task = hre.tasks.getTask(['zkvm', 'prove']);
  const log = t.mock.method(console, 'log', () => undefined);
  await task.run({ program: file, mode: 'core', out, quiet: true });
  log.mock.restore();
  assert.equal((JSON.parse(await readFile(out, 'utf8')) as Proof).proof, proof.proof);
});

test('a run that fails before it is proved leaves nothing', async (t) => {
  const { hre, file, runs } = await ofItsOwn(t, 'ebreak');
  await assert.rejects(hre.zkvm.prove(file, { mode: 'core' }), /trapped at pc/);
  assert.deepEqual(await readdir(runs), []);
});

test('a cache directory that cannot hold runs is one sentence, and --no-resume does without it', async (t) => {
  const { hre, file, runs } = await ofItsOwn(t);
  await mkdir(path.dirname(runs));
  await writeFile(runs, 'not a directory');
  await assert.rejects(hre.zkvm.prove(file, { mode: 'core' }), {
    message:
      /^The directory of finished proofs .* is not a directory: mend that, choose another cache directory, or prove with --no-resume\.$/,
  });
  await interrupted(hre, file, { resume: false });
});
