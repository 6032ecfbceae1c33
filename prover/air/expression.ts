/**
 * The expression graph of one chip. `eval` of a chip runs once on these nodes; everything else (row checker, prover
 * kernel, native verifier, recursion circuit, R1CS) reads the graph. Nodes are interned: equal nodes are one node.
 */

/** Where a column's values come from: committed trace, program key, or a formula of the row index. */
export type ColumnSource = 'main' | 'pre' | 'closed';

export type GraphNode =
  | { readonly op: 'const'; readonly value: number }
  | { readonly op: 'column'; readonly source: ColumnSource; readonly index: number }
  | { readonly op: 'add' | 'sub' | 'mul'; readonly left: number; readonly right: number };

/** KoalaBear: p = 2^31 - 2^24 + 1. */
const P = 2130706433;

/** Nodes in an order in which operands come before their users; a node is named by its position. */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly degrees: number[] = [];
  readonly #index = new Map<string, number>();

  constant(value: number): Expr {
    const canonical = ((value % P) + P) % P;
    return this.#intern(`c${canonical}`, { op: 'const', value: canonical }, 0);
  }

  column(source: ColumnSource, index: number): Expr {
    return this.#intern(`${source}${index}`, { op: 'column', source, index }, 1);
  }

  /** Records a binary operation; constants are folded and neutral elements dropped. */
  binary(op: 'add' | 'sub' | 'mul', left: Expr, right: Expr): Expr {
    const a = this.nodes[left.id];
    const b = this.nodes[right.id];
    const ca = a?.op === 'const' ? a.value : undefined;
    const cb = b?.op === 'const' ? b.value : undefined;
    if (ca !== undefined && cb !== undefined) {
      if (op === 'add') return this.constant(ca + cb);
      if (op === 'sub') return this.constant(ca - cb);
      return this.constant(Number((BigInt(ca) * BigInt(cb)) % BigInt(P)));
    }
    if (op === 'mul' && (ca === 0 || cb === 0)) return this.constant(0);
    if ((op === 'add' && ca === 0) || (op === 'mul' && ca === 1)) return right;
    if ((op !== 'mul' && cb === 0) || (op === 'mul' && cb === 1)) return left;
    const da = this.degrees[left.id] ?? 0;
    const db = this.degrees[right.id] ?? 0;
    const degree = op === 'mul' ? da + db : Math.max(da, db);
    return this.#intern(`${op}:${left.id}:${right.id}`, { op, left: left.id, right: right.id }, degree);
  }

  #intern(key: string, node: GraphNode, degree: number): Expr {
    let id = this.#index.get(key);
    if (id === undefined) {
      id = this.nodes.length;
      this.nodes.push(node);
      this.degrees.push(degree);
      this.#index.set(key, id);
    }
    return new Expr(this, id);
  }
}

/** A polynomial in the columns of one row. */
export class Expr {
  readonly graph: Graph;
  readonly id: number;

  constructor(graph: Graph, id: number) {
    this.graph = graph;
    this.id = id;
  }

  get degree(): number {
    return this.graph.degrees[this.id] ?? 0;
  }

  add(other: Expr | number): Expr {
    return this.graph.binary('add', this, this.#lift(other));
  }

  sub(other: Expr | number): Expr {
    return this.graph.binary('sub', this, this.#lift(other));
  }

  mul(other: Expr | number): Expr {
    return this.graph.binary('mul', this, this.#lift(other));
  }

  neg(): Expr {
    return this.graph.constant(0).sub(this);
  }

  #lift(value: Expr | number): Expr {
    return typeof value === 'number' ? this.graph.constant(value) : value;
  }
}
