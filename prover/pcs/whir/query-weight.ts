/**
 * Weights of the in-domain queries: f(x) = sum_b v_b x^b is the inner product of v with the weight whose multilinear extension
 * is prod_s ((1 - X_s) + X_s x^(2^s)).
 *
 * Three variables together are a polynomial of degree 7 in y = x^(8^g) whose eight coefficients depend on the point alone,
 * so that all queries of an iteration share them.
 */
import { ONE } from '../../field/extension.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';
import { eqTable } from '../../verifier/multilinear.ts';

/** Variables a table, unless the backend wants it otherwise. */
const CHUNK = 3;

/** The coefficients shared by all queries with the same point: one table of 2^3 (or fewer) per three variables. */
export type QueryWeights<W extends Wires> = { readonly tables: readonly (readonly W['ext'][])[] };

/** Prepares the weights at `point`, lowest variable first: entry e of a table is prod_s (X_s or 1 - X_s) by the bits of e. */
export function prepareQueryWeights<W extends Wires>(on: Backend<W>, point: readonly W['ext'][]): QueryWeights<W> {
  const chunk = on.queryChunk ?? CHUNK;
  const tables: W['ext'][][] = [];
  for (let at = 0; at < point.length; at += chunk) tables.push(eqTable(on, point.slice(at, at + chunk)));
  return { tables };
}

/** prod_s ((1 - X_s) + X_s x^(2^s)) at the prepared point. */
export function queryWeightAt<W extends Wires>(on: Backend<W>, weights: QueryWeights<W>, x: W['felt']): W['ext'] {
  let product: W['ext'] | undefined;
  let y = x;
  for (const [g, table] of weights.tables.entries()) {
    let sum: W['ext'] = table[0]!;
    let power = y;
    for (let e = 1; e < table.length; e++) {
      if (e > 1) power = on.feltMul(power, y);
      sum = on.extAdd(sum, on.extScale(table[e]!, power));
    }
    product = product === undefined ? sum : on.extMul(product, sum);
    // y^8 = y^7 * y for the next three variables (chunks of one: y^2 = y * y).
    if (g + 1 < weights.tables.length) y = on.feltMul(power, y);
  }
  return product ?? on.extConst(ONE);
}
