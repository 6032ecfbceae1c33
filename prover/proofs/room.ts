/** Into how many shards an execution falls, without a digest and without filling a trace. */
import { HALTED_PC } from '../vm/address-map.ts';
import { countShards, DEFAULT_CYCLE_LIMIT, executeInShards } from '../vm/run/execute.ts';
import type { Program } from '../vm/program.ts';
import type { Proved } from '../vm/syscalls/statements.ts';
import { defaultSystem } from '../system/default.ts';
import { type System, syscallsOf } from '../system/definition.ts';
import { CapacityError, chooseCore, MOST_SHARDS, shardLimits, tooManyShards } from '../system/tiers.ts';
import { MAX_SHARDS } from './execution-body.ts';

/**
 * What a proof of an execution is made of: the number of its shards, with the tier of the only one; or a sentence on why there is
 * none. `core`: whether a proof of mode core, which holds a proof of each shard, has room for them.
 */
export type ProofRoom =
  | { readonly fits: true; readonly shards: number; readonly core: boolean; readonly tier?: string }
  | { readonly fits: false; readonly reason: string };

/**
 * The shards of an execution that halts within `cycleLimit` instructions; it runs again, which takes about twice as long as a
 * plain run. `proved`: statements that it may rely on. Undefined when the run traps: there is no proof of it, whatever its length.
 */
export function proofRoom(
  program: Program,
  input: readonly Uint8Array[],
  cycleLimit: number = DEFAULT_CYCLE_LIMIT,
  proved: Proved = [],
  system: System = defaultSystem(),
  most: number = MOST_SHARDS,
): ProofRoom | undefined {
  try {
    const limits = shardLimits(system, program);
    const options = { limits, cycleLimit, unconstrainedLimit: DEFAULT_CYCLE_LIMIT, proved };
    const { shards, execution } = countShards(program, input, syscallsOf(system), options);
    if (execution.outcome.kind !== 'halt') return undefined;
    if (shards > most) throw tooManyShards(most, execution.cycles);
    // A proof of mode core holds nothing of the proofs that a program verified.
    const core = shards <= MAX_SHARDS && execution.verified.length === 0;
    if (shards > 1) return { fits: true, shards, core };
    const { value } = executeInShards(program, input, syscallsOf(system), options).next();
    if (!('record' in value) || value.job.end.pc !== HALTED_PC) return undefined;
    return { fits: true, shards, core, tier: chooseCore(system, program, value.record).tier.id };
  } catch (error) {
    // The reason stands within a sentence.
    const reason = (text: string): string => text.replace(/^The /, 'the ');
    if (error instanceof CapacityError) return { fits: false, reason: reason(error.message) };
    throw error;
  }
}
