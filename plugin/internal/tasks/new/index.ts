import { task } from 'hardhat/config';
import { JSON_FLAG } from '../options.ts';

/** The task `zkvm new`. */
export default task(
  ['zkvm', 'new'],
  'Make a new program: its source, a contract that accepts its proofs, and a test of both',
)
  .addPositionalArgument({ name: 'name', description: 'Small letters, digits and dashes, such as price-feed' })
  .addFlag({ name: 'noStd', description: 'In Rust without the standard library' })
  .addFlag({ name: 'c', description: 'In C' })
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
