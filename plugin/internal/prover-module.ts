/** The only door from the plugin to the prover, opened at first use. */
import type { ProverModule } from '../../prover/index.ts';
import { pluginError } from './errors.ts';

export type { ProverModule };

/** Loads the prover library. */
export async function loadProverModule(): Promise<ProverModule> {
  try {
    return await import('../../prover/index.ts');
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw pluginError(`The prover library cannot be loaded: ${(error as Error).message.split('\n')[0]}.`, error);
  }
}
