import { pluginError } from '../../errors.ts';
import { formatBytes, formatSeconds } from '../../text/format.ts';
import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { parseMode } from '../arguments.ts';
import { readInputProofs } from '../input-proofs.ts';
import { interrupted } from '../interrupted.ts';
import { checkAggregateTarget, proofByteLength, proofWriter, writePaths } from '../proof-files.ts';

type Arguments = CommonArguments & {
  readonly proofs: readonly string[];
  readonly mode: string;
  readonly out: string | undefined;
  readonly force: boolean;
  readonly noResume: boolean;
};

export default taskAction<Arguments>(async (args, hre, run) => {
  const mode = parseMode(args.mode);
  if (mode === 'core')
    throw pluginError(
      'An aggregate has no proof of mode core, which holds no other proofs: choose groth16 or compressed.',
    );
  const target = { program: 'aggregate', mode, out: args.out, force: args.force };
  await checkAggregateTarget(target);
  const proofs = await readInputProofs(hre, args.proofs);
  const writer = proofWriter(target);
  const request = { ...run, mode, resume: !args.noResume, onProof: writer.onProof };
  const { proof, root, statements } = await hre.zkvm.aggregate(proofs, request).catch(interrupted(args.noResume));
  const { file, taken } = writer.written();
  const listed = statements.map((statement, i) => ({ file: args.proofs[i], ...statement }));
  const { file: paths } = await writePaths({ root, statements: listed }, file, args.force);
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
