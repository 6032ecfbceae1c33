import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { defined } from '../../defined.ts';
import { parseAddress } from '../../chain/address.ts';

type Arguments = CommonArguments & {
  readonly proof: string;
  readonly to: string | undefined;
  readonly function: string | undefined;
};

export default taskAction<Arguments>(async (args, hre, run) => {
  const to = parseAddress('to', args.to);
  const proof = await hre.zkvm.readProof(args.proof);
  const connection = await hre.network.getOrCreate();
  const notes: string[] = [];
  if (to === undefined && connection.networkConfig.type === 'edr-simulated') {
    const { gateway } = await connection.zkvm.deploy(run);
    notes.push(`Deployed a gateway at ${gateway.address} first: this chain lives inside the process.`);
  }
  const submission = await connection.zkvm.submit(proof, { ...run, ...defined({ to, function: args.function }) });
  return {
    lines: [
      ...notes,
      `The ${submission.target === 'consumer' ? 'contract' : 'verifier'} ${submission.to} accepted the proof.`,
      `transaction: ${submission.transaction}`,
      `gas:         ${submission.gasUsed.toLocaleString('en-US')}`,
      ...(submission.target === 'verifier' ? ['Nothing was stored; pass --to <consumer> to tell a contract.'] : []),
    ],
    json: { accepted: true, network: connection.networkName, ...submission },
  };
});
