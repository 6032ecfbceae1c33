import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { assembleWithSymbols } from '../elf/symbol-table.ts';
import { acceptCommands, type Ended, runCommandLine } from '../support/command-line.ts';
import { haltSequence } from '../support/guest.ts';
import { project } from '../support/project.ts';

/** Writes `\e[2Jat line 1\npanicked: secret\n` to stderr and ends with an exit code. */
const program = (exitCode: number): string => `_start: li t0, 2
  li a0, 2
  la a1, message
  li a2, 31
  ecall
  ${haltSequence(exitCode)}
  .data
  message: .byte ${[...Buffer.from('\u001b[2Jat line 1\npanicked: secret\n')].join(', ')}`;

/** Runs Hardhat's command line in a project, as a user does in continuous integration, where it shows more of errors. */
function hardhat(root: string, ...args: readonly string[]): Promise<Ended> {
  return runCommandLine(root, args, { CI: 'true' });
}

/** A project that Hardhat's command line accepts, with the program in it. */
async function failing(t: Parameters<typeof project>[0], exitCode: number) {
  const { root, hre } = await project(t);
  await writeFile(path.join(root, 'fails.elf'), assembleWithSymbols(program(exitCode), ['_start']).elf);
  await acceptCommands(root);
  return { root, hre };
}

test('proving and verifying a failed run says so and ends with exit code 2', async (t) => {
  const { root } = await failing(t, 3);
  const proved = await hardhat(root, 'zkvm', 'prove', 'fails.elf', '--mode', 'core', '--out', 'f.json');
  assert.equal(proved.code, 2, proved.stderr);
  assert.match(proved.stdout, /^fails FAILED with exit code 3; the last it said:$/m);
  assert.match(proved.stdout, /^ {2}\\u\{1b\}\[2Jat line 1\n {2}panicked: secret$/m);
  assert.doesNotMatch(proved.stdout, /fails proved/);
  assert.match(proved.stderr, /fails FAILED with exit code 3[^]*Its failure is proved now\.\n {2}core: started/);
  // What the program said is not in the proof file: it may hold private input.
  assert.doesNotMatch(await readFile(path.join(root, 'f.json'), 'utf8'), /secret|panicked/);

  const verified = await hardhat(root, 'zkvm', 'verify', 'f.json');
  assert.equal(verified.code, 2);
  assert.match(verified.stdout, /accepted .* FAILED with exit code 3\.$/m);
  const allowed = await hardhat(root, 'zkvm', 'verify', 'f.json', '--allow-failure', '--json');
  assert.equal(allowed.code, 0);
  const json = JSON.parse(allowed.stdout) as Record<string, unknown>;
  assert.deepEqual([json['accepted'], json['success'], json['exitCode']], [true, false, 3]);

  const again = await hardhat(root, 'zkvm', 'prove', 'fails.elf', '--mode', 'core', '--out', 'f.json');
  assert.equal(again.code, 1);
  assert.match(again.stderr, /f\.json is there already/);
  assert.doesNotMatch(again.stderr, /core: started|\n\s+at /);
});

test('run by a script, the task fails and leaves the exit code of the process alone', async (t) => {
  const { root, hre } = await failing(t, 1);
  const run = async (
    task: string,
    args: Parameters<ReturnType<HardhatRuntimeEnvironment['tasks']['getTask']>['run']>[0],
  ) => {
    const log = t.mock.method(console, 'log', () => undefined);
    const result = (await hre.tasks.getTask(['zkvm', task]).run(args)) as { readonly success: boolean };
    log.mock.restore();
    return { success: result.success, json: JSON.parse(String(log.mock.calls.at(-1)?.arguments[0])) as unknown };
  };
  const out = path.join(root, 'f.json');
  const common = { program: path.join(root, 'fails.elf'), mode: 'core', out, json: true, quiet: true };
  const proved = await run('prove', { ...common, allowFailure: true });
  assert.equal(proved.success, true);
  const { success, exitCode, stderr } = proved.json as Record<string, unknown>;
  assert.deepEqual([success, exitCode, stderr], [false, 1, '\\u{1b}[2Jat line 1\npanicked: secret']);
  assert.equal((await run('verify', { proof: out, json: true, quiet: true })).success, false);
  assert.equal(process.exitCode, undefined);
  assert.ok((await readdir(root)).includes('f.json'));

  const runs: number[] = [];
  const proof = await hre.zkvm.prove(common.program, { mode: 'core', onRun: ({ exitCode: code }) => runs.push(code) });
  assert.deepEqual([proof.exitCode, runs], [1, [1]]);
});
