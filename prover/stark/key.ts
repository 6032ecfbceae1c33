/**
 * The verifying key of one program on one machine: what the verifier knows beforehand besides machine and parameters.
 * It always comes from the caller, never from a proof. It does not depend on the tier: positions are those of the key's
 * own matrix, which a larger layer uses lifted.
 */
import { ZkError } from '../core/errors.ts';
import { isCanonical } from '../field/koalabear.ts';
import type { Backend, DigestValue, Wires } from '../verifier/backend.ts';
import { PROTOCOL, interfaceDigest } from './digest.ts';
import { hintHeight, type HeightWires } from './heights.ts';
import { MIN_LOG_HEIGHT, preCapacity, type LayerLayout } from './layout.ts';

export type VerifyingKey = {
  /** Name of the machine the key belongs to. */
  readonly machine: string;
  /** Root of the preprocessed columns. */
  readonly root: DigestValue;
  /** log2 heights of the chips whose height belongs to the key, in machine order. */
  readonly logHeights: readonly number[];
  /** First cells of the preprocessed blocks; empty for packed machines. */
  readonly positions: readonly number[];
  /** `Machine.keyFeltNames`. */
  readonly felts: readonly number[];
};

/** The key inside a verifier run. */
export type KeyWires<W extends Wires> = {
  readonly root: W['digest'];
  readonly heights: readonly HeightWires<W>[];
  readonly positions: readonly W['felt'][];
  readonly felts: readonly W['felt'][];
};

/** Preprocessed positions that a key of this layout lists. */
export function keyPositionCount(layout: LayerLayout): number {
  return layout.packed === undefined ? layout.preBlocks.length : 0;
}

/** Refuses a key whose shape is not that of the machine. ZkError BAD_KEY. */
export function checkKey(layout: LayerLayout, key: VerifyingKey): void {
  const refuse = (problem: string): never => {
    throw new ZkError('BAD_KEY', `verifying key for "${key.machine}": ${problem}`);
  };
  if (key.machine !== layout.machine.name) refuse(`this layer proves the machine "${layout.machine.name}"`);
  if (key.logHeights.length !== layout.keyHeightCount) refuse(`expected ${layout.keyHeightCount} heights`);
  if (key.positions.length !== keyPositionCount(layout)) refuse(`expected ${keyPositionCount(layout)} positions`);
  if (key.felts.length !== layout.machine.keyFeltNames.length) {
    refuse(`expected ${layout.machine.keyFeltNames.length} field elements`);
  }
  if (!key.felts.every(isCanonical)) refuse('a field element is not canonical');
  for (const { height, maxLogHeight, chip } of layout.chips) {
    if (height.kind !== 'key') continue;
    const logHeight = key.logHeights[height.index] ?? -1;
    if (!Number.isInteger(logHeight) || logHeight < MIN_LOG_HEIGHT || logHeight > maxLogHeight) {
      refuse(`chip "${chip.name}" has log height ${logHeight}, expected ${MIN_LOG_HEIGHT}..${maxLogHeight}`);
    }
  }
  const capacity = preCapacity(layout.parameters);
  for (const position of key.positions) {
    if (!Number.isInteger(position) || position < 0 || position >= capacity) refuse(`position ${position} is outside`);
  }
}

/** A key that is part of the circuit (or of the native run): nothing of it is a witness. */
export function constantKey<W extends Wires>(on: Backend<W>, layout: LayerLayout, key: VerifyingKey): KeyWires<W> {
  checkKey(layout, key);
  return {
    root: on.digestConst(key.root),
    heights: key.logHeights.map((logHeight) => ({ kind: 'constant', logHeight })),
    positions: key.positions.map((position) => on.feltConst(position)),
    felts: key.felts.map((felt) => on.feltConst(felt)),
  };
}

/**
 * A key as untrusted witness, for circuits that serve every program; heights are constrained to their range. Whoever
 * uses it must bind `keyDigest` to something. KoalaBear roots only.
 */
export function witnessKey<W extends Wires>(on: Backend<W>, layout: LayerLayout, key: VerifyingKey): KeyWires<W> {
  checkKey(layout, key);
  if (typeof key.root === 'bigint') throw new TypeError('"key" expected a KoalaBear root');
  const heights: HeightWires<W>[] = [];
  for (const { height, maxLogHeight, chip } of layout.chips) {
    if (height.kind !== 'key') continue;
    heights.push(hintHeight(on, key.logHeights[height.index] ?? 0, maxLogHeight, `key height of "${chip.name}"`));
  }
  return {
    root: on.digestFromFelts(key.root.map((felt) => on.hintFelt(felt))),
    heights,
    positions: key.positions.map((position) => on.hintFelt(position)),
    felts: key.felts.map((felt) => on.hintFelt(felt)),
  };
}

/**
 * Digest of everything in a key and of what it means on the machine it belongs to (pitfall 9). The same for all tiers with
 * equal preprocessed shape and rate, and for all machines with the same interface. KoalaBear roots only.
 */
export function keyDigest<W extends Wires>(on: Backend<W>, layout: LayerLayout, key: KeyWires<W>): W['digest'] {
  return digestOfKeyFields(on, layout.machine, {
    shape: keyShape(layout.parameters).map((value) => on.feltConst(value)),
    root: on.digestFelts(key.root),
    heights: key.heights.map((height) => (height.kind === 'constant' ? on.feltConst(height.logHeight) : height.felt)),
    positions: key.positions,
    felts: key.felts,
  });
}

/** What a key holds as elements: for whoever compares a digest and does not verify proofs under the key. */
export type KeyFields<Felt> = {
  /** `keyShape` of the tiers that it is for. */
  readonly shape: readonly Felt[];
  readonly root: readonly Felt[];
  readonly heights: readonly Felt[];
  readonly positions: readonly Felt[];
  readonly felts: readonly Felt[];
};

/** What of a layer's parameters a key depends on: rows, columns and rate of its own matrix. */
export function keyShape(parameters: LayerLayout['parameters']): number[] {
  const { logPreRows, logPreColumns, logInverseRate } = parameters;
  return [logPreRows, logPreColumns, logInverseRate];
}

/** `keyDigest` of a key on any tier. Soundness: nothing but the digest binds the fields. */
export function digestOfKeyFields<W extends Wires>(
  on: Backend<W>,
  machine: LayerLayout['machine'],
  { shape, root, heights, positions, felts }: KeyFields<W['felt']>,
): W['digest'] {
  return on.hashFelts(`${PROTOCOL}/key`, [
    ...interfaceDigest(machine).map((value) => on.feltConst(value)),
    ...shape,
    ...root,
    ...heights,
    ...positions,
    ...felts,
  ]);
}
