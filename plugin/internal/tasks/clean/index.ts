import { task } from 'hardhat/config';
import { JSON_FLAG } from '../options.ts';

/** The task `zkvm clean`. */
export default task(
  ['zkvm', 'clean'],
  'Remove the finished proofs that interrupted runs of zkvm prove have left; those of runs that are going on stay',
)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
