import { task } from 'hardhat/config';
import { JSON_FLAG, QUIET_FLAG, TEXT } from '../options.ts';

/** The task `zkvm build`. */
export default task(
  ['zkvm', 'build'],
  'Compile programs in Rust or C to RISC-V; needs a compiler, while programs with a committed .elf need nothing',
)
  .addPositionalArgument({
    name: 'program',
    description: 'A name under programs/ or a folder; all programs when left out',
    ...TEXT,
  })
  .addFlag({
    name: 'check',
    description: 'Write nothing; fail unless the committed files are what the source gives',
  })
  .addFlag({
    name: 'locked',
    description: 'Fail where Cargo.lock is missing or would change; always so with --check and where CI is set',
  })
  .addOption({ name: 'features', description: "Features of the program's crate, separated by commas", ...TEXT })
  .addFlag({ name: 'noDefaultFeatures', description: 'Without the default features' })
  .addOption({ name: 'bin', description: 'Which of several programs of a crate', ...TEXT })
  .addFlag({
    name: 'asInManifest',
    description: 'Forget features and program of the last build, which count when none are given',
  })
  .addFlag({ name: 'allowKeyChange', description: 'Where CI is set: the verifying key may change' })
  .addFlag(QUIET_FLAG)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
