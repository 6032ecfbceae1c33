/**
 * Evaluates a recorded chip graph: on blocks of rows of base-field columns (checker, reference prover), and once over
 * the wires of a verifier backend. Both read the same nodes; a graph is never interpreted in any other place.
 */
import { P } from '../field/koalabear.ts';
import type { Backend, Wires } from '../verifier/backend.ts';
import type { RecordedChip } from './chip.ts';
import type { ColumnSource, Graph } from './expression.ts';

/** Columns of one chip by source; `main[c][r]` and so on, canonical base elements. */
export type ColumnSets<V> = { readonly [source in ColumnSource]: readonly V[] };

const INVERSE_P = 1 / P;

/**
 * a*b mod p for a, b < p. The quotient is estimated in double precision; it is at most one too large or too small, and
 * then the remainder lies in [-2^11, 0) or [p, p + 2^11), which 32-bit arithmetic still represents.
 */
export function mulModP(a: number, b: number): number {
  const quotient = Math.floor(a * b * INVERSE_P);
  const remainder = (Math.imul(a, b) - Math.imul(quotient, P)) | 0;
  if (remainder < 0) return remainder + P;
  return remainder >= P ? remainder - P : remainder;
}

/** The nodes that `roots` depend on, ascending, operands before users. */
export function reachableNodes(graph: Graph, roots: readonly number[]): number[] {
  const needed = new Uint8Array(graph.nodes.length);
  for (const root of roots) needed[root] = 1;
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const node = graph.nodes[id];
    if (needed[id] === 0 || node === undefined || node.op === 'const' || node.op === 'column') continue;
    needed[node.left] = 1;
    needed[node.right] = 1;
  }
  const list: number[] = [];
  for (let id = 0; id < needed.length; id++) if (needed[id] === 1) list.push(id);
  return list;
}

/** Every node a chip's constraints and interactions name. */
export function chipRoots(chip: RecordedChip): number[] {
  const roots = chip.constraints.map((constraint) => constraint.node);
  for (const interaction of chip.interactions) roots.push(interaction.multiplicity, ...interaction.message);
  return roots;
}

/**
 * Evaluates a graph on blocks of rows: one tight loop per node and block instead of one interpretation per row.
 *
 * `run` leaves the values of the rows [start, start + count) in `at(node)`, valid until the next `run`.
 */
export class BlockEvaluator {
  readonly blockRows: number;
  readonly #graph: Graph;
  readonly #order: readonly number[];
  readonly #values: (Uint32Array | undefined)[];

  constructor(graph: Graph, roots: readonly number[], blockRows = 512) {
    this.blockRows = blockRows;
    this.#graph = graph;
    this.#order = reachableNodes(graph, roots);
    this.#values = [];
    for (const id of this.#order) {
      const node = graph.nodes[id];
      const column = new Uint32Array(blockRows);
      if (node?.op === 'const') column.fill(node.value);
      this.#values[id] = column;
    }
  }

  /** Values of a node in the current block. RangeError when no root needs the node. */
  at(node: number): Uint32Array {
    const values = this.#values[node];
    if (values === undefined) throw new RangeError(`"node" expected one of the roots' nodes, got ${node}`);
    return values;
  }

  /** Errors: RangeError when a column is missing or too short, or `count` exceeds the block. */
  run(columns: ColumnSets<Uint32Array>, start: number, count: number): void {
    if (count > this.blockRows) throw new RangeError(`"count" expected at most ${this.blockRows}, got ${count}`);
    for (const id of this.#order) {
      const node = this.#graph.nodes[id];
      const out = this.at(id);
      if (node === undefined || node.op === 'const') continue;
      if (node.op === 'column') {
        const column = columns[node.source][node.index];
        if (column === undefined || column.length < start + count) {
          throw new RangeError(`${node.source} column ${node.index} expected ${start + count} rows or more`);
        }
        out.set(column.subarray(start, start + count));
        continue;
      }
      const left = this.at(node.left);
      const right = this.at(node.right);
      if (node.op === 'add') addBlock(out, left, right, count);
      else if (node.op === 'sub') subBlock(out, left, right, count);
      else mulBlock(out, left, right, count);
    }
  }
}

// Hot loops: indices are in range by construction, hence the non-null assertions.
function addBlock(out: Uint32Array, a: Uint32Array, b: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const sum = a[i]! + b[i]!;
    out[i] = sum >= P ? sum - P : sum;
  }
}

function subBlock(out: Uint32Array, a: Uint32Array, b: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const difference = a[i]! - b[i]!;
    out[i] = difference < 0 ? difference + P : difference;
  }
}

function mulBlock(out: Uint32Array, a: Uint32Array, b: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = mulModP(a[i]!, b[i]!);
}

/**
 * Evaluates the nodes that `roots` need over a backend, at one value per column. Constant operands become
 * `extMulConst`, so that recorded circuits spend no product on them. The result maps a node to its wire.
 */
export function evaluateGraph<W extends Wires>(
  on: Backend<W>,
  graph: Graph,
  roots: readonly number[],
  columns: ColumnSets<W['ext']>,
): (node: number) => W['ext'] {
  const wires = new Map<number, W['ext']>();
  const at = (id: number): W['ext'] => {
    if (!wires.has(id)) throw new RangeError(`"node" expected one of the roots' nodes, got ${id}`);
    return wires.get(id) as W['ext'];
  };
  for (const id of reachableNodes(graph, roots)) {
    const node = graph.nodes[id];
    if (node === undefined) throw new RangeError(`node ${id} is not in the graph`);
    if (node.op === 'const') {
      wires.set(id, on.extConst([node.value, 0, 0, 0, 0]));
    } else if (node.op === 'column') {
      const set = columns[node.source];
      if (node.index >= set.length) throw new RangeError(`${node.source} column ${node.index} has no value`);
      wires.set(id, set[node.index] as W['ext']);
    } else if (node.op === 'mul') {
      const left = graph.nodes[node.left];
      const right = graph.nodes[node.right];
      if (left?.op === 'const') wires.set(id, on.extMulConst(at(node.right), left.value));
      else if (right?.op === 'const') wires.set(id, on.extMulConst(at(node.left), right.value));
      else wires.set(id, on.extMul(at(node.left), at(node.right)));
    } else if (node.op === 'add') {
      wires.set(id, on.extAdd(at(node.left), at(node.right)));
    } else {
      wires.set(id, on.extSub(at(node.left), at(node.right)));
    }
  }
  return at;
}

/** Values of closed-form columns in the rows [0, height). */
export function closedColumns(chip: RecordedChip, height: number): Uint32Array[] {
  return chip.closedForms.map((form) => Uint32Array.from({ length: height }, (_, row) => form.at(row)));
}

/** Values of the given nodes on one row of base elements. For tests and messages; blocks are the fast way. */
export function evaluateRow(graph: Graph, roots: readonly number[], row: ColumnSets<number>): number[] {
  const evaluator = new BlockEvaluator(graph, roots, 1);
  const lift = (values: readonly number[]): Uint32Array[] => values.map((value) => Uint32Array.of(value));
  evaluator.run({ main: lift(row.main), pre: lift(row.pre), closed: lift(row.closed) }, 0, 1);
  return roots.map((root) => evaluator.at(root)[0] ?? 0);
}
