import { defined } from '../../defined.ts';
import { profiledRun } from '../../profile/run.ts';
import { isSuccess, reportJson, reportLines } from '../../profile/report.ts';
import { checkProfileFile, writeProfile } from '../../profile/write.ts';
import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { parseCycleLimit } from '../arguments.ts';
import { loadProverModule } from '../../prover-module.ts';
import { parseProofFiles, readInputProofs } from '../input-proofs.ts';
import { parseInput } from '../input.ts';

type Arguments = CommonArguments & {
  readonly program: string;
  readonly input: string | undefined;
  readonly proof: string | undefined;
  readonly cycleLimit: string | undefined;
  readonly profile: string | undefined;
  readonly trace: boolean;
  readonly assumeProofs: boolean;
};

export default taskAction<Arguments>(async (args, hre, run) => {
  checkProfileFile(args.profile);
  const proofs = await readInputProofs(hre, parseProofFiles(args.proof));
  const { provedStatements } = await loadProverModule();
  const cycleLimit = parseCycleLimit(args.cycleLimit);
  const limits = defined({ cycleLimit });
  const relied = { proved: provedStatements(proofs), isAssumed: args.assumeProofs };
  const input = await parseInput(args.input);
  const file = await hre.zkvm.program(args.program, run);
  const traced = args.trace && !args.json ? { onStep: (text: string): void => console.log(text) } : {};
  const report = await profiledRun({ name: args.program, file, input, limits, ...relied, ...traced });
  if (args.profile !== undefined) await writeProfile(args.profile, report);
  const written = args.profile === undefined ? {} : { profile: args.profile };
  return {
    success: isSuccess(report.execution),
    lines: [...reportLines(report), ...(args.profile === undefined ? [] : ['', `profile: ${args.profile}`])],
    json: { ...reportJson(report), ...written },
  };
});
