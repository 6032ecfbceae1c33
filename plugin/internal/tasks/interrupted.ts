/** What an interrupted task says that keeps its finished proofs. */
import { pluginError } from '../errors.ts';

/** A proof that is being made; where it is interrupted, and what is finished of it stays, the error says how to go on. */
export async function resumable<T>(proving: Promise<T>, noResume: boolean): Promise<T> {
  try {
    return await proving;
  } catch (error) {
    if (noResume || !(error instanceof Error && error.name === 'AbortError')) throw error;
    throw pluginError(
      'Interrupted; the same command goes on with the proofs that are finished, and "zkvm clean" removes them.',
      error,
    );
  }
}
