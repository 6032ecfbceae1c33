/**
 * The static shape of one layer: what follows from the machine and the parameters alone. Prover, verifier and parser
 * read it; nothing here depends on a proof.
 *
 * A machine whose heights are all constants is *packed*: leaf slots have size 2^h and column blocks have fixed
 * positions, both computed here. Otherwise slots are 2^n leaves each and positions are part of the proof and the key.
 */
import type { RecordedChip } from '../air/chip.ts';
import { machineProblems, type Machine } from '../air/machine.ts';
import { ZkError } from '../core/errors.ts';
import { P } from '../field/koalabear.ts';
import type { LayerParameters } from './parameters.ts';
import { packBySize, placeBlocks, splitColumns, type Block } from './stacking.ts';

/** Smallest log2 of a chip's height. */
export const MIN_LOG_HEIGHT = 2;
/** The LogUp argument needs fewer fractions than the characteristic; the verifier checks sum I_a 2^(h_a) < 2^30. */
export const LOG_FRACTION_BOUND = 30;

/** Where the height of a chip comes from: `index` counts the chips of that kind, in machine order. */
export type HeightSource =
  { readonly kind: 'free' | 'key'; readonly index: number } | { readonly kind: 'constant'; readonly logHeight: number };

export type ChipLayout = {
  readonly chip: RecordedChip;
  readonly height: HeightSource;
  /** Largest log2 height that may occur. */
  readonly maxLogHeight: number;
  /** Number of the chip's first group, constraint and column claim among all of the machine. */
  readonly firstGroup: number;
  readonly firstConstraint: number;
  /** Claims of a chip: its main columns, then its preprocessed ones. */
  readonly firstClaim: number;
};

export type LayerLayout = {
  readonly machine: Machine;
  readonly parameters: LayerParameters;
  readonly chips: readonly ChipLayout[];
  readonly groupCount: number;
  readonly constraintCount: number;
  readonly claimCount: number;
  readonly freeHeightCount: number;
  readonly keyHeightCount: number;
  readonly mainBlocks: readonly Block[];
  readonly preBlocks: readonly Block[];
  /** L: the GKR tree has 2^logLeaves leaves. */
  readonly logLeaves: number;
  /** Zerocheck rounds: the largest height that may occur. */
  readonly rounds: number;
  /** Fixed places, when all heights are constants. */
  readonly packed: PackedLayout | undefined;
};

export type PackedLayout = {
  readonly mainStarts: readonly number[];
  readonly preStarts: readonly number[];
  /** First leaf of every group. */
  readonly slotStarts: readonly number[];
};

const cache = new WeakMap<Machine, WeakMap<LayerParameters, LayerLayout>>();

/** The layout of a layer. ZkError BAD_LAYER when machine and parameters do not fit each other. */
export function layerLayout(machine: Machine, parameters: LayerParameters): LayerLayout {
  let known = cache.get(machine);
  if (known === undefined) cache.set(machine, (known = new WeakMap()));
  let layout = known.get(parameters);
  if (layout === undefined) known.set(parameters, (layout = computeLayout(machine, parameters)));
  return layout;
}

function refuse(machine: Machine, parameters: LayerParameters, problem: string): never {
  throw new ZkError('BAD_LAYER', `layer "${parameters.id}", machine "${machine.name}": ${problem}`);
}

function computeLayout(machine: Machine, parameters: LayerParameters): LayerLayout {
  checkParameters(machine, parameters);
  const { logRows, logPreRows } = parameters;
  const chips: ChipLayout[] = [];
  let freeHeightCount = 0;
  let keyHeightCount = 0;
  let groups = 0;
  let constraints = 0;
  let claims = 0;
  for (const chip of machine.chips) {
    const limit = chip.preprocessed.length > 0 ? Math.min(logRows, logPreRows) : logRows;
    let height: HeightSource;
    if (chip.logHeight === 'free') height = { kind: 'free', index: freeHeightCount++ };
    else if (chip.logHeight === 'key') height = { kind: 'key', index: keyHeightCount++ };
    else height = { kind: 'constant', logHeight: chip.logHeight };
    const maxLogHeight = height.kind === 'constant' ? height.logHeight : limit;
    if (!Number.isInteger(maxLogHeight) || maxLogHeight < MIN_LOG_HEIGHT || maxLogHeight > limit) {
      refuse(
        machine,
        parameters,
        `chip "${chip.name}" has log height ${maxLogHeight}, expected ${MIN_LOG_HEIGHT}..${limit}`,
      );
    }
    chips.push({ chip, height, maxLogHeight, firstGroup: groups, firstConstraint: constraints, firstClaim: claims });
    groups += chip.groups.length;
    constraints += chip.constraints.length;
    claims += chip.columns.length + chip.preprocessed.length;
  }
  const mainBlocks = machine.chips.flatMap((chip, a) => splitColumns(a, chip.columns.length));
  const preBlocks = machine.chips.flatMap((chip, a) => splitColumns(a, chip.preprocessed.length));
  const packed = packMachine(chips, parameters, mainBlocks, preBlocks);
  checkFractionBound(machine, parameters, chips);
  return {
    machine,
    parameters,
    chips,
    groupCount: groups,
    constraintCount: constraints,
    claimCount: claims,
    freeHeightCount,
    keyHeightCount,
    mainBlocks,
    preBlocks,
    logLeaves: packed === undefined ? logRows + logCeil(groups) : logCeil(packed.leafCount),
    rounds: Math.max(...chips.map((chip) => chip.maxLogHeight)),
    packed,
  };
}

function packMachine(
  chips: readonly ChipLayout[],
  parameters: LayerParameters,
  mainBlocks: readonly Block[],
  preBlocks: readonly Block[],
): (PackedLayout & { readonly leafCount: number }) | undefined {
  const heights: number[] = [];
  for (const { height } of chips) {
    if (height.kind !== 'constant') return undefined;
    heights.push(height.logHeight);
  }
  const slots = packBySize(chips.flatMap(({ chip, maxLogHeight }) => chip.groups.map(() => maxLogHeight)));
  return {
    mainStarts: placeBlocks(mainBlocks, heights, mainCapacity(parameters)),
    preStarts: placeBlocks(preBlocks, heights, preCapacity(parameters)),
    slotStarts: slots.starts,
    leafCount: slots.total,
  };
}

/** Smallest log with count <= 2^log, in integers. */
function logCeil(count: number): number {
  let log = 0;
  while (2 ** log < count) log++;
  return log;
}

/** Cells of the main window. */
export function mainCapacity(parameters: LayerParameters): number {
  return parameters.mainColumns * 2 ** parameters.logRows;
}

/** Cells of the key's own matrix. */
export function preCapacity(parameters: LayerParameters): number {
  return 2 ** (parameters.logPreRows + parameters.logPreColumns);
}

function checkParameters(machine: Machine, parameters: LayerParameters): void {
  const { logRows, logColumns, mainColumns, preStart, logPreColumns, logPreRows } = parameters;
  const preColumns = 2 ** logPreColumns;
  for (const problem of machineProblems(machine)) refuse(machine, parameters, problem);
  if (logRows + logColumns > 30) refuse(machine, parameters, 'a cell index must have at most 30 bits');
  if (mainColumns < 1 || mainColumns > preStart)
    refuse(machine, parameters, 'the main window must end where the key begins');
  if (preStart % preColumns !== 0 || preStart + preColumns > 2 ** logColumns) {
    refuse(machine, parameters, "the key's window must be aligned and lie in the stack");
  }
  if (logPreRows > logRows) refuse(machine, parameters, "the key's matrix is higher than the layer's");
  if (machine.chips.length === 0) refuse(machine, parameters, 'there is no chip');
  if (!machine.chips.some((chip) => chip.preprocessed.length > 0)) {
    refuse(machine, parameters, 'no chip has preprocessed columns; a key commits to at least one');
  }
}

/**
 * Soundness: with fewer fractions than p an unbalanced tuple cannot have a net multiplicity that is zero only mod p.
 * The largest heights decide here when they stay below the bound; otherwise the verifier checks the actual ones.
 */
function checkFractionBound(machine: Machine, parameters: LayerParameters, chips: readonly ChipLayout[]): void {
  if (maxFractions(chips) >= P)
    refuse(machine, parameters, 'the fractions of the largest heights reach the characteristic');
  const packed = chips.every((chip) => chip.height.kind === 'constant');
  if (packed && maxFractions(chips) >= 2 ** LOG_FRACTION_BOUND) {
    refuse(machine, parameters, `the bus argument has 2^${LOG_FRACTION_BOUND} fractions or more`);
  }
}

/** sum_a I_a 2^(h_a) at the largest heights. */
export function maxFractions(chips: readonly ChipLayout[]): number {
  return chips.reduce((sum, { chip, maxLogHeight }) => sum + chip.interactions.length * 2 ** maxLogHeight, 0);
}
