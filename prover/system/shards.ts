/** Where executions are cut: what the largest tier with a program's key has room for, on a machine with all system calls. */
import { mainCapacity } from '../stark/layout.ts';
import type { Program } from '../vm/program.ts';
import type { ShardLimits } from '../vm/run/limits.ts';
import { syscallsOf, type System } from './definition.ts';
import { keyTiers } from './tiers.ts';

/**
 * Most shards of one proof. Soundness: every shard adds to the chance of a forgery (the calculator of `stark/security` counts as
 * many); an execution of this length takes weeks.
 */
export const MAX_SHARDS = 2 ** 16;

/**
 * What one shard of a program may hold. All tiers with the program's key have one key, so whichever takes a shard, the shards
 * fit together. CapacityError for a program that no key has room for.
 */
export function shardLimits(system: Pick<System, 'cores' | 'tiers'>, program: Program): ShardLimits {
  // Which system calls an execution makes is not known before it ends; the last machine has all.
  const calls = syscallsOf(system);
  const core = system.cores.find(({ syscalls }) => [...calls.keys()].every((number) => syscalls.has(number)));
  const machine = core ?? system.cores.at(-1)!;
  const tiers = keyTiers(system.tiers, machine.preprocess(program));
  const largest = tiers.reduce((a, b) => (mainCapacity(b) > mainCapacity(a) ? b : a));
  return { ...machine.room(program), maxLogHeight: largest.logRows, maxCells: mainCapacity(largest) };
}
