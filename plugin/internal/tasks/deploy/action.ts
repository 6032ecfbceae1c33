import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { defined } from '../../defined.ts';
import { parseAddress } from '../../chain/address.ts';
import type { DeployedContract } from '../../../types.ts';

type Arguments = CommonArguments & {
  readonly owner: string | undefined;
  readonly mock: boolean;
  readonly allowInsecureSetup: boolean;
};

function describe({ address, gasUsed, reused }: DeployedContract): string {
  return `${address} (${reused ? 'was there already' : `${gasUsed.toLocaleString('en-US')} gas`})`;
}

export default taskAction<Arguments>(async ({ owner, mock, allowInsecureSetup }, hre, run) => {
  const address = parseAddress('owner', owner);
  const connection = await hre.network.getOrCreate();
  const deployment = await connection.zkvm.deploy({ ...run, mock, allowInsecureSetup, ...defined({ owner: address }) });
  return {
    lines: [
      `network:  ${connection.networkName}, chain ${deployment.chainId}`,
      `gateway:  ${describe(deployment.gateway)}`,
      `verifier: ${describe(deployment.verifier)}, proofs begin with ${deployment.selector}`,
      `owner:    ${deployment.owner}`,
      deployment.record === undefined
        ? 'Not recorded: this chain lives inside the process and ends with it. Use --network localhost for one that stays.'
        : `recorded: ${deployment.record}`,
      ...deployment.notes,
      ...(mock ? ['MOCK: this verifier proves nothing.'] : []),
      ...(deployment.insecureSetup && !mock ? ['INSECURE: development keys; anyone can forge proofs.'] : []),
    ],
    json: { network: connection.networkName, mock, ...deployment },
  };
});
