import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { defined } from '../../defined.ts';
import { parseCycleLimit, parseMode } from '../arguments.ts';
import { parseProofFiles, readInputProofs } from '../input-proofs.ts';
import { parseInput } from '../input.ts';
import { lastLines } from '../../text/printable.ts';
import { formatBytes, formatSeconds } from '../../text/format.ts';
import { pluginError } from '../../errors.ts';
import { checkProofTarget, proofByteLength, writeProof } from '../proof-files.ts';
import type { GuestRun } from '../../../types.ts';

type Arguments = CommonArguments & {
  readonly program: string;
  readonly input: string | undefined;
  readonly proof: string | undefined;
  readonly mode: string;
  readonly out: string | undefined;
  readonly cycleLimit: string | undefined;
  readonly force: boolean;
  readonly noResume: boolean;
  readonly allowFailure: boolean;
};

/** Lines of a failed program's stderr that are shown. */
const LAST_LINES = 5;

function failure(exitCode: number, stderr: readonly string[]): string[] {
  return [`exit code ${exitCode}${stderr.length === 0 ? '' : '; the last it said:'}`, ...stderr.map((s) => `  ${s}`)];
}

export default taskAction<Arguments>(async (args, hre, run) => {
  const mode = parseMode(args.mode);
  const limits = defined({ cycleLimit: parseCycleLimit(args.cycleLimit) });
  const input = await parseInput(args.input);
  const proofs = await readInputProofs(hre, parseProofFiles(args.proof));
  const { name } = await hre.zkvm.program(args.program, run);
  const target = { program: name, mode, out: args.out, force: args.force };
  await checkProofTarget(target);
  let stderr: string[] = [];
  const onRun = (guest: GuestRun): void => {
    if (guest.exitCode === 0) return;
    stderr = lastLines(guest.stderr, LAST_LINES);
    // Said at once: who wanted another run need not wait for the proof.
    if (args.quiet === true) return;
    const [first, ...rest] = failure(guest.exitCode, stderr);
    console.error([`${name} FAILED with ${first}`, ...rest, 'Its failure is proved now.'].join('\n'));
  };
  const request = { ...run, mode, input, proofs, ...limits, resume: !args.noResume, onRun };
  const proof = await hre.zkvm.prove(args.program, request).catch((error: unknown) => {
    if (args.noResume || !(error instanceof Error && error.name === 'AbortError')) throw error;
    throw pluginError(
      'Interrupted; the same command goes on with the proofs that are finished, and "zkvm clean" removes them.',
      error,
    );
  });
  const { file, taken } = await writeProof(proof, target);
  const total = Object.values(proof.stats.seconds).reduce((sum, seconds) => sum + seconds, 0);
  const stages = Object.entries(proof.stats.seconds)
    .map(([stage, seconds]) => `${stage} ${formatSeconds(seconds)}`)
    .join(', ');
  const byteLength = proofByteLength(proof);
  const { exitCode } = proof;
  const cost = `${proof.stats.cycles.toLocaleString('en-US')} cycles, ${formatSeconds(total)}`;
  const [first, ...rest] = failure(exitCode, stderr);
  return {
    lines: [
      exitCode === 0 ? `${name} proved in mode ${mode}: ${cost}` : `${name} FAILED with ${first}`,
      ...(exitCode === 0 ? [] : [...rest, `Proved in mode ${mode} that it failed so: ${cost}`]),
      `public values: ${proof.publicValues}`,
      `verifying key: ${proof.vkey}`,
      `proof:         ${file} (${formatBytes(byteLength)}, ${proof.stats.securityBits} bits)`,
      ...(taken === undefined ? [] : [`               (${taken} was there already and stays; --force replaces)`]),
      `time:          ${stages}`,
      ...(mode === 'groth16' ? [`next:          npx hardhat zkvm submit ${file}`] : []),
      ...(exitCode === 0 ? [] : ['No contract accepts a run that failed.']),
    ],
    programFailed: exitCode !== 0 && !args.allowFailure,
    json: {
      program: name,
      mode,
      success: exitCode === 0,
      exitCode,
      ...(exitCode === 0 ? {} : { stderr: stderr.join('\n') }),
      file,
      ...(taken === undefined ? {} : { taken }),
      vkey: proof.vkey,
      publicValues: proof.publicValues,
      proofBytes: byteLength,
      stats: proof.stats,
    },
  };
}, 'prove');
