import { createFileAtomically, writeFileAtomically } from '../../files/atomic.ts';
import { pluginError } from '../../errors.ts';
import { formatBytes, formatSeconds } from '../../text/format.ts';
import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { parseMode } from '../arguments.ts';
import { readInputProofs } from '../input-proofs.ts';
import { checkProofTarget, proofByteLength, writeProof } from '../proof-files.ts';

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

async function writePaths(file: string, text: string, force: boolean): Promise<void> {
  if (force) return writeFileAtomically(file, text);
  if (!(await createFileAtomically(file, text)))
    throw pluginError(`${file} is there already: the proof is written, but not its paths; pass --force to replace it.`);
}

export default taskAction<Arguments>(async (args, hre, run) => {
  const mode = parseMode(args.mode);
  if (mode === 'core')
    throw pluginError(
      'An aggregate has no proof of mode core, which holds no other proofs: choose groth16 or compressed.',
    );
  const target = { program: 'aggregate', mode, out: args.out, force: args.force };
  await checkProofTarget(target);
  const proofs = await readInputProofs(hre, args.proofs);
  const { proof, root, statements } = await hre.zkvm.aggregate(proofs, { ...run, mode, resume: !args.noResume });
  const { file } = await writeProof(proof, target);
  const paths = pathsFile(file);
  const listed = statements.map((statement, i) => ({ file: args.proofs[i], ...statement }));
  await writePaths(paths, `${JSON.stringify({ root, statements: listed }, null, 2)}\n`, args.force);
  const total = Object.values(proof.stats.seconds).reduce((sum, seconds) => sum + seconds, 0);
  const each = formatSeconds(total / statements.length);
  return {
    lines: [
      `${statements.length} ${statements.length === 1 ? 'proof' : 'proofs'} aggregated in ${formatSeconds(total)}, ${each} each`,
      `root:          ${root}`,
      `verifying key: ${proof.vkey}`,
      `proof:         ${file} (${formatBytes(proofByteLength(proof))}, ${proof.stats.securityBits} bits)`,
      `paths:         ${paths}`,
      ...(mode === 'groth16' ? [`next:          npx hardhat zkvm submit ${file} --to <AggregateVerifier>`] : []),
    ],
    json: {
      mode,
      file,
      paths,
      root,
      vkey: proof.vkey,
      publicValues: proof.publicValues,
      statements: listed,
      stats: proof.stats,
    },
  };
}, 'aggregate');
