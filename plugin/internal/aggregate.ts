/** One proof of many, by the program that the package ships. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Proof, ProveOptions, Prover } from '../../prover/api.ts';
import type { Aggregate } from '../types.ts';
import { pluginError } from './errors.ts';
import { loadProverModule } from './prover-module.ts';
import { packageFolder } from './toolchain/package-folder.ts';

/**
 * Proves that these proofs verify, in their order. Errors: a plugin error without any proof; CompositionError for proofs that no
 * program can verify; those of `prove`.
 */
export async function aggregate(
  prover: Prover,
  proofs: readonly Proof[],
  options: { readonly mode: 'compressed' | 'groth16' } & Pick<ProveOptions, 'onProof'>,
): Promise<Aggregate> {
  if (proofs.length === 0)
    throw pluginError('There is no proof to aggregate: name one or more, made with --mode compressed.');
  const { aggregateInput, aggregateTree, loadProgram, provedStatements } = await loadProverModule();
  const statements = provedStatements(proofs);
  const { root, paths } = aggregateTree(statements);
  const program = loadProgram(await readFile(path.join(packageFolder(), 'programs/aggregate/aggregate.elf')));
  const proof = await prover.prove(program, [aggregateInput(statements)], { ...options, proofs });
  return {
    proof,
    root,
    statements: statements.map((statement, i) => ({
      ...statement,
      publicValues: proofs[i]!.publicValues,
      path: paths[i]!,
    })),
  };
}
