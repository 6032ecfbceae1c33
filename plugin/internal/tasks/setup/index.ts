import { task } from 'hardhat/config';
import { JSON_FLAG, QUIET_FLAG } from '../options.ts';

/** The task `zkvm setup`. */
export default task(
  ['zkvm', 'setup'],
  'Make the Groth16 keys once for all programs (development setup: INSECURE, for test chains only)',
)
  .addFlag(QUIET_FLAG)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
