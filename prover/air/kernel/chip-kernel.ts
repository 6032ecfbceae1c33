/**
 * The prover kernel of one chip, generated from its recorded graph: leaf fractions of the bus argument, and the sums of
 * the zerocheck rounds, first on base columns and then on columns folded into the extension field.
 *
 * Four rows at a time. Values live in the thread's scratch memory as vectors: `w` vectors per node (1 base, 5 extension),
 * five per fingerprint. The plain twin is `air/evaluate.ts`.
 *
 * Arguments block (words at `args`): byte offset of every column, main, preprocessed, closed; base columns are one
 * plane, extension columns five planes `plane` bytes apart. Constants block (vectors at `consts`, splatted, Montgomery):
 * see `ConstantLayout`.
 */
import { LaneExt, type LaneExtValue } from '../../field/extension-kernel.ts';
import { toMontgomery } from '../../field/montgomery.ts';
import { type FunctionBuilder, type FunctionRef, ModuleBuilder } from '../../wasm/emitter.ts';
import { type I32, type V128, i32, i32x4, v128 } from '../../wasm/instructions.ts';
import { MAX_MESSAGE, type RecordedChip } from '../chip.ts';
import { type ChipPlan, type PlannedInteraction, planChip } from './chip-plan.ts';

const I = 'i32' as const;
const VECTOR = 16;
const ELEMENT = 5 * VECTOR;
/** Points X at which round polynomials are evaluated. */
export const POINTS = 4;

/** Byte offsets within the constants block; every entry is an extension element of five splatted vectors. */
export type ConstantLayout = {
  /** alpha + bus of interaction i. */
  readonly start: (interaction: number) => number;
  /** beta^k, k = 1..MAX_MESSAGE. */
  readonly beta: (k: number) => number;
  /** Weight of the numerator and of the denominator of group g, and of constraint i. */
  readonly numerator: (group: number) => number;
  readonly denominator: (group: number) => number;
  readonly constraint: (index: number) => number;
  /** The element 1. */
  readonly one: number;
  readonly byteLength: number;
};

export function constantLayout(chip: RecordedChip): ConstantLayout {
  const betas = chip.interactions.length;
  const groups = betas + MAX_MESSAGE;
  const constraints = groups + 2 * chip.groups.length;
  return {
    start: (interaction) => ELEMENT * interaction,
    beta: (k) => ELEMENT * (betas + k - 1),
    numerator: (group) => ELEMENT * (groups + 2 * group),
    denominator: (group) => ELEMENT * (groups + 2 * group + 1),
    constraint: (index) => ELEMENT * (constraints + index),
    one: ELEMENT * (constraints + chip.constraints.length),
    byteLength: ELEMENT * (constraints + chip.constraints.length + 1),
  };
}

/** Bytes of one job's result: the sums at X = 0..3, five vectors each. */
export const ROUND_SUM_BYTES = POINTS * ELEMENT;

type Representation = 'base' | 'ext';

/**
 * Builds the module. Exports:
 * `leaves(args, consts, outs, plane, start, end)`: numerator and denominator of every group for rows [start, end) into
 *   the extension vectors whose byte offsets are the words at `outs` (P and Q of group 0, of group 1, ...).
 * `roundBase(args, consts, half, eq, eqPlane, out, start, end)` and
 * `roundExt(args, plane, consts, half, eq, eqPlane, out, start, end)`: sum over i in [start, end) of eq[i] times the
 *   weighted chip polynomial on the line through rows i and i + half, at X = 0..3.
 */
export function chipModule(chip: RecordedChip): Uint8Array<ArrayBuffer> {
  const plan = planChip(chip);
  const layout = constantLayout(chip);
  const m = new ModuleBuilder();
  const ops = elementOperations(m);
  const base = new LineKernel(m, ops, plan, layout, 'base');
  base.leaves();
  base.round();
  new LineKernel(m, ops, plan, layout, 'ext').round();
  return m.bytes();
}

type Ternary = { dst: 'i32'; a: 'i32'; b: 'i32' };
type Operations = {
  readonly mul: FunctionRef<Ternary, undefined>;
  readonly add: FunctionRef<Ternary, undefined>;
  readonly sub: FunctionRef<Ternary, undefined>;
  /** dst = a * (one vector at b). */
  readonly scale: FunctionRef<Ternary, undefined>;
  /** dst += a * b, dst -= a * b. */
  readonly mulAdd: FunctionRef<Ternary, undefined>;
  readonly mulSub: FunctionRef<Ternary, undefined>;
  /** dst += a * (one vector at b), dst -= that. */
  readonly scaleAdd: FunctionRef<Ternary, undefined>;
  readonly scaleSub: FunctionRef<Ternary, undefined>;
};

/** Functions on elements in memory, so that generated code stays small. */
function elementOperations(m: ModuleBuilder): Operations {
  const make = (name: string, body: (field: LaneExt, a: I32, b: I32, dst: I32) => LaneExtValue) =>
    m.func(name, { dst: I, a: I, b: I }, (f, { dst, a, b }) => {
      const field = new LaneExt(f);
      field.storeVectors(dst, body(field, a, b, dst));
    });
  return {
    mul: make('mul', (field, a, b) => field.mul(field.loadVectors(a), field.loadVectors(b))),
    add: make('add', (field, a, b) => field.add(field.loadVectors(a), field.loadVectors(b))),
    sub: make('sub', (field, a, b) => field.sub(field.loadVectors(a), field.loadVectors(b))),
    scale: make('scale', (field, a, b) => field.scale(field.loadVectors(a), v128.load(b))),
    mulAdd: make('mulAdd', (field, a, b, dst) =>
      field.mulAdd(field.loadVectors(a), field.loadVectors(b), field.loadVectors(dst)),
    ),
    mulSub: make('mulSub', (field, a, b, dst) =>
      field.sub(field.loadVectors(dst), field.mul(field.loadVectors(a), field.loadVectors(b))),
    ),
    scaleAdd: make('scaleAdd', (field, a, b, dst) =>
      field.add(field.loadVectors(dst), field.scale(field.loadVectors(a), v128.load(b))),
    ),
    scaleSub: make('scaleSub', (field, a, b, dst) =>
      field.sub(field.loadVectors(dst), field.scale(field.loadVectors(a), v128.load(b))),
    ),
  };
}

/** Elements of scratch that `#group` and `round` use, before the fingerprints that are not linear. */
const WORK = { numerator: 0, product: 1, partial: 2, total: 3, weight: 4, count: 5 } as const;

/** Generates the functions of one representation of the columns. */
class LineKernel {
  readonly #m: ModuleBuilder;
  readonly #ops: Operations;
  readonly #plan: ChipPlan;
  readonly #layout: ConstantLayout;
  readonly #representation: Representation;
  /** Bytes of one node's value. */
  readonly #node: number;
  /** Bytes of the linear part at one X. */
  readonly #lineBytes: number;
  readonly #linear: FunctionRef<{ args: 'i32'; plane: 'i32'; consts: 'i32'; row: 'i32'; dst: 'i32' }, undefined>;

  constructor(
    m: ModuleBuilder,
    ops: Operations,
    plan: ChipPlan,
    layout: ConstantLayout,
    representation: Representation,
  ) {
    this.#m = m;
    this.#ops = ops;
    this.#plan = plan;
    this.#layout = layout;
    this.#representation = representation;
    this.#node = representation === 'base' ? VECTOR : ELEMENT;
    this.#lineBytes = plan.keptNodes.length * this.#node + plan.linearFingerprints * ELEMENT;
    this.#linear = this.#linearFunction();
  }

  #fingerprintOffset(slot: number): number {
    return this.#plan.keptNodes.length * this.#node + slot * ELEMENT;
  }

  /** Scratch map: linear parts at X = 0..3, work elements, fingerprints that are not linear, values of nodes. */
  #workAt(f: FunctionBuilder, element: number): I32 {
    return i32.add(f.scratch, i32.const(POINTS * this.#lineBytes + ELEMENT * element));
  }

  #nodeArea(f: FunctionBuilder): I32 {
    return f.let(this.#workAt(f, WORK.count + this.#plan.interactions.length));
  }

  #values(f: FunctionBuilder, field: LaneExt): NodeValues {
    const { nodes } = this.#plan.graph;
    return this.#representation === 'base'
      ? new BaseValues(f, field, nodes)
      : new ExtValues(f, this.#ops, nodes, this.#nodeArea(f));
  }

  /** Columns, linear nodes and linear fingerprints of four rows, into the linear part at `dst`. */
  #linearFunction(): FunctionRef<{ args: 'i32'; plane: 'i32'; consts: 'i32'; row: 'i32'; dst: 'i32' }, undefined> {
    const { chip, linearNodes, keptNodes, graph, interactions } = this.#plan;
    const parameters = { args: I, plane: I, consts: I, row: I, dst: I };
    return this.#m.func(`linear-${this.#representation}`, parameters, (f, { args, plane, consts, row, dst }) => {
      const field = new LaneExt(f);
      const values = this.#values(f, field);
      const firstColumn = { main: 0, pre: chip.columns.length, closed: chip.columns.length + chip.preprocessed.length };
      const rowBytes = f.let(i32.shl(row, i32.const(2)));
      for (const id of linearNodes) {
        const slot = keptNodes.indexOf(id);
        const place = slot < 0 ? undefined : f.let(i32.add(dst, i32.const(slot * this.#node)));
        const node = graph.nodes[id];
        if (node?.op === 'column') {
          const word = firstColumn[node.source] + node.index;
          values.loadColumn(id, f.let(i32.add(i32.load(args, 4 * word), rowBytes)), plane, place);
        } else {
          values.compute(id, place);
        }
      }
      for (const interaction of interactions) {
        if (interaction.linearSlot === undefined) continue;
        const at = f.let(i32.add(dst, i32.const(this.#fingerprintOffset(interaction.linearSlot))));
        this.#fingerprint(f, field, values, interaction, consts, at);
      }
    });
  }

  /** alpha + bus + sum_k beta^k m_k, into `dst`. */
  #fingerprint(
    f: FunctionBuilder,
    field: LaneExt,
    values: NodeValues,
    interaction: PlannedInteraction,
    consts: I32,
    dst: I32,
  ): void {
    field.storeVectors(dst, field.loadVectors(consts, this.#layout.start(interaction.index)));
    for (const [k, node] of interaction.message.entries()) {
      values.accumulate(dst, f.let(i32.add(consts, i32.const(this.#layout.beta(k + 1)))), node, 1);
    }
  }

  /** Emits the evaluation of all nodes and fingerprints at one X from the linear part at `line`. */
  #point(f: FunctionBuilder, field: LaneExt, line: I32, consts: I32): { values: NodeValues; q: I32[] } {
    const values = this.#values(f, field);
    for (const [slot, id] of this.#plan.keptNodes.entries()) {
      values.place(id, f.let(i32.add(line, i32.const(slot * this.#node))));
    }
    for (const id of this.#plan.pointNodes) values.compute(id, undefined);
    const q = this.#plan.interactions.map((interaction) => {
      if (interaction.linearSlot !== undefined) {
        return f.let(i32.add(line, i32.const(this.#fingerprintOffset(interaction.linearSlot))));
      }
      const at = f.let(this.#workAt(f, WORK.count + interaction.index));
      this.#fingerprint(f, field, values, interaction, consts, at);
      return at;
    });
    return { values, q };
  }

  /** Emits one group: P = sum_i mu_i prod_{j != i} q_j and Q = prod q_j, signs on the mu_i; returns where they are. */
  #group(
    f: FunctionBuilder,
    field: LaneExt,
    values: NodeValues,
    q: readonly I32[],
    consts: I32,
    group: readonly number[],
  ): { p: I32; q: I32 } {
    const p = f.let(this.#workAt(f, WORK.numerator));
    const product = f.let(this.#workAt(f, WORK.product));
    const partial = f.let(this.#workAt(f, WORK.partial));
    const members = group.map((index) => {
      const interaction = this.#plan.interactions[index];
      const at = q[index];
      if (interaction === undefined || at === undefined) throw new RangeError(`no interaction ${index}`);
      return { at, node: interaction.multiplicity, sign: interaction.sign };
    });
    field.storeVectors(p, field.zero());
    const [a, b, c] = members;
    if (a === undefined) throw new RangeError('an empty group');
    if (b === undefined) {
      values.accumulate(p, f.let(i32.add(consts, i32.const(this.#layout.one))), a.node, a.sign);
      return { p, q: a.at };
    }
    if (c === undefined) {
      values.accumulate(p, b.at, a.node, a.sign);
      values.accumulate(p, a.at, b.node, b.sign);
      f.call(this.#ops.mul, { dst: product, a: a.at, b: b.at });
      return { p, q: product };
    }
    f.call(this.#ops.mul, { dst: partial, a: b.at, b: c.at });
    values.accumulate(p, partial, a.node, a.sign);
    f.call(this.#ops.mul, { dst: product, a: a.at, b: partial });
    f.call(this.#ops.mul, { dst: partial, a: a.at, b: c.at });
    values.accumulate(p, partial, b.node, b.sign);
    f.call(this.#ops.mul, { dst: partial, a: a.at, b: b.at });
    values.accumulate(p, partial, c.node, c.sign);
    return { p, q: product };
  }

  leaves(): void {
    const parameters = { args: I, consts: I, outs: I, plane: I, start: I, end: I };
    this.#m.func('leaves', parameters, (f, { args, consts, outs, plane, start, end }) => {
      const field = new LaneExt(f);
      const line = f.let(f.scratch);
      f.for(start, end, 4, (i) => {
        f.call(this.#linear, { args, plane: i32.const(0), consts, row: i, dst: line });
        const { values, q } = this.#point(f, field, line, consts);
        const rowBytes = f.let(i32.shl(i, i32.const(2)));
        for (const [g, group] of this.#plan.chip.groups.entries()) {
          const result = this.#group(f, field, values, q, consts, group);
          field.store(i32.add(i32.load(outs, 8 * g), rowBytes), plane, field.loadVectors(result.p));
          field.store(i32.add(i32.load(outs, 8 * g + 4), rowBytes), plane, field.loadVectors(result.q));
        }
      });
    });
  }

  round(): void {
    const evaluate = this.#evaluateFunction();
    const parameters = { args: I, plane: I, consts: I, half: I, eq: I, eqPlane: I, out: I, start: I, end: I };
    const name = this.#representation === 'base' ? 'roundBase' : 'roundExt';
    this.#m.func(name, parameters, (f, { args, plane, consts, half, eq, eqPlane, out, start, end }) => {
      const field = new LaneExt(f);
      for (let x = 0; x < POINTS; x++) field.storeVectors(out, field.zero(), ELEMENT * x);
      const bytes = i32.const(this.#lineBytes);
      const line = f.let(f.scratch);
      const second = f.let(i32.add(line, bytes));
      const weight = f.let(this.#workAt(f, WORK.weight));
      const total = f.let(this.#workAt(f, WORK.total));
      f.for(start, end, 4, (i) => {
        f.call(this.#linear, { args, plane, consts, row: i, dst: line });
        f.call(this.#linear, { args, plane, consts, row: i32.add(i, half), dst: second });
        // Values at 2 and 3: v1 + (v1 - v0), and once more.
        f.for(i32.const(0), bytes, VECTOR, (offset) => {
          const at = f.let(i32.add(line, offset));
          const low = f.let(v128.load(at));
          const high = f.let(v128.load(at, this.#lineBytes));
          const step = field.base.sub(high, low);
          const two = field.base.add(high, step);
          f.storeV128(at, two, 2 * this.#lineBytes);
          f.storeV128(at, field.base.add(two, step), 3 * this.#lineBytes);
        });
        field.storeVectors(weight, field.load(i32.add(eq, i32.shl(i, i32.const(2))), eqPlane));
        f.for(i32.const(0), i32.const(POINTS), 1, (x) => {
          f.call(evaluate, { line: i32.add(line, i32.mul(x, bytes)), consts, dst: total });
          f.call(this.#ops.mulAdd, { dst: i32.add(out, i32.mul(x, i32.const(ELEMENT))), a: total, b: weight });
        });
      });
    });
  }

  /** Weighted sum of all groups and constraints at one X. */
  #evaluateFunction(): FunctionRef<{ line: 'i32'; consts: 'i32'; dst: 'i32' }, undefined> {
    const { chip } = this.#plan;
    const parameters = { line: I, consts: I, dst: I };
    return this.#m.func(`evaluate-${this.#representation}`, parameters, (f, { line, consts, dst }) => {
      const field = new LaneExt(f);
      const { values, q } = this.#point(f, field, line, consts);
      field.storeVectors(dst, field.zero());
      const constant = (offset: number): I32 => f.let(i32.add(consts, i32.const(offset)));
      for (const [index, { node }] of chip.constraints.entries()) {
        values.accumulate(dst, constant(this.#layout.constraint(index)), node, 1);
      }
      for (const [g, group] of chip.groups.entries()) {
        const result = this.#group(f, field, values, q, consts, group);
        f.call(this.#ops.mulAdd, { dst, a: result.p, b: constant(this.#layout.numerator(g)) });
        f.call(this.#ops.mulAdd, { dst, a: result.q, b: constant(this.#layout.denominator(g)) });
      }
    });
  }
}

type Nodes = ChipPlan['graph']['nodes'];

/** Where the values of graph nodes are while code is emitted. */
interface NodeValues {
  /** The value of a node already in memory. */
  place(id: number, at: I32): void;
  /** Loads a column and, if `to` is given, stores it there. */
  loadColumn(id: number, column: I32, plane: I32, to: I32 | undefined): void;
  /** Computes an operation from its operands and, if `to` is given, stores it there. */
  compute(id: number, to: I32 | undefined): void;
  /** The element at `dst` += sign * (element at `element`) * node. */
  accumulate(dst: I32, element: I32, id: number, sign: 1 | -1): void;
}

function operation(nodes: Nodes, id: number): Extract<Nodes[number], { op: 'add' | 'sub' | 'mul' }> {
  const node = nodes[id];
  if (node === undefined || node.op === 'const' || node.op === 'column')
    throw new RangeError(`node ${id} is not an operation`);
  return node;
}

/** Base nodes: one vector each, in a local. */
class BaseValues implements NodeValues {
  readonly #f: FunctionBuilder;
  readonly #field: LaneExt;
  readonly #nodes: Nodes;
  readonly #values = new Map<number, V128>();

  constructor(f: FunctionBuilder, field: LaneExt, nodes: Nodes) {
    this.#f = f;
    this.#field = field;
    this.#nodes = nodes;
  }

  place(id: number, at: I32): void {
    this.#values.set(id, this.#f.let(v128.load(at)));
  }

  loadColumn(id: number, column: I32, _plane: I32, to: I32 | undefined): void {
    this.#keep(id, this.#f.let(v128.load(column)), to);
  }

  compute(id: number, to: I32 | undefined): void {
    const node = operation(this.#nodes, id);
    const { base } = this.#field;
    const [a, b] = [this.#value(node.left), this.#value(node.right)];
    this.#keep(id, node.op === 'add' ? base.add(a, b) : node.op === 'sub' ? base.sub(a, b) : base.mul(a, b), to);
  }

  accumulate(dst: I32, element: I32, id: number, sign: 1 | -1): void {
    const node = this.#nodes[id];
    if (node?.op === 'const' && node.value === 0) return;
    const field = this.#field;
    const factor = field.loadVectors(element);
    const term = node?.op === 'const' && node.value === 1 ? factor : field.scale(factor, this.#value(id));
    const old = field.loadVectors(dst);
    field.storeVectors(dst, sign === 1 ? field.add(old, term) : field.sub(old, term));
  }

  #keep(id: number, value: V128, to: I32 | undefined): void {
    this.#values.set(id, value);
    if (to !== undefined) this.#f.storeV128(to, value);
  }

  #value(id: number): V128 {
    const known = this.#values.get(id);
    if (known !== undefined) return known;
    const node = this.#nodes[id];
    if (node?.op !== 'const') throw new RangeError(`node ${id} has no value yet`);
    return this.#f.let(i32x4.splat(i32.const(toMontgomery(node.value))));
  }
}

/** Extension nodes: an element in memory each, handled by calls, so that large chips stay compilable. */
class ExtValues implements NodeValues {
  readonly #f: FunctionBuilder;
  readonly #ops: Operations;
  readonly #nodes: Nodes;
  readonly #area: I32;
  readonly #places = new Map<number, I32>();
  #used = 0;

  constructor(f: FunctionBuilder, ops: Operations, nodes: Nodes, area: I32) {
    this.#f = f;
    this.#ops = ops;
    this.#nodes = nodes;
    this.#area = area;
  }

  place(id: number, at: I32): void {
    this.#places.set(id, at);
  }

  loadColumn(id: number, column: I32, plane: I32, to: I32 | undefined): void {
    const f = this.#f;
    const dst = to ?? this.#fresh();
    const from = f.let(column);
    for (let k = 0; k < 5; k++) {
      f.storeV128(dst, v128.load(from), VECTOR * k);
      if (k < 4) f.set(from, i32.add(from, plane));
    }
    this.#places.set(id, dst);
  }

  compute(id: number, to: I32 | undefined): void {
    const f = this.#f;
    const node = operation(this.#nodes, id);
    const dst = to ?? this.#fresh();
    this.#places.set(id, dst);
    if (node.op !== 'mul') {
      f.call(this.#ops[node.op], { dst, a: this.#at(node.left), b: this.#at(node.right) });
      return;
    }
    if (this.#constant(node.left) !== undefined) {
      f.call(this.#ops.scale, { dst, a: this.#at(node.right), b: this.#at(node.left) });
    } else if (this.#constant(node.right) !== undefined) {
      f.call(this.#ops.scale, { dst, a: this.#at(node.left), b: this.#at(node.right) });
    } else {
      f.call(this.#ops.mul, { dst, a: this.#at(node.left), b: this.#at(node.right) });
    }
  }

  accumulate(dst: I32, element: I32, id: number, sign: 1 | -1): void {
    const constant = this.#constant(id);
    if (constant === 0) return;
    const { add, sub, scaleAdd, scaleSub, mulAdd, mulSub } = this.#ops;
    if (constant === 1) this.#f.call(sign === 1 ? add : sub, { dst, a: dst, b: element });
    else if (constant !== undefined) {
      this.#f.call(sign === 1 ? scaleAdd : scaleSub, { dst, a: element, b: this.#at(id) });
    } else this.#f.call(sign === 1 ? mulAdd : mulSub, { dst, a: element, b: this.#at(id) });
  }

  #constant(id: number): number | undefined {
    const node = this.#nodes[id];
    return node?.op === 'const' ? node.value : undefined;
  }

  #fresh(): I32 {
    return this.#f.let(i32.add(this.#area, i32.const(ELEMENT * this.#used++)));
  }

  /** Address of a node; a constant is written as an element, whose first vector is also the splatted base value. */
  #at(id: number): I32 {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const constant = this.#constant(id);
    if (constant === undefined) throw new RangeError(`node ${id} has no value yet`);
    const at = this.#fresh();
    this.#f.storeV128(at, i32x4.splat(i32.const(toMontgomery(constant))));
    for (let k = 1; k < 5; k++) this.#f.storeV128(at, v128.const32([0, 0, 0, 0]), VECTOR * k);
    this.#places.set(id, at);
    return at;
  }
}
