/** Tasks, options, settings and errors that the pages name are there, and the README names every task. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Interface, type InterfaceAbi } from 'ethers';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { ABIS } from '../../plugin/internal/chain/artifacts.ts';
import { blocksOf, commandsOf, inlineCode } from '../support/documents.ts';
import { project } from '../support/project.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const PAGES = globSync(['*.md', 'docs/*.md', 'contracts/*.md', 'bench/*.md', 'programs/**/*.md'], {
  cwd: REPOSITORY,
  exclude: (name) => /[\\/]?(?:node_modules|target)$/.test(name),
}).filter((file) => path.basename(file) !== 'CHANGELOG.md');

const TASK = /^(?:npx hardhat )?zkvm ([a-z]+)\b(.*)$/;

/** Options of Hardhat for every task that our pages use. */
const GLOBAL = ['network', 'config', 'help'];

/** Options as they are typed: `--cycle-limit` for cycleLimit. */
function optionsOf(hre: HardhatRuntimeEnvironment, task: string): Set<string> {
  const names = [...hre.tasks.getTask(['zkvm', task]).options.keys(), ...GLOBAL];
  return new Set(names.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`));
}

function checkCommand(hre: HardhatRuntimeEnvironment, command: string, where: string): number {
  const [, task, rest] = TASK.exec(command) ?? [];
  if (task === undefined || rest === undefined) return 0;
  const known = optionsOf(hre, task);
  for (const [option] of rest.matchAll(/(?<=\s)--[a-z][a-z-]*/g))
    assert.ok(known.has(option), `${where}: "${command}": zkvm ${task} has no ${option}`);
  return 1;
}

test('every zkvm command of every page names a task and options that exist', async (t) => {
  const { hre } = await project(t);
  let commands = 0;
  for (const file of PAGES) {
    for (const code of inlineCode(REPOSITORY, file)) commands += checkCommand(hre, code, file);
    for (const block of blocksOf(REPOSITORY, file).filter(({ language }) => language === ''))
      for (const command of commandsOf(block)) commands += checkCommand(hre, command, `${file}:${block.line}`);
  }
  assert.ok(commands > 60, `${commands} commands`);
});

test("the README's table of tasks has every task, and every option in a row belongs to its task", async (t) => {
  const { hre } = await project(t);
  const tasks = [...hre.tasks.getTask('zkvm').subtasks.keys()];
  const codes = inlineCode(REPOSITORY, 'README.md').map((code) => code.trim());
  for (const task of tasks)
    assert.ok(
      codes.some((code) => code.startsWith(`zkvm ${task}`)),
      `zkvm ${task} is missing`,
    );
  let current: string | undefined;
  let checked = 0;
  for (const code of codes) {
    const row = /^zkvm (\w+) ?[<[]/.exec(code) ?? /^zkvm (setup|deploy)$/.exec(code);
    if (row !== null) current = row[1];
    else if (code.startsWith('<')) current = undefined;
    const option = /^--[a-z][a-z-]*/.exec(code)?.[0];
    if (current === undefined || option === undefined) continue;
    assert.ok(optionsOf(hre, current).has(option), `README.md: zkvm ${current} has no ${option}`);
    checked += 1;
  }
  assert.ok(checked > 12, `${checked} options`);
});

test('every error that the README explains can be thrown by the contracts', () => {
  const errors = new Set<string>();
  for (const abi of ABIS) new Interface(abi as unknown as InterfaceAbi).forEachError(({ name }) => errors.add(name));
  const named = inlineCode(REPOSITORY, 'README.md').flatMap((code) => /^([A-Z]\w+)\([^)]*\)$/.exec(code)?.[1] ?? []);
  assert.ok(named.includes('InvalidProof'));
  for (const name of named) assert.ok(errors.has(name), name);
});

test('the help of zkvm prove says which modes give the input away', async (t) => {
  const { hre } = await project(t);
  const mode = hre.tasks.getTask(['zkvm', 'prove']).options.get('mode');
  assert.match(
    mode?.description ?? '',
    /Only groth16 hides the input: who gets a core or compressed proof may learn it/,
  );
});
