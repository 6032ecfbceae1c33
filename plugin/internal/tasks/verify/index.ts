import { task } from 'hardhat/config';
import { ALLOW_FAILURE, EXIT_CODES, JSON_FLAG, NO_BUILD_FLAG, PROGRAM, QUIET_FLAG, TEXT } from '../options.ts';

/** The task `zkvm verify`. */
export default task(['zkvm', 'verify'], `Check a proof file off chain, whatever its mode. ${EXIT_CODES}`)
  .addPositionalArgument({ name: 'proof', description: 'A file written by zkvm prove' })
  .addOption({ name: 'program', description: `The program it must belong to: ${PROGRAM}`, ...TEXT })
  .addOption({ name: 'vkey', description: 'The verifying key it must belong to, as bytes32', ...TEXT })
  .addFlag(ALLOW_FAILURE)
  .addFlag(QUIET_FLAG)
  .addFlag(NO_BUILD_FLAG)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
