/** Whether an execution has room in one proof, without filling its trace. */
import type { Program } from '../vm/program.ts';
import { DEFAULT_CYCLE_LIMIT, executeRecorded } from '../vm/run/execute.ts';
import { CapacityError, chooseTier, MAX_CYCLES, theSystem } from '../system/definition.ts';

/** Room in one proof: the tier that is taken, or a sentence that names the limit that is exceeded. */
export type ProofRoom =
  { readonly fits: true; readonly tier: string } | { readonly fits: false; readonly reason: string };

/**
 * Says if an execution of `cycles` instructions that halts fits in one proof. Unless it is too long anyway, it runs again
 * and is recorded, which takes about a second. Undefined when the run traps: there is no proof of it, whatever its length.
 */
export function proofRoom(program: Program, input: readonly Uint8Array[], cycles: number): ProofRoom | undefined {
  if (cycles > MAX_CYCLES) {
    return {
      fits: false,
      reason: `one proof has room for ${MAX_CYCLES.toLocaleString('en-US')} cycles, this takes ${cycles.toLocaleString('en-US')}`,
    };
  }
  const limits = { cycleLimit: MAX_CYCLES, unconstrainedLimit: DEFAULT_CYCLE_LIMIT };
  const { rv32im } = theSystem();
  const { record } = executeRecorded(program, input, rv32im.syscalls, limits);
  if (record === undefined) return undefined;
  try {
    return { fits: true, tier: chooseTier(rv32im.preprocess(program), rv32im.shape(program, record)).id };
  } catch (error) {
    // The reason stands within a sentence.
    const reason = (text: string): string => text.replace(/^The /, 'the ');
    if (error instanceof CapacityError) return { fits: false, reason: reason(error.message) };
    throw error;
  }
}
