import { task } from 'hardhat/config';
import { JSON_FLAG, NO_BUILD_FLAG, PROGRAM, QUIET_FLAG } from '../options.ts';

/** The task `zkvm vkey`. */
export default task(
  ['zkvm', 'vkey'],
  "A program's verifying key: the bytes32 that a contract stores to trust exactly this program",
)
  .addPositionalArgument({ name: 'program', description: PROGRAM })
  .addFlag(QUIET_FLAG)
  .addFlag(NO_BUILD_FLAG)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
