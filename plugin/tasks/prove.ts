import { taskAction } from '../internal/action.ts';
import type { CommonArguments } from '../internal/action.ts';
import { defined, parseCycleLimit, parseMode } from '../internal/arguments.ts';
import { writeFileAtomically } from '../internal/files.ts';
import { parseInput } from '../internal/input.ts';
import { formatBytes, formatSeconds } from '../internal/progress.ts';
import type { Proof } from '../types.ts';

type Arguments = CommonArguments & {
  readonly program: string;
  readonly input: string | undefined;
  readonly mode: string;
  readonly out: string | undefined;
  readonly cycleLimit: string | undefined;
};

/** Length of the proof itself in bytes. */
export function proofByteLength({ mode, proof }: Proof): number {
  return mode === 'groth16' ? proof.length / 2 - 1 : Buffer.byteLength(proof, 'base64');
}

export default taskAction<Arguments>(async (args, hre, run) => {
  const mode = parseMode(args.mode);
  const limits = defined({ cycleLimit: parseCycleLimit(args.cycleLimit) });
  const { name } = await hre.zkvm.program(args.program, run);
  const proof = await hre.zkvm.prove(args.program, { ...run, mode, input: await parseInput(args.input), ...limits });
  const file = args.out ?? `${name}.${mode}.proof.json`;
  await writeFileAtomically(file, `${JSON.stringify(proof, null, 2)}\n`);
  const total = Object.values(proof.stats.seconds).reduce((sum, seconds) => sum + seconds, 0);
  const byteLength = proofByteLength(proof);
  return {
    lines: [
      `${name} proved in mode ${mode}: ${proof.stats.cycles.toLocaleString('en-US')} cycles, ${formatSeconds(total)}`,
      `public values: ${proof.publicValues}`,
      `verifying key: ${proof.vkey}`,
      `proof:         ${file} (${formatBytes(byteLength)}, ${proof.stats.securityBits} bits)`,
      ...(mode === 'groth16' ? [`next:          npx hardhat zkvm submit ${file}`] : []),
    ],
    json: {
      program: name,
      mode,
      file,
      vkey: proof.vkey,
      publicValues: proof.publicValues,
      exitCode: proof.exitCode,
      proofBytes: byteLength,
      stats: proof.stats,
    },
  };
});
