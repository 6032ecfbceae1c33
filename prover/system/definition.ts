/**
 * The proof system as one static whole: core machine, tiers, lift, wrap. Everything that proves or verifies takes its
 * machines and parameters from here.
 */
import type { Machine, PreprocessedTraces } from '../air/machine.ts';
import { ZkError } from '../core/errors.ts';
import { standardMachine, type CoreMachine } from '../machines/standard.ts';
import { LIFT_HEIGHTS, recursionTarget, WRAP_HEIGHTS, type RecursionTarget } from '../recursion/target.ts';
import { CORE_L, CORE_L_BIG, CORE_M, CORE_M_BIG, CORE_S, LIFT, WRAP_RATE_6 } from '../stark/layers.ts';
import { layerLayout, mainCapacity, preCapacity } from '../stark/layout.ts';
import type { LayerParameters } from '../stark/parameters.ts';
import { RECORD_CYCLE_LIMIT } from '../vm/run/record.ts';

/** Version of proofs, keys and their encodings: what one version makes, no other accepts. */
export const SYSTEM_VERSION = 1;

/** Core layers, smallest first. The position of a tier is the position of its lift key in the control tree. */
export const TIERS: readonly LayerParameters[] = [CORE_S, CORE_M, CORE_L, CORE_M_BIG, CORE_L_BIG];

/**
 * Most instructions of one proof, whatever their mix: beyond, times have no room in 24 bits. Rows and cells usually end
 * first, between one and two million instructions; longer programs wait for continuations.
 */
export const MAX_CYCLES = RECORD_CYCLE_LIMIT;

export type System = {
  /** The core machine with what fills its tables. */
  readonly rv32im: CoreMachine;
  readonly core: Machine;
  readonly lift: RecursionTarget;
  readonly liftLayer: LayerParameters;
  readonly wrap: RecursionTarget;
  readonly wrapLayer: LayerParameters;
};

let system: System | undefined;

/** Records the machines once per process. */
export function theSystem(): System {
  if (system !== undefined) return system;
  const rv32im = standardMachine();
  system = {
    rv32im,
    core: rv32im.machine,
    lift: recursionTarget(LIFT_HEIGHTS),
    liftLayer: LIFT,
    wrap: recursionTarget(WRAP_HEIGHTS),
    // Rate 1/64: the outermost circuit stays below 2^20 constraints with half the hashing of rate 1/128.
    wrapLayer: WRAP_RATE_6,
  };
  return system;
}

/** A program or execution that no tier has room for. Code TOO_LARGE. */
export class CapacityError extends ZkError {}

/** Tiers whose key matrix holds these preprocessed tables; all of them have the same verifying key. */
export function keyTiers(preprocessed: PreprocessedTraces): LayerParameters[] {
  const height = Math.max(0, ...preprocessed.map((columns) => columns[0]?.length ?? 0));
  const cells = preprocessed.reduce((sum, columns) => sum + columns.length * (columns[0]?.length ?? 0), 0);
  const fitting = TIERS.filter((tier) => height <= 2 ** tier.logPreRows && cells <= preCapacity(tier));
  const smallest = fitting[0];
  if (smallest === undefined) {
    throw new CapacityError(
      'TOO_LARGE',
      `The program's text and data need ${cells} cells of the verifying key, the largest key has ${preCapacity(CORE_L_BIG)}: make the ELF smaller (strip it, optimise for size, move data to the input).`,
    );
  }
  return fitting.filter((tier) => tier.logPreRows === smallest.logPreRows);
}

/** What counts for the room of a chip's trace. */
type ChipShape = { readonly logHeight: number; readonly columns: { readonly length: number } };

/** The smallest tier that holds the key and the trace. CapacityError names the limit that is exceeded. */
export function chooseTier(preprocessed: PreprocessedTraces, trace: readonly ChipShape[]): LayerParameters {
  const { core } = theSystem();
  const logHeight = Math.max(...trace.map((chip) => chip.logHeight));
  const cells = trace.reduce((sum, chip) => sum + chip.columns.length * 2 ** chip.logHeight, 0);
  const fits = (tier: LayerParameters): boolean => logHeight <= tier.logRows && cells <= mainCapacity(tier);
  const tiers = keyTiers(preprocessed);
  const tier = tiers.find(fits);
  if (tier !== undefined) {
    layerLayout(core, tier);
    return tier;
  }
  throw new CapacityError('TOO_LARGE', whatIsFull(tiers.at(-1) ?? CORE_L, trace, cells));
}

/** Which limit of the largest tier is exceeded, and by which chips. */
function whatIsFull(tier: LayerParameters, trace: readonly ChipShape[], cells: number): string {
  const { chips } = theSystem().core;
  const shapes = trace.map(({ columns, logHeight }, i) => ({
    name: chips[i]?.name ?? '',
    logHeight,
    cells: columns.length * 2 ** logHeight,
  }));
  const mend = 'shorten the execution or split the work over several proofs';
  const highest = shapes.reduce((a, b) => (b.logHeight > a.logHeight ? b : a));
  if (highest.logHeight > tier.logRows) {
    return `The execution needs 2^${highest.logHeight} rows of the chip ${highest.name}, and one proof has room for 2^${tier.logRows} rows of each chip: ${mend}.`;
  }
  const count = (value: number): string => value.toLocaleString('en-US');
  const largest = shapes.toSorted((a, b) => b.cells - a.cells).slice(0, 3);
  const most = largest.map((chip) => `${chip.name} ${count(chip.cells)}`).join(', ');
  return `The execution needs ${count(cells)} trace cells, and one proof has room for ${count(mainCapacity(tier))} (most of them by the chips ${most}): ${mend}.`;
}

/** Position of a tier, its name in proofs and in the control tree. */
export function tierIndex(id: string): number {
  const index = TIERS.findIndex((tier) => tier.id === id);
  if (index < 0) throw new ZkError('BAD_LAYER', `"${id}" is no core layer of this version`);
  return index;
}
