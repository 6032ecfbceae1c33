/**
 * The row checker: evaluates every constraint on every row and every bus interaction of a machine's witness, and
 * reports all that fails. It knows nothing of proofs: it is the oracle that chips are tested against.
 *
 * Reference twin: the product does not use this file. It is in the package so that whoever writes a chip can run it.
 */
import { P, add, isCanonical, neg } from '../field/koalabear.ts';
import type { RecordedChip } from './chip.ts';
import { BlockEvaluator, chipRoots, closedColumns, reachableNodes, type ColumnSets } from './evaluate.ts';
import { machineProblems, type Machine, type MachineTrace, type PreprocessedTraces } from './machine.ts';
import { numberBackend, type NumberWires } from './number-backend.ts';

/** A constraint that is not zero in one row. `columns` holds the named values it reads there. */
export type ConstraintViolation = {
  readonly chip: string;
  readonly row: number;
  readonly label: string;
  readonly value: number;
  readonly columns: Readonly<Record<string, number>>;
};

/** One fraction on a bus: `multiplicity` is signed (receives negative) and taken mod p. */
export type BusEntry = {
  /** Chip name, or "boundary" for a term of the verifier. */
  readonly chip: string;
  readonly row: number;
  readonly label: string;
  readonly multiplicity: number;
};

/** A tuple whose signed multiplicities do not add up to zero mod p. */
export type BusImbalance = {
  readonly bus: string;
  readonly tuple: readonly number[];
  /** Net multiplicity as a signed number in (-p/2, p/2): positive means sent too often. */
  readonly net: number;
  readonly entries: readonly BusEntry[];
};

export type CheckReport = {
  readonly ok: boolean;
  /** Wrong widths, heights or non-canonical cells; when there are any, nothing else is checked. */
  readonly shape: readonly string[];
  /** Assertions of `Machine.boundary` that do not hold. */
  readonly boundary: readonly string[];
  readonly violations: readonly ConstraintViolation[];
  /** Violations found, listed or not. */
  readonly violationCount: number;
  readonly imbalances: readonly BusImbalance[];
};

export type CheckInput = {
  readonly machine: Machine;
  readonly trace: MachineTrace;
  readonly preprocessed: PreprocessedTraces;
  readonly publicValues: readonly number[];
  readonly keyFelts: readonly number[];
  /** Violations listed per label (all are counted); all of them unless told otherwise. */
  readonly maxPerLabel?: number;
};

/** Checks a whole machine: shapes, constraints, buses with the verifier's own terms. Never throws on a bad witness. */
export function checkMachine(input: CheckInput): CheckReport {
  const shape = machineShape(input);
  if (shape.length > 0) {
    return { ok: false, shape, boundary: [], violations: [], violationCount: 0, imbalances: [] };
  }
  const violations: ConstraintViolation[] = [];
  const ledger = new BusLedger();
  let violationCount = 0;
  const sets = input.machine.chips.map((chip, i) =>
    columnSets(chip, input.trace[i]?.columns ?? [], input.preprocessed[i] ?? []),
  );
  for (const [i, chip] of input.machine.chips.entries()) {
    const columns = sets[i];
    if (columns === undefined) continue;
    violationCount += scanChip(chip, columns, ledger, violations, input.maxPerLabel ?? Infinity);
  }
  const boundary = addBoundary(input, ledger);
  if (ledger.startTracing()) {
    for (const [i, chip] of input.machine.chips.entries()) {
      const columns = sets[i];
      if (columns !== undefined) forEachInteraction(chip, columns, (entry) => ledger.trace(entry));
    }
    addBoundary(input, ledger);
  }
  const imbalances = ledger.imbalances();
  return {
    ok: violationCount === 0 && imbalances.length === 0 && boundary.length === 0,
    shape,
    boundary,
    violations,
    violationCount,
    imbalances,
  };
}

/** Checks the constraints of one chip alone; buses are not looked at. RangeError for a wrong shape. */
export function checkChip(
  chip: RecordedChip,
  main: readonly Uint32Array[],
  preprocessed: readonly Uint32Array[] = [],
): ConstraintViolation[] {
  const problems = chipShape(chip, main, preprocessed);
  if (problems.length > 0) throw new RangeError(problems.join('; '));
  const violations: ConstraintViolation[] = [];
  scanChip(chip, columnSets(chip, main, preprocessed), undefined, violations, Infinity);
  return violations;
}

/** One active interaction of one row. `multiplicity` carries the sign, mod p. */
export type Message = BusEntry & { readonly bus: string; readonly tuple: readonly number[] };

/** Everything one chip puts on the buses (fractions with multiplicity zero left out). RangeError for a wrong shape. */
export function chipMessages(
  chip: RecordedChip,
  main: readonly Uint32Array[],
  preprocessed: readonly Uint32Array[] = [],
): Message[] {
  const problems = chipShape(chip, main, preprocessed);
  if (problems.length > 0) throw new RangeError(problems.join('; '));
  const messages: Message[] = [];
  forEachInteraction(chip, columnSets(chip, main, preprocessed), (message) => messages.push(message));
  return messages;
}

/** The report as text: one line per failure, at most `limit` lines of each sort. */
export function formatReport(report: CheckReport, limit = 20): string {
  if (report.ok) return 'all constraints hold and all buses balance';
  const lines = [...report.shape.slice(0, limit), ...report.boundary.slice(0, limit).map((why) => `boundary: ${why}`)];
  for (const v of report.violations.slice(0, limit)) {
    const columns = Object.entries(v.columns).map(([name, value]) => `${name}=${value}`);
    lines.push(`${v.chip} row ${v.row}: "${v.label}" is ${v.value} (${columns.join(' ')})`);
  }
  if (report.violationCount > limit) lines.push(`${report.violationCount} violations in all`);
  for (const i of report.imbalances.slice(0, limit)) {
    lines.push(`bus ${i.bus} (${i.tuple.join(', ')}): net ${i.net}`);
    for (const e of i.entries.slice(0, limit)) {
      const signed = e.multiplicity > P / 2 ? e.multiplicity - P : e.multiplicity;
      lines.push(`  ${signed > 0 ? '+' : ''}${signed} ${e.chip} row ${e.row}: "${e.label}"`);
    }
  }
  if (report.imbalances.length > limit) lines.push(`${report.imbalances.length} unbalanced tuples in all`);
  return lines.join('\n');
}

function columnSets(
  chip: RecordedChip,
  main: readonly Uint32Array[],
  pre: readonly Uint32Array[],
): ColumnSets<Uint32Array> & { readonly height: number } {
  const height = (main[0] ?? pre[0] ?? new Uint32Array(0)).length;
  return { main, pre, closed: closedColumns(chip, height), height };
}

type ChipColumns = ReturnType<typeof columnSets>;

function chipShape(chip: RecordedChip, main: readonly Uint32Array[], pre: readonly Uint32Array[]): string[] {
  const problems: string[] = [];
  const height = (main[0] ?? pre[0] ?? new Uint32Array(0)).length;
  const where = `chip "${chip.name}"`;
  if (main.length !== chip.columns.length) {
    problems.push(`${where}: ${main.length} main columns, expected ${chip.columns.length}`);
  }
  if (pre.length !== chip.preprocessed.length) {
    problems.push(`${where}: ${pre.length} preprocessed columns, expected ${chip.preprocessed.length}`);
  }
  if (height < 4 || (height & (height - 1)) !== 0)
    problems.push(`${where}: height ${height}, expected a power of two >= 4`);
  if (typeof chip.logHeight === 'number' && height !== 2 ** chip.logHeight) {
    problems.push(`${where}: height ${height}, the machine fixes 2^${chip.logHeight}`);
  }
  for (const [kind, columns, infos] of [
    ['main', main, chip.columns],
    ['preprocessed', pre, chip.preprocessed],
  ] as const) {
    for (const [c, column] of columns.entries()) {
      const name = infos[c]?.name ?? `#${c}`;
      if (column.length !== height)
        problems.push(`${where}: ${kind} column ${name} has ${column.length} rows of ${height}`);
      const bad = column.findIndex((value) => !isCanonical(value));
      if (bad >= 0) problems.push(`${where}: ${kind} column ${name} row ${bad} is not canonical (${column[bad]})`);
    }
  }
  return problems;
}

function machineShape(input: CheckInput): string[] {
  const { machine, trace, preprocessed, publicValues, keyFelts } = input;
  const problems: string[] = [...machineProblems(machine)];
  const expect = (what: string, got: number, expected: number): void => {
    if (got !== expected) problems.push(`${what}: got ${got}, expected ${expected}`);
  };
  expect('chips in the trace', trace.length, machine.chips.length);
  expect('chips in the preprocessed traces', preprocessed.length, machine.chips.length);
  expect('public values', publicValues.length, machine.publicValueCount);
  expect('key felts', keyFelts.length, machine.keyFeltNames.length);
  for (const value of [...publicValues, ...keyFelts]) {
    if (!isCanonical(value)) problems.push(`public value or key felt ${String(value)} is not canonical`);
  }
  for (const [i, chip] of machine.chips.entries()) {
    const chipTrace = trace[i];
    if (chipTrace === undefined) continue;
    problems.push(...chipShape(chip, chipTrace.columns, preprocessed[i] ?? []));
    const height = (chipTrace.columns[0] ?? preprocessed[i]?.[0] ?? new Uint32Array(0)).length;
    if (height !== 2 ** chipTrace.logHeight) {
      problems.push(`chip "${chip.name}": logHeight says ${chipTrace.logHeight}, columns have ${height} rows`);
    }
  }
  return problems;
}

/** Evaluates all rows of a chip once: collects violations and, when there is a ledger, adds up its interactions. */
function scanChip(
  chip: RecordedChip,
  columns: ChipColumns,
  ledger: BusLedger | undefined,
  violations: ConstraintViolation[],
  maxPerLabel: number,
): number {
  const evaluator = new BlockEvaluator(chip.graph, chipRoots(chip));
  const listed = new Map<string, number>();
  let count = 0;
  for (let start = 0; start < columns.height; start += evaluator.blockRows) {
    const rows = Math.min(evaluator.blockRows, columns.height - start);
    evaluator.run(columns, start, rows);
    for (const constraint of chip.constraints) {
      const values = evaluator.at(constraint.node);
      for (let i = 0; i < rows; i++) {
        const value = values[i] ?? 0;
        if (value === 0) continue;
        count++;
        const already = listed.get(constraint.label) ?? 0;
        listed.set(constraint.label, already + 1);
        if (already >= maxPerLabel) continue;
        const row = start + i;
        const read = namedColumns(chip, constraint.node, columns, row);
        violations.push({ chip: chip.name, row, label: constraint.label, value, columns: read });
      }
    }
    if (ledger !== undefined) blockMessages(chip, evaluator, start, rows, (message) => ledger.count(message));
  }
  return count;
}

function namedColumns(chip: RecordedChip, node: number, columns: ChipColumns, row: number): Record<string, number> {
  const read: Record<string, number> = {};
  for (const id of reachableNodes(chip.graph, [node])) {
    const column = chip.graph.nodes[id];
    if (column?.op !== 'column') continue;
    const infos = { main: chip.columns, pre: chip.preprocessed, closed: chip.closedForms }[column.source];
    read[infos[column.index]?.name ?? `${column.source}${column.index}`] =
      columns[column.source][column.index]?.[row] ?? 0;
  }
  return read;
}

function forEachInteraction(chip: RecordedChip, columns: ChipColumns, visit: (message: Message) => void): void {
  const roots = chip.interactions.flatMap((i) => [i.multiplicity, ...i.message]);
  const evaluator = new BlockEvaluator(chip.graph, roots);
  for (let start = 0; start < columns.height; start += evaluator.blockRows) {
    const rows = Math.min(evaluator.blockRows, columns.height - start);
    evaluator.run(columns, start, rows);
    blockMessages(chip, evaluator, start, rows, visit);
  }
}

function blockMessages(
  chip: RecordedChip,
  evaluator: BlockEvaluator,
  start: number,
  rows: number,
  visit: (message: Message) => void,
): void {
  for (const interaction of chip.interactions) {
    const multiplicities = evaluator.at(interaction.multiplicity);
    const parts = interaction.message.map((node) => evaluator.at(node));
    for (let i = 0; i < rows; i++) {
      const unsigned = multiplicities[i] ?? 0;
      if (unsigned === 0) continue;
      visit({
        chip: chip.name,
        row: start + i,
        label: interaction.label,
        bus: interaction.bus.name,
        multiplicity: interaction.sign === 1 ? unsigned : neg(unsigned),
        tuple: parts.map((part) => part[i] ?? 0),
      });
    }
  }
}

/** Adds the verifier's own terms; returns the assertions of `Machine.boundary` that fail. */
function addBoundary(input: CheckInput, ledger: BusLedger): string[] {
  const failures: string[] = [];
  const on = numberBackend((why) => failures.push(why));
  const terms = input.machine.boundary<NumberWires>(on, input.publicValues, input.keyFelts);
  for (const [row, term] of terms.entries()) {
    if (term.message.length !== term.bus.length) {
      failures.push(`term ${row} on bus ${term.bus.name} has ${term.message.length} elements of ${term.bus.length}`);
    }
    const multiplicity = term.sign === 1 ? term.multiplicity : neg(term.multiplicity);
    const message = {
      chip: 'boundary',
      row,
      label: `term ${row}`,
      bus: term.bus.name,
      multiplicity,
      tuple: term.message,
    };
    if (ledger.tracing) ledger.trace(message);
    else ledger.count(message);
  }
  return failures;
}

/** Adds up multiplicities per tuple in a first pass, then remembers who contributed to the unbalanced ones. */
class BusLedger {
  readonly #nets = new Map<string, number>();
  #unbalanced: Map<string, { bus: string; tuple: readonly number[]; entries: BusEntry[] }> | undefined;

  get tracing(): boolean {
    return this.#unbalanced !== undefined;
  }

  count(message: Message): void {
    const key = tupleKey(message);
    const net = add(this.#nets.get(key) ?? 0, message.multiplicity);
    if (net === 0) this.#nets.delete(key);
    else this.#nets.set(key, net);
  }

  /** Ends the first pass. Says whether there is anything to trace. */
  startTracing(): boolean {
    this.#unbalanced ??= new Map();
    return this.#nets.size > 0;
  }

  trace(message: Message): void {
    const key = tupleKey(message);
    if (this.#unbalanced === undefined || !this.#nets.has(key)) return;
    let found = this.#unbalanced.get(key);
    if (found === undefined) {
      found = { bus: message.bus, tuple: message.tuple, entries: [] };
      this.#unbalanced.set(key, found);
    }
    const { chip, row, label, multiplicity } = message;
    found.entries.push({ chip, row, label, multiplicity });
  }

  imbalances(): BusImbalance[] {
    return [...(this.#unbalanced?.entries() ?? [])].map(([key, { bus, tuple, entries }]) => {
      const net = this.#nets.get(key) ?? 0;
      return { bus, tuple, net: net > P / 2 ? net - P : net, entries };
    });
  }
}

function tupleKey(message: Message): string {
  return `${message.bus}:${message.tuple.join(',')}`;
}
