/** A temporary Hardhat project with the plugin in it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { HardhatUserConfig } from 'hardhat/config';
import { createHardhatRuntimeEnvironment } from 'hardhat/hre';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import zkvm from '../../plugin/index.ts';

/** Creates the project and removes it after the test. */
export async function project(
  t: Pick<TestContext, 'after'>,
  config: HardhatUserConfig = {},
): Promise<{ root: string; hre: HardhatRuntimeEnvironment }> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'hardhat-zkvm-test-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await writeFile(path.join(root, 'package.json'), '{ "type": "module" }');
  await mkdir(path.join(root, 'programs'));
  return { root, hre: await createHardhatRuntimeEnvironment({ plugins: [zkvm], ...config }, {}, root) };
}
