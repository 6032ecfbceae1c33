import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { createHardhatRuntimeEnvironment } from 'hardhat/hre';
import { validate } from '../../plugin/internal/hook-handlers/config.ts';
import zkvm from '../../plugin/index.ts';
import { project } from '../support/project.ts';

test('defaults are folders of the project', async (t) => {
  const { hre, root } = await project(t);
  assert.deepEqual(hre.config.zkvm, {
    programs: path.join(root, 'programs'),
    deployments: path.join(root, 'deployments'),
  });
});

test('settings are resolved against the project', async (t) => {
  const { hre, root } = await project(t, { zkvm: { programs: 'guests', cacheDir: '/tmp/keys', threads: 1 } });
  assert.equal(hre.config.zkvm.programs, path.join(root, 'guests'));
  assert.equal(hre.config.zkvm.cacheDir, '/tmp/keys');
  assert.equal(hre.config.zkvm.threads, 1);
});

test('every mistake is named with its path, all at once', () => {
  const errors = validate({ program: 'x', programs: '', threads: 0, cacheDir: 5 });
  assert.deepEqual(errors.map(({ path: at }) => at.join('.')).toSorted(), [
    'zkvm.cacheDir',
    'zkvm.program',
    'zkvm.programs',
    'zkvm.threads',
  ]);
  assert.equal(validate([]).length, 1);
  assert.deepEqual(validate(undefined), []);
  for (const threads of [0, -1, 1.5, 257, '2', Number.NaN])
    assert.equal(validate({ threads }).length, 1, String(threads));
});

test('a bad configuration stops Hardhat', async () => {
  const config = { plugins: [zkvm], zkvm: { threads: -1 } };
  await assert.rejects(createHardhatRuntimeEnvironment(config), /threads/);
});

test('all tasks are there and have a description', async (t) => {
  const { hre } = await project(t);
  for (const name of ['build', 'execute', 'prove', 'verify', 'vkey', 'setup', 'clean', 'deploy', 'submit', 'inspect']) {
    const task = hre.tasks.getTask(['zkvm', name]);
    assert.ok(task.description.length > 30, name);
    assert.ok(task.options.has('json'), `${name} has --json`);
  }
});
