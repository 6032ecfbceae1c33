/**
 * A chip as data: columns, and one `eval` that states its constraints and bus interactions. `recordChip` runs `eval`
 * once and returns the recorded chip that every consumer reads.
 *
 * Constraints are polynomials of degree at most 3 in the columns of one row and hold on every row, padding included.
 */
import type { Backend, Wires } from '../verifier/backend.ts';
import { listColumns, mapColumns, type Columns, type ColumnInfo, type Row } from './columns.ts';
import type { Expr } from './expression.ts';
import { Graph } from './expression.ts';

/** Highest degree of a constraint, and of the numerator and denominator of one group of interactions. */
export const MAX_DEGREE = 3;
/** Most interactions in one GKR leaf. */
export const MAX_GROUP = 3;
/** Longest message, bus identifier not counted. */
export const MAX_MESSAGE = 24;

/** A named channel of the LogUp argument. `id` is the first entry of its fingerprint: distinct and non-zero. */
export type Bus = { readonly name: string; readonly id: number; readonly length: number };

/** A column given by a formula of the row index, so that nobody commits to it. */
export type ClosedForm = {
  readonly name: string;
  /** Value in row `row`. */
  readonly at: (row: number) => number;
  /** Multilinear extension at `point`, lowest row bit first. Equal to the naive sum of eq * at; tested. */
  readonly mle: <W extends Wires>(on: Backend<W>, point: readonly W['ext'][]) => W['ext'];
};

export type ChipDefinition<S extends Columns = Columns, P extends Columns = Columns> = {
  readonly name: string;
  readonly columns: S;
  /** Columns fixed by the verifying key. */
  readonly preprocessed: P;
  readonly closedForms: readonly ClosedForm[];
  /**
   * `free`: chosen by the prover for each proof. `key`: fixed by the verifying key (as all preprocessed chips).
   * A number: a constant of the machine.
   */
  readonly logHeight: 'free' | 'key' | number;
  readonly eval: (air: AirBuilder, row: Row<S, Expr>, pre: Row<P, Expr>, closed: readonly Expr[]) => void;
};

/** Erases the column types of a definition, so that chips of different layouts stand in one list. */
export function chip<S extends Columns, P extends Columns>(definition: ChipDefinition<S, P>): ChipDefinition {
  // Safe: `recordChip` builds the rows from the same literals that the types come from.
  return definition as unknown as ChipDefinition;
}

export type Constraint = { readonly label: string; readonly node: number };
export type Interaction = {
  readonly label: string;
  readonly bus: Bus;
  /** +1 for a send, -1 for a receive; the LogUp numerator is sign * multiplicity. */
  readonly sign: 1 | -1;
  readonly multiplicity: number;
  readonly message: readonly number[];
};

export type RecordedChip = {
  readonly name: string;
  readonly columns: readonly ColumnInfo[];
  readonly preprocessed: readonly ColumnInfo[];
  readonly closedForms: readonly ClosedForm[];
  readonly logHeight: 'free' | 'key' | number;
  readonly graph: Graph;
  readonly constraints: readonly Constraint[];
  readonly interactions: readonly Interaction[];
  /** Indices into `interactions`: the interactions that share one GKR leaf. */
  readonly groups: readonly (readonly number[])[];
};

/** What `eval` talks to. Every constraint and interaction has a label that is unique within its chip. */
export class AirBuilder {
  readonly graph: Graph;
  readonly constraints: Constraint[] = [];
  readonly interactions: Interaction[] = [];
  readonly #chip: string;
  readonly #labels = new Set<string>();

  constructor(chipName: string, graph: Graph) {
    this.#chip = chipName;
    this.graph = graph;
  }

  constant(value: number): Expr {
    return this.graph.constant(value);
  }

  /** States expr = 0. */
  zero(expr: Expr, label: string): void {
    this.#claim(label);
    if (expr.degree > MAX_DEGREE) {
      throw new RangeError(`chip "${this.#chip}", constraint "${label}": degree ${expr.degree}, at most ${MAX_DEGREE}`);
    }
    this.constraints.push({ label, node: expr.id });
  }

  equal(a: Expr, b: Expr | number, label: string): void {
    this.zero(a.sub(b), label);
  }

  bool(x: Expr, label: string): void {
    this.zero(x.mul(x.sub(1)), label);
  }

  send(bus: Bus, multiplicity: Expr | number, message: readonly (Expr | number)[], label: string): void {
    this.#interact(bus, 1, multiplicity, message, label);
  }

  receive(bus: Bus, multiplicity: Expr | number, message: readonly (Expr | number)[], label: string): void {
    this.#interact(bus, -1, multiplicity, message, label);
  }

  #interact(
    bus: Bus,
    sign: 1 | -1,
    multiplicity: Expr | number,
    message: readonly (Expr | number)[],
    label: string,
  ): void {
    this.#claim(label);
    if (message.length !== bus.length || message.length > MAX_MESSAGE) {
      throw new RangeError(
        `chip "${this.#chip}", interaction "${label}": bus "${bus.name}" takes ${bus.length} elements, got ${message.length}`,
      );
    }
    const lift = (value: Expr | number): number => (typeof value === 'number' ? this.graph.constant(value) : value).id;
    this.interactions.push({
      label,
      bus,
      sign,
      multiplicity: lift(multiplicity),
      message: message.map((m) => lift(m)),
    });
  }

  #claim(label: string): void {
    if (this.#labels.has(label)) throw new RangeError(`chip "${this.#chip}": label "${label}" is used twice`);
    this.#labels.add(label);
  }
}

/** Runs a chip's `eval` once. */
export function recordChip(definition: ChipDefinition): RecordedChip {
  const graph = new Graph();
  const columns = listColumns(definition.columns);
  const preprocessed = listColumns(definition.preprocessed);
  const air = new AirBuilder(definition.name, graph);
  const row = mapColumns(definition.columns, (column) => graph.column('main', column.index));
  const pre = mapColumns(definition.preprocessed, (column) => graph.column('pre', column.index));
  const closed = definition.closedForms.map((_, index) => graph.column('closed', index));
  for (const column of columns) {
    if (column.kind === 'bool') air.bool(graph.column('main', column.index), `${column.name} is boolean`);
  }
  definition.eval(air, row, pre, closed);
  return {
    name: definition.name,
    columns,
    preprocessed,
    closedForms: definition.closedForms,
    logHeight: definition.logHeight,
    graph,
    constraints: air.constraints,
    interactions: air.interactions,
    groups: groupInteractions(definition.name, graph, air.interactions),
  };
}

/**
 * Packs interactions, in order, into groups whose merged fraction keeps degree MAX_DEGREE: with q_i the fingerprints
 * and mu_i the multiplicities, P = sum_i mu_i prod_{j != i} q_j and Q = prod_i q_i.
 */
function groupInteractions(chipName: string, graph: Graph, interactions: readonly Interaction[]): number[][] {
  const degree = (node: number): number => graph.degrees[node] ?? 0;
  const shapes = interactions.map((i) => ({ q: Math.max(0, ...i.message.map(degree)), mu: degree(i.multiplicity) }));
  const fits = (group: readonly number[]): boolean => {
    const members = group.map((index) => shapes[index] ?? { q: 0, mu: 0 });
    const total = members.reduce((sum, member) => sum + member.q, 0);
    return total <= MAX_DEGREE && members.every((member) => member.mu + total - member.q <= MAX_DEGREE);
  };
  const groups: number[][] = [];
  for (const [index, interaction] of interactions.entries()) {
    if (!fits([index])) {
      throw new RangeError(`chip "${chipName}", interaction "${interaction.label}": degree above ${MAX_DEGREE}`);
    }
    const last = groups.at(-1);
    if (last !== undefined && last.length < MAX_GROUP && fits([...last, index])) last.push(index);
    else groups.push([index]);
  }
  return groups;
}
