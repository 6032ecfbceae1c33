import { task } from 'hardhat/config';
import { ArgumentType } from 'hardhat/types/arguments';
import {
  ALLOW_FAILURE,
  EXIT_CODES,
  INPUT,
  JSON_FLAG,
  MODES,
  NO_BUILD_FLAG,
  NO_RESUME_FLAG,
  PROGRAM,
  PROOF,
  QUIET_FLAG,
  TEXT,
} from '../options.ts';

const MODES_TEXT = Object.entries(MODES)
  .map(([mode, what]) => `${mode} (${what})`)
  .join(', ');

/** The task `zkvm prove`. */
export default task(
  ['zkvm', 'prove'],
  `Run a program and write a proof file. Minutes in mode groth16, seconds in mode core. ${EXIT_CODES}`,
)
  .addPositionalArgument({ name: 'program', description: PROGRAM })
  .addOption({ name: 'input', description: INPUT, ...TEXT })
  .addOption(PROOF)
  .addOption({
    name: 'mode',
    description: `${MODES_TEXT}. Only groth16 hides the input: who gets a core or compressed proof may learn it`,
    type: ArgumentType.STRING,
    defaultValue: 'groth16',
  })
  .addOption({
    name: 'out',
    shortName: 'o',
    description:
      'Where to write the proof, a file that is not there yet; default <program>.<mode>.<digest of the statement>.proof.json',
    ...TEXT,
  })
  .addOption({ name: 'cycleLimit', description: 'Refuse to prove more than this many instructions', ...TEXT })
  .addFlag({ name: 'force', description: 'Replace the file when it is there already' })
  .addFlag(ALLOW_FAILURE)
  .addFlag(QUIET_FLAG)
  .addFlag(NO_RESUME_FLAG)
  .addFlag(NO_BUILD_FLAG)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
