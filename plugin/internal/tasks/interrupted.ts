/** What a task says whose proof was interrupted. */
import { pluginError } from '../errors.ts';

/** Passes errors through; of an interruption it says that the run can be gone on with, where something is kept of it. */
export function interrupted(noResume: boolean): (error: unknown) => never {
  return (error) => {
    if (noResume || !(error instanceof Error && error.name === 'AbortError')) throw error;
    throw pluginError(
      'Interrupted; the same command goes on with the proofs that are finished, and "zkvm clean" removes them.',
      error,
    );
  };
}
