/** From an ELF file to what the prover runs and proves. */
import type { Program } from '../../../prover/api.ts';
import { pluginError } from '../errors.ts';
import { loadProverModule } from '../prover-module.ts';
import type { ProgramFile } from '../../types.ts';

/** Loads a program. Errors: a plugin error that names the file and says why it is no program. */
export async function loadProgramFile({ path, elf }: ProgramFile): Promise<Program> {
  const { loadProgram } = await loadProverModule();
  try {
    return loadProgram(elf);
  } catch (error) {
    throw pluginError(`${path}: ${(error as Error).message}.`, error);
  }
}
