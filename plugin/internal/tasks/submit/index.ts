import { task } from 'hardhat/config';
import { JSON_FLAG, QUIET_FLAG, TEXT } from '../options.ts';

/** The task `zkvm submit`. */
export default task(
  ['zkvm', 'submit'],
  'Send a Groth16 proof in a transaction; prints gas, or why the contract refused it',
)
  .addPositionalArgument({ name: 'proof', description: 'A file written by zkvm prove --mode groth16' })
  .addOption({ name: 'to', description: 'Consumer, gateway or verifier; default: the recorded gateway', ...TEXT })
  .addOption({
    name: 'function',
    description: "The consumer's function that takes (bytes publicValues, bytes proofBytes); default submitProof",
    ...TEXT,
  })
  .addFlag(QUIET_FLAG)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
