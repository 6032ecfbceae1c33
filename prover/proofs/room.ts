/** Whether an execution has room in one proof, without filling its trace. */
import { DEFAULT_CYCLE_LIMIT, executeRecorded } from '../vm/run/execute.ts';
import type { Program } from '../vm/program.ts';
import type { ProvedStatement } from '../vm/syscalls/chain.ts';
import { defaultSystem } from '../system/default.ts';
import { type System, syscallsOf } from '../system/definition.ts';
import { CapacityError, chooseCore, MAX_CYCLES } from '../system/tiers.ts';

/** Room in one proof: the tier that is taken, or a sentence that names the limit that is exceeded. */
export type ProofRoom =
  { readonly fits: true; readonly tier: string } | { readonly fits: false; readonly reason: string };

/**
 * Says if an execution of `cycles` instructions that halts fits in one proof. Unless it is too long anyway, it runs again
 * and is recorded, which takes about a second. Undefined when the run traps: there is no proof of it, whatever its length.
 */
export function proofRoom(
  program: Program,
  input: readonly Uint8Array[],
  cycles: number,
  proved: readonly ProvedStatement[] = [],
  system: System = defaultSystem(),
): ProofRoom | undefined {
  if (cycles > MAX_CYCLES) {
    return {
      fits: false,
      reason: `one proof has room for ${MAX_CYCLES.toLocaleString('en-US')} cycles, this takes ${cycles.toLocaleString('en-US')}`,
    };
  }
  const limits = { cycleLimit: MAX_CYCLES, unconstrainedLimit: DEFAULT_CYCLE_LIMIT, proved };
  const { record } = executeRecorded(program, input, syscallsOf(system), limits);
  if (record === undefined) return undefined;
  try {
    return { fits: true, tier: chooseCore(system, program, record).tier.id };
  } catch (error) {
    // The reason stands within a sentence.
    const reason = (text: string): string => text.replace(/^The /, 'the ');
    if (error instanceof CapacityError) return { fits: false, reason: reason(error.message) };
    throw error;
  }
}
