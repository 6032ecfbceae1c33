/**
 * Searches for rows that an adversary could put in place of an honest one: starts from one changed cell and repairs what
 * it broke by solving for other cells, at random. Finding nothing proves nothing; finding a row shows a missing check.
 */
import { reachableNodes } from '../../../prover/air/evaluate.ts';
import { BYTE_AND, BYTE_PAIR, PROGRAM, RANGE } from '../../../prover/machines/rv32im/buses.ts';
import { P, inverse, mul, sub, add } from '../../../prover/field/koalabear.ts';
import { violations, type Cells, type RowProbe, type RowView } from './oracle.ts';

/** A small deterministic generator of numbers in [0, bound). */
export function randomSource(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const high = state;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(((high * 2 ** 21 + (state >>> 11)) / 2 ** 53) * bound);
  };
}

type Goal = { readonly node: number; readonly target: number };

export type SearchOptions = {
  readonly probe: RowProbe;
  readonly program: ReadonlySet<string>;
  readonly honest: Cells;
  /** Labels that need not hold. */
  readonly ignore: ReadonlySet<string>;
  /** Labels that the found row may violate (outputs); everything else has to hold. */
  readonly allowed: ReadonlySet<string>;
  readonly tries: number;
  readonly random: (bound: number) => number;
  /** Whether a row without remaining violations counts. */
  readonly accept: (cells: Cells) => boolean;
};

const MAX_REPAIRS = 14;

/** Main columns that each node of the chip depends on, cached per probe. */
const supports = new WeakMap<RowProbe, Map<number, number[]>>();

function supportOf(probe: RowProbe, node: number): number[] {
  let cache = supports.get(probe);
  if (cache === undefined) supports.set(probe, (cache = new Map<number, number[]>()));
  let list = cache.get(node);
  if (list === undefined) {
    list = reachableNodes(probe.chip.graph, [node]).flatMap((id) => {
      const info = probe.chip.graph.nodes[id];
      return info?.op === 'column' && info.source === 'main' ? [info.index] : [];
    });
    cache.set(node, list);
  }
  return list;
}

/** Returns a row that violates nothing but ignored and allowed labels and is accepted, if the search meets one. */
export function search(options: SearchOptions): Cells | undefined {
  const { probe, honest, random } = options;
  const before = probe.view(honest);
  for (let attempt = 0; attempt < options.tries; attempt++) {
    const cells: Cells = { ...honest, main: [...honest.main] };
    const start = random(cells.main.length);
    const touched = new Set([start]);
    cells.main[start] = startValue(cells.main[start] ?? 0, probe.chip.columns[start]?.kind === 'bool', random);
    if (repair(options, before, cells, touched) && options.accept(cells)) return cells;
  }
  return undefined;
}

function startValue(value: number, isBoolean: boolean, random: (bound: number) => number): number {
  if (isBoolean) return random(8) === 0 ? 2 : 1 - value;
  const steps = [1, -1, 2, -2, 4, 128, 256, -256, 65536, -65536, 2 ** 24, 2 ** 30];
  const kind = random(4);
  if (kind === 0) return random(2);
  if (kind === 1) return random(65536);
  if (kind === 2) return random(P);
  return (value + (steps[random(steps.length)] ?? 1) + P) % P;
}

function repair(options: SearchOptions, before: RowView, cells: Cells, touched: Set<number>): boolean {
  const { probe, program, ignore, allowed, random } = options;
  for (let step = 0; step < MAX_REPAIRS; step++) {
    const broken = violations(probe, program, before, cells, ignore).filter((label) => !allowed.has(label));
    if (broken.length === 0) return true;
    const label = broken[random(broken.length)] ?? '';
    const goals = goalsFor(probe, before, cells, label, random);
    const goal = goals[random(goals.length)];
    if (goal === undefined) return false;
    const columns = supportOf(probe, goal.node).filter((column) => !touched.has(column));
    const column = columns[random(columns.length)];
    if (column === undefined || !solveFor(probe, cells, goal, column)) return false;
    touched.add(column);
  }
  return false;
}

function goalsFor(
  probe: RowProbe,
  before: RowView,
  cells: Cells,
  label: string,
  random: (bound: number) => number,
): Goal[] {
  const constraint = probe.chip.constraints.find((c) => c.label === label);
  if (constraint !== undefined) return factors(probe, constraint.node).map((node) => ({ node, target: 0 }));
  const index = probe.chip.interactions.findIndex((i) => i.label === label);
  const interaction = probe.chip.interactions[index];
  const then = before.messages[index];
  if (interaction === undefined || then === undefined) return [];
  const { bus, message, multiplicity } = interaction;
  const now = message.map((node) => probe.valueAt(node, cells));
  const [x = 0, y = 0] = message;
  const off = { node: multiplicity, target: 0 };
  // The honest value first: several cells may have to change together to keep it.
  const restore = { node: x, target: then.tuple[0] ?? 0 };
  if (bus === RANGE) return [restore, { node: x, target: random(2 ** Math.min(16, now[1] ?? 0)) }, off];
  if (bus === BYTE_PAIR) return [...[x, y].map((node) => ({ node, target: random(256) })), off];
  if (bus === BYTE_AND) {
    const z = { node: message[2] ?? 0, target: (now[0] ?? 0) & (now[1] ?? 0) };
    return (now[0] ?? 0) < 256 && (now[1] ?? 0) < 256
      ? [z, z, off]
      : [...[x, y].map((n) => ({ node: n, target: random(256) })), off];
  }
  if (bus === PROGRAM && then.multiplicity === 0) return [off];
  const wanted = message.map((node, i) => ({ node, target: then.tuple[i] ?? 0 })).filter((g, i) => now[i] !== g.target);
  return wanted.length > 0 ? wanted : [{ node: multiplicity, target: then.multiplicity }];
}

/** A product is zero when one factor is: boolean constraints become linear goals. */
function factors(probe: RowProbe, node: number): number[] {
  const op = probe.chip.graph.nodes[node];
  return op?.op === 'mul' ? [...factors(probe, op.left), ...factors(probe, op.right)] : [node];
}

/** Sets one column so that the node takes the target, where the node is linear (and not constant) in the column. */
function solveFor(probe: RowProbe, cells: Cells, { node, target }: Goal, column: number): boolean {
  const old = cells.main[column] ?? 0;
  const at = (value: number): number => {
    cells.main[column] = value;
    return probe.valueAt(node, cells);
  };
  const f0 = at(0);
  const f1 = at(1);
  const f2 = at(2);
  const slope = sub(f1, f0);
  if (sub(f2, f1) !== slope) {
    // Not linear: booleans are worth a try.
    for (const value of [1 - old, 2, 0]) if (value >= 0 && at(value) === target) return true;
    cells.main[column] = old;
    return false;
  }
  if (slope === 0) {
    cells.main[column] = old;
    return false;
  }
  cells.main[column] = mul(sub(target, f0), inverse(slope));
  return add(f0, mul(slope, cells.main[column] ?? 0)) === target;
}
