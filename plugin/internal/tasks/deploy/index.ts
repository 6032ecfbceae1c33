import { task } from 'hardhat/config';
import { JSON_FLAG, QUIET_FLAG, TEXT } from '../options.ts';

/** The task `zkvm deploy`. */
export default task(
  ['zkvm', 'deploy'],
  'Deploy verifier and gateway to the network of --network and record the addresses',
)
  .addOption({
    name: 'owner',
    description: 'Owner of a new gateway, who must accept it; default: the sender',
    ...TEXT,
  })
  .addFlag({
    name: 'mock',
    description: 'Deploy the mock verifier, which proves nothing; local and simulated chains only',
  })
  .addFlag({ name: 'allowInsecureSetup', description: 'Use development keys on a public test chain' })
  .addFlag(QUIET_FLAG)
  .addFlag(JSON_FLAG)
  .setAction(() => import('./action.ts'))
  .build();
