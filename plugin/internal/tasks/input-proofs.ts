/** Proof files as inputs of programs: the option `--proof`, and the arguments of `zkvm aggregate`. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { pluginError } from '../errors.ts';
import { loadProverModule } from '../prover-module.ts';
import type { Proof } from '../../types.ts';

/** The option: files separated by commas; a backslash before a comma makes it part of a name. */
export function parseProofFiles(option: string | undefined): string[] {
  if (option === undefined) return [];
  const files = option.split(/(?<!\\),/).map((file) => file.trim().replaceAll('\\,', ','));
  if (files.includes('')) throw pluginError('--proof names files separated by commas, and one of the names is empty.');
  return files;
}

/**
 * Reads proof files, and refuses what no program can verify: other modes than compressed, proofs of failures, two of one
 * statement. Errors: a plugin error that names the file.
 */
export async function readInputProofs(hre: HardhatRuntimeEnvironment, files: readonly string[]): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const file of files) proofs.push(await hre.zkvm.readProof(file));
  const { CompositionError, provedStatements } = await loadProverModule();
  try {
    provedStatements(proofs, files);
  } catch (error) {
    throw error instanceof CompositionError ? pluginError(error.message, error) : error;
  }
  return proofs;
}
