import { pluginError } from '../../errors.ts';
import { formatBytes, formatSeconds } from '../../text/format.ts';
import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { parseMode } from '../arguments.ts';
import { readInputProofs } from '../input-proofs.ts';
import { resumable } from '../interrupted.ts';
import { checkFree, checkProofTarget, proofByteLength, writeProof, writeResult } from '../proof-files.ts';

type Arguments = CommonArguments & {
  readonly proofs: readonly string[];
  readonly mode: string;
  readonly out: string | undefined;
  readonly force: boolean;
  readonly noResume: boolean;
};

/** The file with the paths, beside that of the proof. */
function pathsFile(proofFile: string): string {
  return `${proofFile.replace(/(?:\.proof)?\.json$/, '')}.paths.json`;
}

export default taskAction<Arguments>(async (args, hre, run) => {
  const mode = parseMode(args.mode);
  if (mode === 'core')
    throw pluginError(
      'An aggregate has no proof of mode core, which holds no other proofs: choose groth16 or compressed.',
    );
  const target = { program: 'aggregate', mode, out: args.out, force: args.force };
  await checkProofTarget(target);
  // Not only the proof takes minutes: without its paths nobody can use it.
  if (args.out !== undefined) await checkFree(pathsFile(args.out), args.force, '');
  const proofs = await readInputProofs(hre, args.proofs);
  const proving = hre.zkvm.aggregate(proofs, { ...run, mode, resume: !args.noResume });
  const { proof, root, statements } = await resumable(proving, args.noResume);
  const { file, taken } = await writeProof(proof, target);
  const listed = statements.map((statement, i) => ({ file: args.proofs[i], ...statement }));
  const text = `${JSON.stringify({ root, statements: listed }, null, 2)}\n`;
  const { file: paths } = await writeResult(pathsFile(file), text, args.force, 'The paths were');
  const total = Object.values(proof.stats.seconds).reduce((sum, seconds) => sum + seconds, 0);
  const each = formatSeconds(total / statements.length);
  return {
    lines: [
      `${statements.length} ${statements.length === 1 ? 'proof' : 'proofs'} aggregated in ${formatSeconds(total)}, ${each} each`,
      `root:          ${root}`,
      `verifying key: ${proof.vkey}`,
      `proof:         ${file} (${formatBytes(proofByteLength(proof))}, ${proof.stats.securityBits} bits)`,
      ...(taken === undefined ? [] : [`               (${taken} was there already and stays; --force replaces)`]),
      `paths:         ${paths}`,
      ...(mode === 'groth16' ? [`next:          npx hardhat zkvm submit ${file} --to <AggregateVerifier>`] : []),
    ],
    json: {
      mode,
      file,
      ...(taken === undefined ? {} : { taken }),
      paths,
      root,
      vkey: proof.vkey,
      publicValues: proof.publicValues,
      statements: listed,
      stats: proof.stats,
    },
  };
}, 'aggregate');
