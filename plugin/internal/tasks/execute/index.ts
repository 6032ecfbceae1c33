import { task } from 'hardhat/config';
import { INPUT, JSON_FLAG, NO_BUILD_FLAG, PROGRAM, PROOF, TEXT } from '../options.ts';

/** The task `zkvm execute`. */
export default task(
  ['zkvm', 'execute'],
  'Run a program without proving: its public values, output, and where its cycles go. Takes seconds; do this first. Exit code 1 when the program fails',
)
  .addPositionalArgument({ name: 'program', description: PROGRAM })
  .addOption({ name: 'input', description: INPUT, ...TEXT })
  .addOption(PROOF)
  .addFlag({
    name: 'assumeProofs',
    description:
      'Run on where the program verifies a statement of which no proof is given, as if it were true, and say which ones',
  })
  .addOption({ name: 'cycleLimit', description: 'Stop after exactly this many instructions', ...TEXT })
  .addOption({
    name: 'profile',
    description: 'Write where the cycles go: a page with a flame graph (.html), or a file for speedscope.app (.json)',
    ...TEXT,
  })
  .addFlag({ name: 'trace', description: 'Print every executed instruction (also with --cycle-limit)' })
  .addFlag(NO_BUILD_FLAG)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
