import { task } from 'hardhat/config';
import { JSON_FLAG, NO_BUILD_FLAG, PROGRAM } from '../options.ts';

/** The task `zkvm inspect`. */
export default task(['zkvm', 'inspect'], 'What is inside a proof or a program: stages, tables, sizes, security bits')
  .addPositionalArgument({ name: 'target', description: `A proof file, or a program: ${PROGRAM}` })
  .addFlag(NO_BUILD_FLAG)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
