import { emptyTask } from 'hardhat/config';
import { definePlugin } from 'hardhat/plugins';
import type { HardhatPlugin } from 'hardhat/types/plugins';
import * as tasks from './internal/tasks/index.ts';

export type * from './type-extensions.ts';
export type * from './types.ts';

const ZKVM = emptyTask(
  'zkvm',
  'Prove that a Rust program ran, and let a contract check the proof. Usual order: new, build, execute, prove, deploy, submit',
).build();

const plugin: HardhatPlugin = definePlugin({
  id: 'hardhat-zkvm',
  hookHandlers: {
    config: () => import('./internal/hook-handlers/config.ts'),
    hre: () => import('./internal/hook-handlers/hre.ts'),
    network: () => import('./internal/hook-handlers/network.ts'),
  },
  tasks: [ZKVM, ...Object.values(tasks)],
});

export default plugin;
