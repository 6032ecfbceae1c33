/**
 * The rows of Boundary and Merkle as values, and worlds with any others in their place. Poseidon2 follows as a prover would have
 * it: every compression that is looked up and holds has its row.
 */
import type { ChipTrace } from '../../../prover/air/machine.ts';
import { compress } from '../../../prover/hash/sponge-koalabear.ts';
import { fillPoseidon2 } from '../../../prover/machines/rv32im/chips/poseidon2/trace.ts';
import { logHeightFor } from '../../../prover/machines/rv32im/shared/fill.ts';
import { NODE_FIELD } from '../../../prover/vm/execution-record.ts';
import { chipIndex, columnOf } from './oracle.ts';
import { check, MACHINE, type World } from './world.ts';

export type Digest = readonly number[];

/** A row of Boundary. `isReal` is 1 unless it is given. */
export type Quad = {
  readonly index: number;
  readonly init: Digest;
  readonly final: Digest;
  readonly finalTime: readonly number[];
  readonly isReal?: number;
};

/** A row of Merkle. `isReal` is 1 unless it is given. */
export type Node = {
  readonly level: number;
  readonly index: number;
  readonly leftInit: Digest;
  readonly leftFinal: Digest;
  readonly rightInit: Digest;
  readonly rightFinal: Digest;
  readonly outInit: Digest;
  readonly outFinal: Digest;
  readonly touchedLeft: number;
  readonly touchedRight: number;
  readonly isReal?: number;
};

export type Tree = { readonly quads: readonly Quad[]; readonly nodes: readonly Node[] };

/** The rows of a world. */
export function treeOf(world: World): Tree {
  const { rows } = world.record.quads;
  const columns = world.main[chipIndex('Boundary')]?.columns ?? [];
  const cells = (name: string, count: number, row: number): number[] =>
    Array.from({ length: count }, (_, i) => columns[columnOf('Boundary', `${name}[${i}]`)]?.[row] ?? 0);
  const quads = Array.from({ length: rows }, (_, row) => ({
    index: columns[columnOf('Boundary', 'index')]?.[row] ?? 0,
    init: cells('init', 8, row),
    final: cells('final', 8, row),
    finalTime: cells('finalTime', 4, row),
  }));
  const { words, width, rows: count } = world.record.nodes;
  const nodes = Array.from({ length: count }, (_, row): Node => {
    const number = (name: keyof typeof NODE_FIELD): number => words[row * width + NODE_FIELD[name]] ?? 0;
    const digest = (name: keyof typeof NODE_FIELD): Digest =>
      Array.from(words.subarray(row * width + NODE_FIELD[name], row * width + NODE_FIELD[name] + 8));
    return {
      level: number('level'),
      index: number('index'),
      leftInit: digest('leftInit'),
      leftFinal: digest('leftFinal'),
      rightInit: digest('rightInit'),
      rightFinal: digest('rightFinal'),
      outInit: digest('outInit'),
      outFinal: digest('outFinal'),
      touchedLeft: number('touchedLeft'),
      touchedRight: number('touchedRight'),
    };
  });
  return { quads, nodes };
}

/** A row with its outcomes computed from its sides. */
export function hashed(node: Omit<Node, 'outInit' | 'outFinal'>): Node {
  const { leftInit, leftFinal, rightInit, rightFinal } = node;
  return { ...node, outInit: compress(leftInit, rightInit), outFinal: compress(leftFinal, rightFinal) };
}

/** Changes what stands at (level, index), and all above it to fit: the rows between it and the root have new sides and outcomes. */
export function rehashed(nodes: readonly Node[], level: number, index: number, init: Digest, final: Digest): Node[] {
  let [childInit, childFinal] = [init, final];
  let list = [...nodes];
  for (let child = index, l = level + 1; l <= 27; l++, child = Math.floor(child / 2)) {
    list = list.map((node) => {
      if (node.level !== l || node.index !== Math.floor(child / 2)) return node;
      const changed = hashed(
        child % 2 === 0
          ? { ...node, leftInit: childInit, leftFinal: childFinal }
          : { ...node, rightInit: childInit, rightFinal: childFinal },
      );
      [childInit, childFinal] = [changed.outInit, changed.outFinal];
      return changed;
    });
  }
  return list;
}

/** The row of the root; the last one in any list that has it. */
export function rootOf(nodes: readonly Node[]): Node {
  const root = nodes.findLast(({ level }) => level === 27);
  if (root === undefined) throw new Error('no row of the root');
  return root;
}

/** The world with these rows, and with the roots that the root's row has as its public values, unless others are given. */
export function withTree(
  world: World,
  { quads, nodes }: Tree,
  roots: { before: Digest; after: Digest } = rootsOf(nodes),
): World {
  const main = [...world.main];
  main[chipIndex('Boundary')] = traceOf('Boundary', quads);
  main[chipIndex('Merkle')] = traceOf('Merkle', nodes);
  main[chipIndex('Poseidon2')] = compressions(nodes);
  const { publicValues } = world;
  const of = (at: number, root: Digest): number[] => [publicValues[at] ?? 0, ...root];
  return { ...world, main, publicValues: [...of(0, roots.before), ...of(9, roots.after), publicValues[18] ?? 0] };
}

/** The roots before and after that the root's row has. */
export function rootsOf(nodes: readonly Node[]): { before: Digest; after: Digest } {
  const { outInit, outFinal } = rootOf(nodes);
  return { before: outInit, after: outFinal };
}

function traceOf(chip: string, rows: readonly (Quad | Node)[]): ChipTrace {
  const logHeight = logHeightFor(rows.length);
  const columns = (MACHINE.chips[chipIndex(chip)]?.columns ?? []).map(() => new Uint32Array(2 ** logHeight));
  for (const [row, values] of rows.entries()) {
    for (const [name, value] of Object.entries({ isReal: 1, ...values })) {
      const cells: (readonly [string, number])[] =
        typeof value === 'number' ? [[name, value]] : value.map((cell, i) => [`${name}[${i}]`, cell] as const);
      for (const [column, cell] of cells) (columns[columnOf(chip, column)] ?? [])[row] = cell;
    }
  }
  return { logHeight, columns };
}

function compressions(nodes: readonly Node[]): ChipTrace {
  const uses = new Map<string, number>();
  for (const { isReal = 1, leftInit, leftFinal, rightInit, rightFinal, outInit, outFinal } of nodes) {
    if (isReal !== 1) continue;
    for (const [left, right, out] of [
      [leftInit, rightInit, outInit],
      [leftFinal, rightFinal, outFinal],
    ] as const) {
      const key = [...left, ...right].join();
      // A lookup that does not hold has no row to be counted in.
      if (compress(left, right).join() === out.join()) uses.set(key, (uses.get(key) ?? 0) + 1);
    }
  }
  const inputs = [...uses.keys()].flatMap((key) => key.split(',').map(Number));
  return fillPoseidon2({ rows: uses.size, inputs: Uint32Array.from(inputs), uses: Uint32Array.from(uses.values()) });
}

/** What the checker reports of a world, in one sorted list: labels of violated constraints, and names of unbalanced buses. */
export function complaints(world: World): string[] {
  const { shape, boundary, violations, imbalances } = check(world);
  const labels = violations.map(({ chip, label }) => `${chip}: ${label}`);
  return [...new Set([...shape, ...boundary, ...labels, ...imbalances.map(({ bus }) => bus)])].sort();
}
