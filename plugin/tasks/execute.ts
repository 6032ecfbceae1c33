import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { defined, parseCycleLimit } from '../internal/arguments.ts';
import { taskAction } from '../internal/action.ts';
import type { CommonArguments, TaskOutput } from '../internal/action.ts';
import { parseInput } from '../internal/input.ts';
import type { Execution } from '../types.ts';

type Arguments = CommonArguments & {
  readonly program: string;
  readonly input: string | undefined;
  readonly cycleLimit: string | undefined;
  readonly trace: boolean;
};

function describe({ outcome, cycles }: Execution): string {
  const count = cycles.toLocaleString('en-US');
  if (outcome.kind === 'halt') return `halted with exit code ${outcome.exitCode} after ${count} cycles`;
  if (outcome.kind === 'limit') return `reached the cycle limit after ${count} cycles`;
  return `trapped at pc 0x${outcome.pc.toString(16).padStart(8, '0')} after ${count} cycles: ${outcome.cause}`;
}

async function execute(args: Arguments, hre: HardhatRuntimeEnvironment): Promise<TaskOutput> {
  const onStep = args.trace && !args.json ? { onStep: (text: string) => console.log(text) } : {};
  const limits = defined({ cycleLimit: parseCycleLimit(args.cycleLimit) });
  const execution = await hre.zkvm.execute(args.program, { input: await parseInput(args.input), ...limits, ...onStep });
  const text = new TextDecoder();
  const [stdout, stderr] = [text.decode(execution.stdout), text.decode(execution.stderr)];
  const publicValues = `0x${Buffer.from(execution.publicValues).toString('hex')}`;
  const mix = Object.entries(execution.instructionMix ?? {}).toSorted(([, a], [, b]) => b - a);
  const success = execution.outcome.kind === 'halt' && execution.outcome.exitCode === 0;
  return {
    success,
    lines: [
      ...(stdout === '' ? [] : [stdout.trimEnd()]),
      ...(stderr === '' ? [] : [`stderr: ${stderr.trimEnd()}`]),
      `${args.program} ${describe(execution)}`,
      `public values: ${publicValues}`,
      ...mix.slice(0, 10).map(([name, count]) => `  ${name.padEnd(8)} ${count.toLocaleString('en-US').padStart(14)}`),
      ...(success ? [] : ['This run cannot be proved for a contract: only exit code 0 can.']),
    ],
    json: {
      program: args.program,
      outcome: execution.outcome,
      cycles: execution.cycles,
      publicValues,
      stdout,
      stderr,
      instructionMix: execution.instructionMix ?? {},
    },
  };
}

export default taskAction(execute);
