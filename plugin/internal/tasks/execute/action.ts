import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { pluginError } from '../../errors.ts';
import { defined } from '../../defined.ts';
import { parseCycleLimit } from '../arguments.ts';
import { taskAction } from '../action.ts';
import type { CommonArguments, TaskOutput } from '../action.ts';
import { parseInput } from '../input.ts';
import type { ProgramOptions, RunOptions } from '../../../types.ts';
import { isSuccess, reportJson, reportLines, type Report } from '../../profile/report.ts';
import { findSymbols } from '../../profile/symbols.ts';
import { checkProfileFile, writeProfile } from '../../profile/write.ts';
import { loadProverModule } from '../../prover-module.ts';

type Arguments = CommonArguments & {
  readonly program: string;
  readonly input: string | undefined;
  readonly cycleLimit: string | undefined;
  readonly profile: string | undefined;
  readonly trace: boolean;
};

async function execute(
  args: Arguments,
  hre: HardhatRuntimeEnvironment,
  run: RunOptions & ProgramOptions,
): Promise<TaskOutput> {
  checkProfileFile(args.profile);
  const limits = defined({ cycleLimit: parseCycleLimit(args.cycleLimit) });
  const input = await parseInput(args.input);
  const prover = await loadProverModule();
  const file = await hre.zkvm.program(args.program, run);
  if (args.trace && !args.json) {
    // Built already where it had to be.
    await hre.zkvm.execute(file.path, { input, ...limits, onStep: (text) => console.log(text) });
  }
  const report = profiled(prover, file, await findSymbols(file, prover), args.program, input, limits);
  if (args.profile !== undefined) await writeProfile(args.profile, report, prover);
  const written = args.profile === undefined ? {} : { profile: args.profile };
  return {
    success: isSuccess(report.execution),
    lines: [...reportLines(report), ...(args.profile === undefined ? [] : ['', `profile: ${args.profile}`])],
    json: { ...reportJson(report), ...written },
  };
}

/** Runs the program, profiled, and asks if one proof has room for it. */
function profiled(
  prover: Awaited<ReturnType<typeof loadProverModule>>,
  { path, elf }: { readonly path: string; readonly elf: Uint8Array },
  symbols: Awaited<ReturnType<typeof findSymbols>>,
  program: string,
  input: readonly Uint8Array[],
  limits: { readonly cycleLimit?: number },
): Report {
  const loaded = load(prover, path, elf);
  const { execution, profile } = prover.executeProfiled(loaded, input, symbols, limits);
  const room = execution.outcome.kind === 'halt' ? prover.proofRoom(loaded, input, execution.cycles) : undefined;
  return { program, execution, profile, room };
}

function load(prover: Awaited<ReturnType<typeof loadProverModule>>, path: string, elf: Uint8Array) {
  try {
    return prover.loadProgram(elf);
  } catch (error) {
    throw pluginError(`${path}: ${(error as Error).message}.`, error);
  }
}

export default taskAction(execute);
