import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { formatBytes, formatSeconds } from '../../text/format.ts';
import { loadProverModule } from '../../prover-module.ts';

export default taskAction<CommonArguments>(async (_args, hre, run) => {
  const info = await hre.zkvm.setup(run);
  const { verifierHash } = await loadProverModule();
  const hash = verifierHash(info.verifier);
  return {
    lines: [
      info.created ? `Keys made in ${formatSeconds(info.seconds)}.` : 'Keys found in the cache and checked.',
      `proving key:  ${info.keyFile} (${formatBytes(info.keyBytes)}, sha256 ${info.keyHash})`,
      `circuit:      ${info.constraints.toLocaleString('en-US')} constraints, domain 2^${info.logDomain}`,
      `verifier:     hash ${hash}, proofs begin with ${hash.slice(0, 10)}`,
      ...(info.verifier.insecureSetup
        ? ['INSECURE: these are development keys. Their secret is public; use them on test chains only.']
        : []),
    ],
    json: { ...info, verifierHash: hash, selector: hash.slice(0, 10) },
  };
});
