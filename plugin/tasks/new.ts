import path from 'node:path';
import { pluginError } from '../errors.ts';
import { taskAction } from '../internal/action.ts';
import type { CommonArguments } from '../internal/action.ts';
import { createProgram } from '../internal/new-program/new-program.ts';

type Arguments = CommonArguments & { readonly name: string; readonly noStd: boolean; readonly c: boolean };

/** The numbers 13 and 29 as the templates read them. */
const INPUT = '0x0d0000001d000000';

export default taskAction<Arguments>(async ({ name, noStd, c }, hre) => {
  if (noStd && c) throw pluginError('Choose one of --no-std and --c: a program in C has no standard library anyway.');
  const { root, sources, tests } = hre.config.paths;
  const files = await createProgram(name, c ? 'c' : noStd ? 'bare' : 'rust', {
    root,
    programs: hre.config.zkvm.programs,
    contracts: sources.solidity[0] ?? path.join(root, 'contracts'),
    tests: testFolder(tests, root),
  });
  const relative = files.map((file) => path.relative(root, file));
  const next = [
    `npx hardhat zkvm build ${name}`,
    `npx hardhat zkvm execute ${name} --input ${INPUT}`,
    'npx hardhat test',
  ];
  return {
    lines: [...relative.map((file) => `made ${file}`), '', 'Next:', ...next.map((command) => `  ${command}`)],
    json: { program: name, files, next },
  };
});

/** The folder of tests in TypeScript: that of the test runner in use. */
function testFolder(tests: object, root: string): string {
  const folders = new Map<string, unknown>(Object.entries(tests));
  const folder = folders.get('mocha') ?? folders.get('nodejs');
  return typeof folder === 'string' ? folder : path.join(root, 'test');
}
