import path from 'node:path';
import { pluginError } from '../../errors.ts';
import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { createProgram, toolsOf } from './new-program.ts';
import type { ProjectTools } from './new-program.ts';

type Arguments = CommonArguments & { readonly name: string; readonly noStd: boolean; readonly c: boolean };

/** The numbers 13 and 29 as the templates read them. */
const INPUT = 'u32:13+u32:29';

/** Plugins that run tests in TypeScript. */
const RUNNERS = ['hardhat-mocha', 'hardhat-node-test-runner'];

export default taskAction<Arguments>(async ({ name, noStd, c }, hre) => {
  if (noStd && c) throw pluginError('Choose one of --no-std and --c: a program in C has no standard library anyway.');
  const { root, sources, tests } = hre.config.paths;
  const plugins = hre.config.plugins.map(({ id }) => id);
  const tools = toolsOf(plugins);
  const folders = {
    root,
    programs: hre.config.zkvm.programs,
    contracts: sources.solidity[0] ?? path.join(root, 'contracts'),
    tests: testFolder(tests, tools.runner, root),
    scripts: path.join(root, 'scripts'),
  };
  const files = await createProgram(name, c ? 'c' : noStd ? 'bare' : 'rust', folders, tools);
  const relative = files.map((file) => path.relative(root, file));
  const next = [
    `npx hardhat zkvm build ${name}`,
    `npx hardhat zkvm execute ${name} --input ${INPUT}`,
    RUNNERS.some((id) => plugins.includes(id)) ? 'npx hardhat test' : `${nodeTest()} ${relative.at(-1) ?? ''}`,
    `npx hardhat run scripts/deploy-${name}.ts --network localhost`,
  ];
  return {
    lines: [...relative.map((file) => `made ${file}`), '', 'Next:', ...next.map((command) => `  ${command}`)],
    json: { program: name, files, next },
  };
});

/** Without a plugin that runs tests in TypeScript, Node does it by itself; before 22.18 it wants to be asked. */
function nodeTest(): string {
  return process.features.typescript === false ? 'node --experimental-strip-types --test' : 'node --test';
}

/** The folder of tests in TypeScript: that of the test runner in use. */
function testFolder(tests: object, runner: ProjectTools['runner'], root: string): string {
  const folders = new Map<string, unknown>(Object.entries(tests));
  const folder = folders.get(runner === 'mocha' ? 'mocha' : 'nodejs');
  return typeof folder === 'string' ? folder : path.join(root, 'test');
}
