/**
 * What one corrupted row of an otherwise honest trace violates, judged as an adversary would play it: table
 * multiplicities may follow the row, so a lookup is wrong only when its tuple is in no table, whereas on permutation
 * buses the row must put exactly the tuples of the honest row.
 */
import type { RecordedChip } from '../../../prover/air/chip.ts';
import { BlockEvaluator, chipRoots } from '../../../prover/air/evaluate.ts';
import { compress } from '../../../prover/hash/sponge-koalabear.ts';
import { BYTE_AND, BYTE_PAIR, HASH, PROGRAM, RANGE } from '../../../prover/machines/rv32im/buses.ts';
import { add, neg } from '../../../prover/field/koalabear.ts';
import type { Machine } from '../../../prover/air/machine.ts';
import { MACHINE, type World } from './world.ts';

export type RowMessage = {
  readonly label: string;
  readonly bus: string;
  readonly sign: 1 | -1;
  readonly multiplicity: number;
  readonly tuple: readonly number[];
};

export type RowView = { readonly violated: readonly string[]; readonly messages: readonly RowMessage[] };

/** The whole row of a chip: main, preprocessed and closed-form cells. */
export type Cells = { readonly main: number[]; readonly pre: readonly number[]; readonly closed: readonly number[] };

/** Evaluates single rows of one chip. */
export class RowProbe {
  readonly chip: RecordedChip;
  readonly #evaluator: BlockEvaluator;
  readonly #main: Uint32Array[];
  readonly #pre: Uint32Array[];
  readonly #closed: Uint32Array[];

  constructor(chip: RecordedChip) {
    this.chip = chip;
    this.#evaluator = new BlockEvaluator(chip.graph, chipRoots(chip), 1);
    this.#main = chip.columns.map(() => new Uint32Array(1));
    this.#pre = chip.preprocessed.map(() => new Uint32Array(1));
    this.#closed = chip.closedForms.map(() => new Uint32Array(1));
  }

  #run(cells: Cells): void {
    const load = (columns: Uint32Array[], values: readonly number[]): void => {
      for (const [i, column] of columns.entries()) column[0] = values[i] ?? 0;
    };
    load(this.#main, cells.main);
    load(this.#pre, cells.pre);
    load(this.#closed, cells.closed);
    this.#evaluator.run({ main: this.#main, pre: this.#pre, closed: this.#closed }, 0, 1);
  }

  /** Value of one node of the chip's graph. */
  valueAt(node: number, cells: Cells): number {
    this.#run(cells);
    return this.#evaluator.at(node)[0] ?? 0;
  }

  view(cells: Cells): RowView {
    this.#run(cells);
    const value = (node: number): number => this.#evaluator.at(node)[0] ?? 0;
    return {
      violated: this.chip.constraints.filter(({ node }) => value(node) !== 0).map(({ label }) => label),
      messages: this.chip.interactions.map(({ label, bus, sign, multiplicity, message }) => ({
        label,
        bus: bus.name,
        sign,
        multiplicity: value(multiplicity),
        tuple: message.map(value),
      })),
    };
  }
}

const probes = new WeakMap<RecordedChip, RowProbe>();

export function probeOf(chipName: string, machine: Machine = MACHINE): RowProbe {
  const chip = machine.chips[chipIndex(chipName, machine)];
  if (chip === undefined) throw new Error(`no chip ${chipName}`);
  const probe = probes.get(chip) ?? new RowProbe(chip);
  probes.set(chip, probe);
  return probe;
}

export function chipIndex(chipName: string, machine: Machine = MACHINE): number {
  return machine.chips.findIndex(({ name }) => name === chipName);
}

/** Reads one row of a world. */
export function cellsOf(world: World, chipName: string, row: number): Cells {
  const index = chipIndex(chipName, world.core.machine);
  const chip = probeOf(chipName, world.core.machine).chip;
  return {
    main: (world.main[index]?.columns ?? []).map((column) => column[row] ?? 0),
    pre: (world.preprocessed[index] ?? []).map((column) => column[row] ?? 0),
    closed: chip.closedForms.map((form) => form.at(row)),
  };
}

/** Position of a main column by name. */
export function columnOf(chipName: string, name: string, machine: Machine = MACHINE): number {
  const column = probeOf(chipName, machine).chip.columns.find((info) => info.name === name);
  if (column === undefined) throw new Error(`${chipName} has no column ${name}`);
  return column.index;
}

/** A copy of a row with some cells replaced, by column name; values are taken mod p. */
export function withCells(
  chipName: string,
  cells: Cells,
  changes: Readonly<Record<string, number>>,
  machine: Machine = MACHINE,
): Cells {
  const main = [...cells.main];
  for (const [name, value] of Object.entries(changes)) {
    main[columnOf(chipName, name, machine)] = value < 0 ? value + 2130706433 : value;
  }
  return { ...cells, main };
}

/** Whether a lookup tuple is in its table. `program` lists the tuples of Rom. */
function inTable(program: ReadonlySet<string>, bus: string, tuple: readonly number[]): boolean {
  const [x = 0, y = 0, z = 0] = tuple;
  if (bus === RANGE.name) return y <= 16 && x < 2 ** y;
  if (bus === BYTE_PAIR.name) return x < 256 && y < 256;
  if (bus === BYTE_AND.name) return x < 256 && y < 256 && z === (x & y);
  if (bus === HASH.name) return compress(tuple.slice(0, 8), tuple.slice(8, 16)).join() === tuple.slice(16).join();
  return program.has(tuple.join());
}

const LOOKUPS: ReadonlySet<string> = new Set([RANGE, BYTE_PAIR, BYTE_AND, HASH, PROGRAM].map(({ name }) => name));

/** The tuples of Rom in a world. */
export function programTuples(world: World): ReadonlySet<string> {
  const columns = world.preprocessed[chipIndex('Rom', world.core.machine)] ?? [];
  const rows = columns[0]?.length ?? 0;
  return new Set(Array.from({ length: rows }, (_, row) => columns.map((column) => column[row]).join()));
}

/**
 * Labels that the row `after` violates when it stands in place of the honest row `before`: constraints, lookups of tuples
 * that are in no table, and messages on permutation buses that the rest of the trace does not answer. A table's own
 * receive counts as violated when its multiplicity changes.
 */
export function violations(
  probe: RowProbe,
  program: ReadonlySet<string>,
  before: RowView,
  cells: Cells,
  ignore: ReadonlySet<string> = new Set(),
): string[] {
  const after = probe.view(cells);
  const labels = new Set(after.violated);
  const nets = new Map<string, number>();
  const changed: { key: string; label: string }[] = [];
  for (const [i, now] of after.messages.entries()) {
    if (ignore.has(now.label)) continue;
    const then = before.messages[i];
    if (LOOKUPS.has(now.bus) && now.sign === 1) {
      if (now.multiplicity !== 0 && !inTable(program, now.bus, now.tuple)) labels.add(now.label);
      continue;
    }
    const isSame = then?.multiplicity === now.multiplicity && then.tuple.join() === now.tuple.join();
    for (const [message, side] of [
      [now, 1],
      [then, -1],
    ] as const) {
      if (message === undefined || message.multiplicity === 0) continue;
      const key = `${message.bus}:${message.tuple.join()}`;
      const signed = message.sign === side ? message.multiplicity : neg(message.multiplicity);
      nets.set(key, add(nets.get(key) ?? 0, signed));
      if (!isSame) changed.push({ key, label: message.label });
    }
  }
  for (const { key, label } of changed) if ((nets.get(key) ?? 0) !== 0) labels.add(label);
  for (const label of ignore) labels.delete(label);
  return [...labels];
}
