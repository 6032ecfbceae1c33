import { task } from 'hardhat/config';
import { ArgumentType } from 'hardhat/types/arguments';
import { JSON_FLAG, MODES, NO_RESUME_FLAG, QUIET_FLAG, TEXT } from '../options.ts';

/** The task `zkvm aggregate`. */
export default task(
  ['zkvm', 'aggregate'],
  'Make one proof of many compressed ones, of one or many programs, for the contract AggregateVerifier. Writes the proof, and a file with the path of each statement',
)
  .addVariadicArgument({ name: 'proofs', description: 'Files written by zkvm prove --mode compressed' })
  .addOption({
    name: 'mode',
    description: `${MODES.groth16}: groth16; or compressed, to be verified by a program again`,
    type: ArgumentType.STRING,
    defaultValue: 'groth16',
  })
  .addOption({
    name: 'out',
    shortName: 'o',
    description:
      'Where to write the proof, a file that is not there yet; default aggregate.<mode>.<digest of the statement>.proof.json. The paths go beside it, to .paths.json',
    ...TEXT,
  })
  .addFlag({ name: 'force', description: 'Replace the files when they are there already' })
  .addFlag(QUIET_FLAG)
  .addFlag(NO_RESUME_FLAG)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
