/**
 * The readable layer prover: every heavy step of a layer proof on plain typed arrays, without kernels. For small shapes, and
 * as the oracle of the fast one (`wasm.ts`).
 *
 * Reference twin: the product does not use this file. It is in the package as the description of what the kernels compute.
 */
import type { RecordedChip } from '../../air/chip.ts';
import { BlockEvaluator, chipRoots, closedColumns, reachableNodes, type ColumnSets } from '../../air/evaluate.ts';
import * as ext from '../../field/extension.ts';
import { inverse } from '../../field/koalabear.ts';
import type { ExtValue } from '../../field/types.ts';
import { commitColumns } from '../../pcs/reference/encode.ts';
import {
  bindVariable,
  eqVector,
  getExt,
  innerProduct,
  liftVector,
  setExt,
  type ExtVector,
} from '../../pcs/reference/plain-vector.ts';
import type { ProverHash } from '../../verifier/suite.ts';
import { ReferenceWitness, stackColumns as stackTrees } from '../../pcs/reference/witness.ts';
import type {
  ChipCombination,
  ChipSumcheck,
  CreateLayerProver,
  FractionTreeProver,
  GkrSumcheck,
  ProvingKey,
  RoundPolynomial,
  WeightData,
} from './interface.ts';
import type { LayerLayout } from '../layout.ts';
import { at } from '../../core/lists.ts';
import type { ChildValues, GkrRound } from '../proof.ts';
import { stackColumns } from '../stacking.ts';
import type { LookupChallenges } from '../statement.ts';

/** Creates the reference layer prover for one proof. */
export const createReferenceLayerProver: CreateLayerProver = (hash, layout, provingKey, trace, placement) => {
  const { logRows, logColumns, mainColumns, logInverseRate, preStart, logPreColumns, logPreRows } = layout.parameters;
  const { logHeights, mainStarts } = placement;
  const main = trace.map((chip) => chip.columns);
  const mainStack = stackColumns(logRows, mainColumns, layout.mainBlocks, mainStarts, main);
  const preStack = stackColumns(
    logPreRows,
    2 ** logPreColumns,
    layout.preBlocks,
    provingKey.starts,
    provingKey.columns,
  );
  const stacked = stackTrees(logRows, logColumns, [
    { start: 0, width: mainColumns, logLift: 0, columns: mainStack },
    { start: preStart, width: 2 ** logPreColumns, logLift: logRows - logPreRows, columns: preStack },
  ]);
  const columnsOf = layout.chips.map(({ chip }, a): ColumnSets<Uint32Array> => ({
    main: at(main, a),
    pre: provingKey.columns[a] ?? [],
    closed: closedColumns(chip, 2 ** at(logHeights, a)),
  }));
  return {
    step: (body) => body(),
    commitMain: () => commitColumns(hash, logRows, logInverseRate, mainStack),
    evaluateStack: (point) => innerProduct(liftVector(stacked), eqVector(point, ext.ONE)),
    fractionTree: (challenges) => new DenseTree(layout, leafVectors(layout, logHeights, columnsOf, challenges)),
    chipSumcheck: (a, combination, challenges, xi) =>
      new RowSumcheck(at(layout.chips, a).chip, at(columnsOf, a), combination, challenges, xi),
    openingWitness: (weight) =>
      openingWitness(hash, layout, provingKey, placement.logHeights, mainStarts, stacked, weight),
  };
};

type Leaves = { readonly p: ExtVector; readonly q: ExtVector };

/** Numerators and denominators of all 2^L leaves; (0, 1) where no group stands. */
export function leafVectors(
  layout: LayerLayout,
  logHeights: readonly number[],
  columnsOf: readonly ColumnSets<Uint32Array>[],
  challenges: LookupChallenges<ExtValue>,
): Leaves {
  const leaves = 2 ** layout.logLeaves;
  const p = new Uint32Array(5 * leaves);
  const q = new Uint32Array(5 * leaves);
  for (let i = 0; i < leaves; i++) q[5 * i] = 1;
  for (const [a, { chip, firstGroup }] of layout.chips.entries()) {
    const evaluator = new BlockEvaluator(chip.graph, chipRoots(chip));
    const height = 2 ** at(logHeights, a);
    for (let start = 0; start < height; start += evaluator.blockRows) {
      const rows = Math.min(evaluator.blockRows, height - start);
      evaluator.run(at(columnsOf, a), start, rows);
      for (const [g, members] of chip.groups.entries()) {
        const group = firstGroup + g;
        const first = layout.packed?.slotStarts[group] ?? group * 2 ** layout.parameters.logRows;
        for (let i = 0; i < rows; i++) {
          const value = (node: number): ExtValue => ext.fromBase(evaluator.at(node)[i] ?? 0);
          const fraction = groupFraction(chip, members, challenges, value);
          setExt(p, first + start + i, fraction.p);
          setExt(q, first + start + i, fraction.q);
        }
      }
    }
  }
  return { p, q };
}

/** The merged fraction of one group in one row: P = sum_i mu_i prod_(j != i) q_j, Q = prod q_i. */
function groupFraction(
  chip: RecordedChip,
  members: readonly number[],
  { alpha, betas }: LookupChallenges<ExtValue>,
  value: (node: number) => ExtValue,
): { readonly p: ExtValue; readonly q: ExtValue } {
  let p = ext.ZERO;
  let q = ext.ONE;
  for (const index of members) {
    const { bus, sign, multiplicity, message } = at(chip.interactions, index);
    let denominator = ext.add(alpha, ext.fromBase(bus.id));
    for (const [k, node] of message.entries()) {
      denominator = ext.add(denominator, ext.mul(at(betas, k), value(node)));
    }
    const numerator = sign === 1 ? value(multiplicity) : ext.neg(value(multiplicity));
    p = ext.add(ext.mul(p, denominator), ext.mul(numerator, q));
    q = ext.mul(q, denominator);
  }
  return { p, q };
}

/** All layers of the tree, each as dense vectors. */
class DenseTree implements FractionTreeProver {
  /** Entry d: the 2^d nodes of depth d. */
  readonly #depths: Leaves[] = [];

  constructor(layout: LayerLayout, leaves: Leaves) {
    let nodes = leaves;
    for (let depth = layout.logLeaves; depth >= 1; depth--) {
      this.#depths[depth] = nodes;
      const half = 2 ** (depth - 1);
      const next = { p: new Uint32Array(5 * half), q: new Uint32Array(5 * half) };
      for (let i = 0; i < half; i++) {
        if (isConstant(nodes, 2 * i, 2)) {
          next.q[5 * i] = 1;
          continue;
        }
        const [q0, q1] = [getExt(nodes.q, 2 * i), getExt(nodes.q, 2 * i + 1)];
        const cross = ext.mul(getExt(nodes.p, 2 * i + 1), q0);
        setExt(next.p, i, ext.add(ext.mul(getExt(nodes.p, 2 * i), q1), cross));
        setExt(next.q, i, ext.mul(q0, q1));
      }
      nodes = next;
    }
  }

  root(): ChildValues {
    return childrenOf(at(this.#depths, 1));
  }

  layer(k: number, point: readonly ExtValue[], lambda: ExtValue): GkrSumcheck {
    return new DenseSumcheck(at(this.#depths, k + 1), point, lambda);
  }
}

/** Whether `count` nodes from `first` on are all the constant (0, 1), as most of a layer of fixed slots is. */
function isConstant({ p, q }: Leaves, first: number, count: number): boolean {
  for (let k = 5 * first; k < 5 * (first + count); k++) {
    if (p[k] !== 0 || q[k] !== (k % 5 === 0 ? 1 : 0)) return false;
  }
  return true;
}

/** Binds the highest variable of P and Q; equal values stay. */
function bindNodes(nodes: Leaves, r: ExtValue): Leaves {
  const half = nodes.p.length / 2;
  const [p, q] = [nodes.p.slice(0, half), nodes.q.slice(0, half)];
  for (let i = 0; i < half / 5; i++) {
    if (isConstant(nodes, i, 1) && isConstant(nodes, i + half / 5, 1)) continue;
    const fold = (vector: ExtVector): ExtValue => {
      const low = getExt(vector, i);
      return ext.add(low, ext.mul(r, ext.sub(getExt(vector, i + half / 5), low)));
    };
    setExt(p, i, fold(nodes.p));
    setExt(q, i, fold(nodes.q));
  }
  return { p, q };
}

function childrenOf({ p, q }: Leaves): ChildValues {
  return [getExt(p, 0), getExt(q, 0), getExt(p, 1), getExt(q, 1)];
}

/** sum_x eq(u, x) (P0 Q1 + P1 Q0 + lambda Q0 Q1)(x), binding the highest variable first. */
class DenseSumcheck implements GkrSumcheck {
  #nodes: Leaves;
  #point: readonly ExtValue[];
  readonly #lambda: ExtValue;

  constructor(nodes: Leaves, point: readonly ExtValue[], lambda: ExtValue) {
    this.#nodes = nodes;
    this.#point = point;
    this.#lambda = lambda;
  }

  message(): GkrRound {
    const { p, q } = this.#nodes;
    const pairs = p.length / 20;
    const eq = eqVector(this.#point.slice(0, -1), ext.ONE);
    let h1 = ext.ZERO;
    let h2 = ext.ZERO;
    for (let i = 0; i < pairs; i++) {
      // Where both are constant, so is the polynomial: it adds to h_0 only, which is not sent.
      if (isConstant(this.#nodes, 2 * i, 2) && isConstant(this.#nodes, 2 * (i + pairs), 2)) continue;
      const low = [getExt(p, 2 * i), getExt(q, 2 * i), getExt(p, 2 * i + 1), getExt(q, 2 * i + 1)] as const;
      const j = 2 * (i + pairs);
      const high = [getExt(p, j), getExt(q, j), getExt(p, j + 1), getExt(q, j + 1)] as const;
      const step = [0, 1, 2, 3].map((c) => ext.sub(at(high, c), at(low, c)));
      const quadratic = this.#merge([at(step, 0), at(step, 1), at(step, 2), at(step, 3)]);
      const linear = ext.sub(ext.sub(this.#merge(high), this.#merge(low)), quadratic);
      const weight = getExt(eq, i);
      h1 = ext.add(h1, ext.mul(weight, linear));
      h2 = ext.add(h2, ext.mul(weight, quadratic));
    }
    return [h1, h2];
  }

  bind(r: ExtValue): void {
    this.#nodes = bindNodes(this.#nodes, r);
    this.#point = this.#point.slice(0, -1);
  }

  children(): ChildValues {
    return childrenOf(this.#nodes);
  }

  #merge([p0, q0, p1, q1]: ChildValues): ExtValue {
    return ext.add(ext.mul(ext.add(p0, ext.mul(this.#lambda, q0)), q1), ext.mul(p1, q0));
  }
}

/** A chip's polynomial summed over rows; columns are extension vectors that halve with every bound bit. */
class RowSumcheck implements ChipSumcheck {
  readonly #chip: RecordedChip;
  readonly #combination: ChipCombination;
  readonly #challenges: LookupChallenges<ExtValue>;
  readonly #order: readonly number[];
  readonly claim: ExtValue;
  #columns: ColumnSets<ExtVector>;
  /** Coordinates of the unbound row bits, and eq of the bound ones. */
  #xi: readonly ExtValue[];
  #bound: ExtValue = ext.ONE;
  #sums: readonly ExtValue[];

  constructor(
    chip: RecordedChip,
    columns: ColumnSets<Uint32Array>,
    combination: ChipCombination,
    challenges: LookupChallenges<ExtValue>,
    xi: readonly ExtValue[],
  ) {
    this.#chip = chip;
    this.#combination = combination;
    this.#challenges = challenges;
    this.#order = reachableNodes(chip.graph, chipRoots(chip));
    this.#columns = mapSets(columns, (column) => liftVector(column));
    this.#xi = xi;
    this.#sums = this.#evaluate();
    const [low, high] = [at(this.#sums, 0), at(this.#sums, 1)];
    this.claim = ext.add(low, ext.mul(at(xi, xi.length - 1), ext.sub(high, low)));
  }

  message(): RoundPolynomial {
    const inner = cubicThrough(this.#sums);
    const x = at(this.#xi, this.#xi.length - 1);
    // Times eq(xi_j, X) = (1 - xi_j) + (2 xi_j - 1) X and eq of the bound bits.
    const low = ext.mul(this.#bound, ext.sub(ext.ONE, x));
    const slope = ext.mul(this.#bound, ext.sub(ext.add(x, x), ext.ONE));
    const coefficient = (i: number): ExtValue => {
      const constant = i < 4 ? ext.mul(at(inner, i), low) : ext.ZERO;
      return i > 0 ? ext.add(constant, ext.mul(at(inner, i - 1), slope)) : constant;
    };
    return [coefficient(0), coefficient(1), coefficient(2), coefficient(3), coefficient(4)];
  }

  bind(r: ExtValue): void {
    const x = at(this.#xi, this.#xi.length - 1);
    const product = ext.mul(x, r);
    this.#bound = ext.mul(this.#bound, ext.add(ext.sub(ext.sub(ext.ONE, x), r), ext.add(product, product)));
    this.#xi = this.#xi.slice(0, -1);
    this.#columns = mapSets(this.#columns, (column) => bindVariable(column, r, 'highest'));
    if (this.#xi.length > 0) this.#sums = this.#evaluate();
  }

  values(): ExtValue[] {
    return [...this.#columns.main, ...this.#columns.pre].map((column) => getExt(column, 0));
  }

  /** sum_x eq(xi, x) F(x, X) at X = 0..3, X the highest unbound bit and x the bits below it. */
  #evaluate(): ExtValue[] {
    const eq = eqVector(this.#xi.slice(0, -1), ext.ONE);
    const half = eq.length / 5;
    return [0, 1, 2, 3].map((x) => {
      let sum = ext.ZERO;
      for (let i = 0; i < half; i++) sum = ext.add(sum, ext.mul(getExt(eq, i), this.#valueAt(i, half, x)));
      return sum;
    });
  }

  /** F on the line through rows i and i + half, at x. */
  #valueAt(i: number, half: number, x: number): ExtValue {
    const values: ExtValue[] = [];
    for (const id of this.#order) {
      const node = at(this.#chip.graph.nodes, id);
      if (node.op === 'const') values[id] = ext.fromBase(node.value);
      else if (node.op === 'column') {
        const column = at(this.#columns[node.source], node.index);
        const low = getExt(column, i);
        values[id] = ext.add(low, ext.scale(ext.sub(getExt(column, i + half), low), x));
      } else {
        const operation = node.op === 'add' ? ext.add : node.op === 'sub' ? ext.sub : ext.mul;
        values[id] = operation(at(values, node.left), at(values, node.right));
      }
    }
    const value = (node: number): ExtValue => at(values, node);
    let sum = ext.ZERO;
    for (const [c, constraint] of this.#chip.constraints.entries()) {
      sum = ext.add(sum, ext.mul(at(this.#combination.constraints, c), value(constraint.node)));
    }
    for (const [g, members] of this.#chip.groups.entries()) {
      const { p, q } = groupFraction(this.#chip, members, this.#challenges, value);
      sum = ext.add(sum, ext.mul(at(this.#combination.p, g), p));
      sum = ext.add(sum, ext.mul(at(this.#combination.q, g), q));
    }
    return sum;
  }
}

const HALF = inverse(2);
const THIRD = inverse(3);
const SIXTH = inverse(6);

/** Coefficients of the cubic with these values at 0, 1, 2, 3 (Newton's forward differences). */
function cubicThrough(values: readonly ExtValue[]): ExtValue[] {
  const [v0, v1, v2, v3] = [at(values, 0), at(values, 1), at(values, 2), at(values, 3)];
  const d1 = ext.sub(v1, v0);
  const d2 = ext.add(ext.sub(v2, ext.scale(v1, 2)), v0);
  const d3 = ext.sub(ext.sub(v3, ext.scale(ext.sub(v2, v1), 3)), v0);
  const halfD2 = ext.scale(d2, HALF);
  return [
    v0,
    ext.add(ext.sub(d1, halfD2), ext.scale(d3, THIRD)),
    ext.sub(halfD2, ext.scale(d3, HALF)),
    ext.scale(d3, SIXTH),
  ];
}

function mapSets<A, B>(sets: ColumnSets<A>, change: (column: A) => B): ColumnSets<B> {
  return { main: sets.main.map(change), pre: sets.pre.map(change), closed: sets.closed.map(change) };
}

/** The opening's weight as a dense vector: the verifier's `weightAtPoint` is its multilinear extension. */
export function weightVector(
  layout: LayerLayout,
  logHeights: readonly number[],
  mainStarts: readonly number[],
  preStarts: readonly number[],
  { thetas, rowPoint, oodPoint }: WeightData,
): ExtVector {
  const { logRows, logPreRows, preStart } = layout.parameters;
  const weight = eqVector(oodPoint, at(thetas, layout.claimCount));
  const preCell = (cell: number): number => {
    const row = cell % 2 ** logPreRows;
    return row * 2 ** (logRows - logPreRows) + (preStart + Math.floor(cell / 2 ** logPreRows)) * 2 ** logRows;
  };
  for (const [a, { chip, firstClaim }] of layout.chips.entries()) {
    const equal = eqVector(rowPoint.slice(0, at(logHeights, a)), ext.ONE);
    const add = (cell: (i: number) => number, claim: number): void => {
      for (let x = 0; x < equal.length / 5; x++) {
        const z = cell(x);
        setExt(weight, z, ext.add(getExt(weight, z), ext.mul(at(thetas, claim), getExt(equal, x))));
      }
    };
    const height = equal.length / 5;
    for (const [b, block] of layout.mainBlocks.entries()) {
      for (let i = 0; block.chip === a && i < 2 ** block.logWidth; i++) {
        add((x) => at(mainStarts, b) + i * height + x, firstClaim + block.firstColumn + i);
      }
    }
    for (const [b, block] of layout.preBlocks.entries()) {
      for (let i = 0; block.chip === a && i < 2 ** block.logWidth; i++) {
        const claim = firstClaim + chip.columns.length + block.firstColumn + i;
        add((x) => preCell(at(preStarts, b) + i * height + x), claim);
      }
    }
  }
  return weight;
}

function openingWitness(
  hash: ProverHash,
  layout: LayerLayout,
  provingKey: ProvingKey,
  logHeights: readonly number[],
  mainStarts: readonly number[],
  stacked: Uint32Array,
  weight: WeightData,
): ReferenceWitness {
  return new ReferenceWitness(hash, stacked, weightVector(layout, logHeights, mainStarts, provingKey.starts, weight));
}
