/** Which core machine and which tier an execution is proved with, and sentences for those that have no room in any. */
import type { Machine, PreprocessedTraces } from '../air/machine.ts';
import { ZkError } from '../core/errors.ts';
import { layerLayout, mainCapacity, preCapacity } from '../stark/layout.ts';
import type { LayerParameters } from '../stark/parameters.ts';
import type { ExecutionRecord } from '../vm/execution-record.ts';
import type { Program } from '../vm/program.ts';
import type { ShardLimits } from '../vm/run/limits.ts';
import { RECORD_CYCLE_LIMIT } from '../vm/run/record.ts';
import type { CoreMachine, TraceShape } from '../machines/rv32im/machine.ts';

/**
 * Most instructions of one shard, whatever their mix: beyond, times have no room in 24 bits. Rows and cells usually end
 * first, between one and two million instructions.
 */
export const MAX_CYCLES = RECORD_CYCLE_LIMIT;

/** Most shards of one proof: each adds to the chance of a forgery, so there has to be a bound. As many take weeks. */
export const MOST_SHARDS = 2 ** 16;

/** A program or shard that no tier has room for, or an execution that no proof has. Code TOO_LARGE. */
export class CapacityError extends ZkError {}

/** The part of a system that a choice is made from: core machines, smallest first, and tiers, smallest first. */
export type Choices = { readonly cores: readonly CoreMachine[]; readonly tiers: readonly LayerParameters[] };

/** A core machine and a tier: what one lift program is for. */
export type CoreLayer = { readonly core: CoreMachine; readonly tier: LayerParameters };

/**
 * What one shard of an execution has room for: the largest tier that holds the key of the program, and the largest machine.
 * Whatever is recorded within these limits fits there (`chooseCore` takes less where less will do, as for the last shard).
 * CapacityError.
 */
export function shardLimits({ cores, tiers }: Choices, program: Program): ShardLimits {
  const core = cores.at(-1)!;
  return limitsOf({ core, tier: keyTiers(tiers, core.preprocess(program)).at(-1)! }, program);
}

/** The refusal of an execution that needs more than `most` shards; so many hold `cycles` instructions, or all. */
export function tooManyShards(most: number, cycles: number): CapacityError {
  const count = (value: number): string => value.toLocaleString('en-US');
  return new CapacityError(
    'TOO_LARGE',
    `The execution needs more than ${count(most)} shards, the most that one proof has room for (${count(cycles)} instructions): shorten the execution or split the work over several proofs.`,
  );
}

/** What one shard has room for on a machine and a tier. */
export function limitsOf({ core, tier }: CoreLayer, program: Program): ShardLimits {
  return { maxLogHeight: tier.logRows, maxCells: mainCapacity(tier), ...core.counted(program) };
}

/**
 * The smallest core machine that has the system calls of a shard, and the smallest tier that holds its key and trace: for
 * shards that are full, that is the largest. CapacityError names the limit that is exceeded; ZkError SYSTEM_CALL where no
 * machine has the calls.
 */
export function chooseCore(system: Choices, program: Program, record: ExecutionRecord): CoreLayer {
  const core = chooseMachine(system.cores, record);
  return { core, tier: chooseTier(system.tiers, core.machine, core.preprocess(program), core.shape(program, record)) };
}

/** The first machine with all system calls of an execution. ZkError SYSTEM_CALL where there is none. */
export function chooseMachine(cores: readonly CoreMachine[], record: ExecutionRecord): CoreMachine {
  const called = [...record.calls.keys()];
  const core = cores.find(({ syscalls }) => called.every((number) => syscalls.has(number)));
  if (core !== undefined) return core;
  const numbers = called.map((number) => `0x${number.toString(16)}`).sort();
  throw new ZkError(
    'SYSTEM_CALL',
    `No machine of this version proves all system calls of the execution (${numbers.join(', ')}): split the work over several proofs.`,
  );
}

/** Tiers whose key matrix holds these preprocessed tables; all of them have the same verifying key. CapacityError. */
export function keyTiers(tiers: readonly LayerParameters[], preprocessed: PreprocessedTraces): LayerParameters[] {
  const height = Math.max(0, ...preprocessed.map((columns) => columns[0]?.length ?? 0));
  const cells = preprocessed.reduce((sum, columns) => sum + columns.length * (columns[0]?.length ?? 0), 0);
  const fitting = tiers.filter((tier) => height <= 2 ** tier.logPreRows && cells <= preCapacity(tier));
  const smallest = fitting[0];
  if (smallest === undefined) {
    const columns = preprocessed.reduce((sum, table) => sum + table.length, 0);
    const room = Math.max(...tiers.map((tier) => Math.min(preCapacity(tier) / columns, 2 ** tier.logPreRows)));
    throw new CapacityError(
      'TOO_LARGE',
      `The text of the program has more than ${count(height / 2)} instructions, and the largest verifying key has room for ${count(2 ** Math.floor(Math.log2(room)))}: make the program smaller (optimise for size, leave out what it does not call).`,
    );
  }
  return fitting.filter((tier) => tier.logPreRows === smallest.logPreRows);
}

/** The smallest tier that holds the key and the trace. CapacityError names the limit that is exceeded. */
export function chooseTier(
  tiers: readonly LayerParameters[],
  machine: Machine,
  preprocessed: PreprocessedTraces,
  trace: TraceShape,
): LayerParameters {
  const logHeight = Math.max(...trace.map((chip) => chip.logHeight));
  const cells = trace.reduce((sum, chip) => sum + chip.columns.length * 2 ** chip.logHeight, 0);
  const fits = (tier: LayerParameters): boolean => logHeight <= tier.logRows && cells <= mainCapacity(tier);
  const ofKey = keyTiers(tiers, preprocessed);
  const tier = ofKey.find(fits);
  if (tier === undefined) throw new CapacityError('TOO_LARGE', whatIsFull(machine, ofKey.at(-1)!, trace, cells));
  // Refuses machine and parameters that do not fit each other.
  layerLayout(machine, tier);
  return tier;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Which limit of the largest tier is exceeded, and by which chips. */
function whatIsFull({ chips }: Machine, tier: LayerParameters, trace: TraceShape, cells: number): string {
  const shapes = trace.map(({ columns, logHeight }, i) => ({
    name: chips[i]?.name ?? '',
    logHeight,
    cells: columns.length * 2 ** logHeight,
  }));
  const mend = 'cut the execution into more shards';
  const highest = shapes.reduce((a, b) => (b.logHeight > a.logHeight ? b : a));
  if (highest.logHeight > tier.logRows) {
    return `The execution needs 2^${highest.logHeight} rows of the chip ${highest.name}, and one proof has room for 2^${tier.logRows} rows of each chip: ${mend}.`;
  }
  const largest = shapes.toSorted((a, b) => b.cells - a.cells).slice(0, 3);
  const most = largest.map((chip) => `${chip.name} ${count(chip.cells)}`).join(', ');
  return `The execution needs ${count(cells)} trace cells, and one proof has room for ${count(mainCapacity(tier))} (most of them by the chips ${most}): ${mend}.`;
}
