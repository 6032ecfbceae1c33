import { pluginError } from '../../errors.ts';
import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { defined } from '../../defined.ts';
import { parseBytes32 } from '../arguments.ts';
import { formatSeconds } from '../../text/format.ts';

type Arguments = CommonArguments & {
  readonly proof: string;
  readonly program: string | undefined;
  readonly vkey: string | undefined;
  readonly allowFailure: boolean;
};

export default taskAction<Arguments>(async (args, hre, run) => {
  if (args.program !== undefined && args.vkey !== undefined)
    throw pluginError('Pass either --program or --vkey, not both.');
  const proof = await hre.zkvm.readProof(args.proof);
  const vkey =
    args.program === undefined
      ? args.vkey === undefined
        ? undefined
        : parseBytes32('vkey', args.vkey)
      : await hre.zkvm.vkey(args.program, run);
  const report = await hre.zkvm.verify(proof, { ...run, ...defined({ vkey }) });
  const { exitCode } = report;
  return {
    lines: [
      exitCode === 0
        ? `Accepted in ${formatSeconds(report.seconds)}: program ${report.vkey} halted with exit code 0.`
        : `The proof is accepted (${formatSeconds(report.seconds)}), but what it proves is a failure: program ${report.vkey} FAILED with exit code ${exitCode}.`,
      `public values: ${report.publicValues}`,
      ...(vkey === undefined
        ? ['The proof itself names the program; pass --program or --vkey to check that it is yours.']
        : []),
    ],
    programFailed: exitCode !== 0 && !args.allowFailure,
    json: { accepted: true, success: exitCode === 0, checkedKey: vkey !== undefined, ...report },
  };
}, 'verify');
