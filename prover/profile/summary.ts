/** Sums over a call tree: cycles with callees, functions, and the same tree with fewer nodes. */
import type { CallTree } from './call-tree.ts';
import type { FunctionTable } from './functions.ts';

/** Cycles of one function. The name may hold any printable character. */
export type FunctionCycles = {
  readonly name: string;
  readonly address: number;
  readonly calls: number;
  /** In the function itself. */
  readonly self: number;
  /** With what it called; a recursive call counts once. */
  readonly total: number;
};

/** Cycles of each node with those of the nodes below it. */
export function totalsOf({ parent, self }: CallTree): Float64Array {
  const totals = self.slice();
  for (let node = totals.length - 1; node > 0; node--) totals[parent[node] ?? 0]! += totals[node]!;
  return totals;
}

/** All functions that were entered, most cycles of their own first. */
export function functionCycles(tree: CallTree, table: FunctionTable): FunctionCycles[] {
  const totals = totalsOf(tree);
  const sums = new Map<number, { calls: number; self: number; total: number }>();
  for (const [node, index] of tree.function.entries()) {
    const sum = sums.get(index) ?? { calls: 0, self: 0, total: 0 };
    sums.set(index, sum);
    sum.calls += tree.calls[node] ?? 0;
    sum.self += tree.self[node] ?? 0;
    if (!isRecursive(tree, node)) sum.total += totals[node] ?? 0;
  }
  return [...sums]
    .map(([index, sum]) => ({ name: table.names[index] ?? '', address: table.addresses[index] ?? 0, ...sum }))
    .toSorted((a, b) => b.self - a.self || b.total - a.total || a.address - b.address);
}

/** True when a node above is of the same function. */
function isRecursive({ parent, function: functions }: CallTree, node: number): boolean {
  const own = functions[node];
  for (let at = parent[node] ?? -1; at >= 0; at = parent[at] ?? -1) if (functions[at] === own) return true;
  return false;
}

/** Number of nodes from the entry to each node, both included. */
export function depthsOf({ parent }: CallTree): Int32Array {
  const depths = new Int32Array(parent.length).fill(1);
  for (let node = 1; node < depths.length; node++) depths[node] = depths[parent[node] ?? 0]! + 1;
  return depths;
}

/**
 * A tree whose nodes cost at most `budget`, where a node costs `costs[node]`: those with the fewest cycles are dropped and
 * theirs count for their parents. Cycles still add up.
 */
export function shrink(tree: CallTree, costs: Int32Array, budget: number): CallTree {
  const totals = totalsOf(tree);
  // A parent has at least the cycles of its children and a smaller number, so it comes before them.
  const order = Int32Array.from(totals.keys()).sort((a, b) => totals[b]! - totals[a]! || a - b);
  const newIndex = new Int32Array(order.length).fill(-1);
  let spent = 0;
  for (const node of order) {
    spent += costs[node] ?? 0;
    if (spent > budget) break;
    newIndex[node] = 0;
  }
  newIndex[0] = 0;
  const kept: number[] = [];
  for (const node of newIndex.keys()) if (newIndex[node] === 0) newIndex[node] = kept.push(node) - 1;
  if (kept.length === order.length) return tree;
  const self = new Float64Array(kept.length);
  for (const [node, cycles] of tree.self.entries()) {
    let at = node;
    while (newIndex[at] === -1) at = tree.parent[at] ?? 0;
    self[newIndex[at]!]! += cycles;
  }
  return {
    parent: Int32Array.from(kept, (node) => (node === 0 ? -1 : newIndex[tree.parent[node] ?? 0]!)),
    function: Int32Array.from(kept, (node) => tree.function[node] ?? 0),
    calls: Float64Array.from(kept, (node) => tree.calls[node] ?? 0),
    self,
    isCut: true,
    events: undefined,
  };
}

/** The tree with at most `count` nodes, those with the most cycles. */
export function largestPaths(tree: CallTree, count: number): CallTree {
  return shrink(tree, new Int32Array(tree.parent.length).fill(1), count);
}
