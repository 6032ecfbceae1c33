/**
 * A machine: the chips of one AIR in fixed order, and the terms the verifier itself adds to the buses. `stark/` gets a
 * machine and knows no chip by name.
 */
import type { Backend, Wires } from '../transcript/backend.ts';
import type { Bus, RecordedChip } from './chip.ts';

/** A fraction sign * multiplicity / fingerprint that the verifier computes from the public values. */
export type BoundaryTerm<W extends Wires> = {
  readonly bus: Bus;
  readonly sign: 1 | -1;
  readonly multiplicity: W['felt'];
  readonly message: readonly W['felt'][];
};

export type Machine = {
  readonly name: string;
  readonly chips: readonly RecordedChip[];
  readonly publicValueCount: number;
  /** Names of the elements of the public-value vector, for messages and for `inspect`. */
  readonly publicValueNames: readonly string[];
  /** Felts of the verifying key besides roots, heights and prefixes (entry pc and the like); observed by the verifier. */
  readonly keyFeltNames: readonly string[];
  /** Bus terms that come from public values and key; also asserts what must hold between them. */
  readonly boundary: <W extends Wires>(
    on: Backend<W>,
    publicValues: readonly W['felt'][],
    keyFelts: readonly W['felt'][],
  ) => BoundaryTerm<W>[];
};

/** The witness of one chip: `columns[c][r]`, all of height 2^logHeight, canonical base elements. */
export type ChipTrace = { readonly logHeight: number; readonly columns: readonly Uint32Array[] };

/** One trace per chip of the machine, in its order. */
export type MachineTrace = readonly ChipTrace[];
