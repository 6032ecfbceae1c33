/**
 * A machine: the chips of one AIR in fixed order, and the terms the verifier itself adds to the buses. `stark/` gets a
 * machine and knows no chip by name.
 */
import type { Backend, Wires } from '../verifier/backend.ts';
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
  /**
   * What a key's digest says of the machine, JSON: all that gives a key its meaning, so that machines which agree in it share
   * keys. Where it is not given, the digest says all of the machine (`stark/digest.ts`).
   */
  readonly keyInterface?: unknown;
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

/** Preprocessed columns of every chip of the machine, in its order; an empty list where a chip has none. */
export type PreprocessedTraces = readonly (readonly Uint32Array[])[];

/**
 * What makes a list of chips no machine: chip names used twice, bus identifiers that are zero or shared by two buses,
 * a bus with two lengths, preprocessed columns in a chip whose height the prover may choose, a chip without
 * interactions. Empty for a sound machine; both sides refuse any other.
 */
export function machineProblems(machine: Machine): string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  const buses = new Map<number, Bus>();
  for (const chip of machine.chips) {
    if (names.has(chip.name)) problems.push(`chip name "${chip.name}" is used twice`);
    names.add(chip.name);
    if (chip.preprocessed.length > 0 && chip.logHeight === 'free') {
      problems.push(`chip "${chip.name}" has preprocessed columns, its height cannot be free`);
    }
    if (chip.closedForms.length > 0 && typeof chip.logHeight !== 'number') {
      problems.push(`chip "${chip.name}" has closed forms, its height must be a constant`);
    }
    if (chip.columns.length === 0) problems.push(`chip "${chip.name}" has no main column`);
    if (chip.groups.length === 0) problems.push(`chip "${chip.name}" has no interaction`);
    for (const { bus } of chip.interactions) {
      const known = buses.get(bus.id);
      if (!Number.isInteger(bus.id) || bus.id <= 0 || bus.id >= 2 ** 16) {
        problems.push(`bus "${bus.name}" has the identifier ${bus.id}, expected 1..65535`);
      }
      if (known !== undefined && (known.name !== bus.name || known.length !== bus.length)) {
        problems.push(`buses "${known.name}" and "${bus.name}" share the identifier ${bus.id} or differ in length`);
      }
      buses.set(bus.id, bus);
    }
  }
  return problems;
}
