/** Bounds of an expression over the integers, when every column lies in [0, bound]: the audit that nothing wraps mod p. */
import type { Graph } from '../../../prover/air/expression.ts';
import { P } from '../../../prover/field/koalabear.ts';

/** Constants above p/2 count as negative. The result is exact only as a bound. */
export function interval(graph: Graph, node: number, bound: readonly number[]): readonly [number, number] {
  const op = graph.nodes[node];
  if (op === undefined) throw new RangeError(`no node ${node}`);
  if (op.op === 'const') {
    const value = op.value > P / 2 ? op.value - P : op.value;
    return [value, value];
  }
  if (op.op === 'column') {
    if (op.source !== 'main') throw new RangeError('only main columns have bounds');
    return [0, bound[op.index] ?? Infinity];
  }
  const [a, b] = interval(graph, op.left, bound);
  const [c, d] = interval(graph, op.right, bound);
  if (op.op === 'add') return [a + c, b + d];
  if (op.op === 'sub') return [a - d, b - c];
  const products = [a * c, a * d, b * c, b * d];
  return [Math.min(...products), Math.max(...products)];
}
