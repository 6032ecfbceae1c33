/**
 * The first rounds of an opening, which bind the column variables of the stacked polynomial Q and of its weight W.
 *
 * W is a sum of terms that are each a product of something on rows and something on columns, so for every pair of columns the
 * inner product of one's values with the other's weight follows from a few inner products a column. The rounds work on that
 * matrix alone: with S[a][b] = sum_x Q(x, a) W(x, b), a message is a sum of entries of S, and binding a variable folds S in both
 * directions. Cells are read twice: for the inner products, and when all column variables are bound.
 */
import { at } from '../../core/lists.ts';
import * as ext from '../../field/extension.ts';
import { P } from '../../field/koalabear.ts';
import type { ExtValue } from '../../field/types.ts';
import type { BasePtr, ExtBuffer, ExtVectors } from '../../poly/ext-vectors.ts';
import { plainEq } from '../../poly/plain-eq.ts';
import type { RoundMessage } from '../whir/opening.ts';
import { type Segment, segmentDots } from './segments.ts';

/** scale * eq(point[0 .. logHeight), .) on a segment of one column. */
export type WeightTerm = Segment & { readonly column: number; readonly scale: ExtValue };

/** W: its terms, and one on all cells. */
export type StackedWeight = {
  /** What terms take their first coordinates of, lowest variable first. */
  readonly point: readonly ExtValue[];
  readonly terms: readonly WeightTerm[];
  /** Terms whose row b is at row b * 2^logLift of the column. */
  readonly lifted: readonly WeightTerm[];
  readonly logLift: number;
  /** scale * eq(point, .) on all cells; `dots` are the inner products of all columns with eq of the point's row coordinates. */
  readonly whole: { readonly point: readonly ExtValue[]; readonly scale: ExtValue; readonly dots: readonly ExtValue[] };
};

/** The statement before the first round. */
export type StackedStatement = {
  readonly logRows: number;
  readonly logColumns: number;
  /** Byte offset of each of the 2^logColumns columns (Montgomery words); undefined for a column of zeros. */
  readonly columns: readonly (BasePtr | undefined)[];
  readonly weight: StackedWeight;
};

export class ColumnRounds {
  readonly #vectors: ExtVectors;
  readonly #statement: StackedStatement;
  readonly #challenges: ExtValue[] = [];
  /** S without the term on all cells, weights outside. */
  #products: readonly (readonly ExtValue[])[];
  /** That term: inner products of columns, and their weights. */
  #dots: readonly ExtValue[];
  #scales: readonly ExtValue[];

  constructor(vectors: ExtVectors, statement: StackedStatement) {
    const { logRows, logColumns, columns, weight } = statement;
    this.#vectors = vectors;
    this.#statement = statement;
    this.#products = columnProducts(vectors, statement);
    this.#dots = weight.whole.dots;
    this.#scales = plainEq(weight.whole.point.slice(logRows), weight.whole.scale);
    if (columns.length !== 2 ** logColumns || this.#dots.length !== columns.length) {
      throw new RangeError(`"statement" expected 2^${logColumns} columns and their inner products`);
    }
  }

  /** Column variables that are not bound. */
  get left(): number {
    return this.#statement.logColumns - this.#challenges.length;
  }

  /** c_0 and c_2 of the highest variable. */
  message(): RoundMessage {
    const half = this.#dots.length / 2;
    let [c0, c2] = [ext.ZERO, ext.ZERO];
    const entry = (b: number, a: number): ExtValue => at(at(this.#products, b), a);
    for (let y = 0; y < half; y++) {
      const high = y + half;
      const [dot, scale] = [at(this.#dots, y), at(this.#scales, y)];
      const steps = ext.mul(ext.sub(at(this.#dots, high), dot), ext.sub(at(this.#scales, high), scale));
      c0 = ext.add(c0, ext.add(entry(y, y), ext.mul(dot, scale)));
      const cross = ext.add(entry(high, y), entry(y, high));
      c2 = ext.add(c2, ext.add(ext.sub(ext.add(entry(high, high), entry(y, y)), cross), steps));
    }
    return [c0, c2];
  }

  bind(r: ExtValue): void {
    if (this.left === 0) throw new RangeError('all column variables are bound');
    const half = this.#dots.length / 2;
    const line = (low: ExtValue, high: ExtValue): ExtValue => ext.add(low, ext.mul(r, ext.sub(high, low)));
    const fold = (list: readonly ExtValue[]): ExtValue[] =>
      list.slice(0, half).map((low, i) => line(low, at(list, i + half)));
    const rows = this.#products.map(fold);
    this.#products = rows.slice(0, half).map((row, b) => row.map((low, a) => line(low, at(at(rows, b + half), a))));
    this.#dots = fold(this.#dots);
    this.#scales = fold(this.#scales);
    this.#challenges.push(r);
  }

  /** When all are bound: writes Q and W as functions of the row. */
  finish(values: ExtBuffer, weight: ExtBuffer): void {
    const { columns } = this.#statement;
    if (this.left > 0) throw new RangeError('not all column variables are bound');
    // Challenges came for the highest variable first.
    const eq = plainEq(this.#challenges.toReversed());
    const used = [...columns.entries()].flatMap(([y, ptr]) => (ptr === undefined ? [] : [{ ptr, scale: at(eq, y) }]));
    this.#vectors.combineBase(
      used.map(({ ptr }) => ptr),
      used.map(({ scale }) => scale),
      values,
    );
    this.#weight(eq, weight);
  }

  #weight(eq: readonly ExtValue[], dst: ExtBuffer): void {
    const { logRows, weight } = this.#statement;
    const { terms, lifted, logLift, whole } = weight;
    const vectors = this.#vectors;
    vectors.eq(dst, whole.point.slice(0, logRows), at(this.#scales, 0));
    vectors.pool.arena.scope(() => {
      this.#addTerms(dst, terms, eq);
      if (lifted.length === 0) return;
      const small = vectors.allocZeroed(2 ** (logRows - logLift));
      this.#addTerms(small, lifted, eq);
      addLifted(vectors, dst, small);
    });
  }

  /** Adds terms of all columns, those of one segment at once. */
  #addTerms(dst: ExtBuffer, terms: readonly WeightTerm[], eq: readonly ExtValue[]): void {
    const vectors = this.#vectors;
    const tables = new Map<number, ExtBuffer>();
    for (const { segment, own } of bySegment(terms)) {
      const { logHeight, offset } = segment;
      let table = tables.get(logHeight);
      if (table === undefined) {
        tables.set(logHeight, (table = vectors.alloc(2 ** logHeight)));
        vectors.eq(table, this.#statement.weight.point.slice(0, logHeight), ext.ONE);
      }
      const scale = own.reduce((sum, term) => ext.add(sum, ext.mul(term.scale, at(eq, term.column))), ext.ZERO);
      vectors.addScaled(dst, offset, table, scale, table.length);
    }
  }
}

/** S of the terms: entry [b][a] is the sum over rows of column a times the weight of column b. */
function columnProducts(vectors: ExtVectors, statement: StackedStatement): readonly (readonly ExtValue[])[] {
  const { logRows, columns, weight } = statement;
  const { terms, lifted, logLift, point } = weight;
  const used = [...columns.keys()].filter((y) => columns[y] !== undefined);
  const pointers = used.map((y) => columns[y] ?? 0);
  const products = columns.map(() => columns.map(() => ext.ZERO));
  const add = (from: readonly BasePtr[], length: number, list: readonly WeightTerm[]): void => {
    const groups = bySegment(list);
    const dots = segmentDots(
      vectors,
      from,
      length,
      point,
      groups.map(({ segment }) => segment),
    );
    for (const [s, { own }] of groups.entries()) {
      for (const { column, scale } of own) {
        const row = at(products, column);
        for (const [i, a] of used.entries()) row[a] = ext.add(at(row, a), ext.mul(scale, at(at(dots, s), i)));
      }
    }
  };
  add(pointers, logRows, logLift === 0 ? [...terms, ...lifted] : terms);
  if (logLift === 0 || lifted.length === 0) return products;
  vectors.pool.arena.scope(() => add(everyRow(vectors, pointers, logRows, logLift), logRows - logLift, lifted));
  return products;
}

/** Copies of the rows of columns that are multiples of 2^logLift. */
function everyRow({ pool }: ExtVectors, columns: readonly BasePtr[], logRows: number, logLift: number): BasePtr[] {
  const length = 2 ** (logRows - logLift);
  return columns.map((ptr) => {
    const to = pool.arena.alloc(4 * length);
    const [source, target] = [pool.arena.u32(ptr, 2 ** logRows), pool.arena.u32(to, length)];
    for (let b = 0; b < length; b++) target[b] = source[b * 2 ** logLift] ?? 0;
    return to;
  });
}

/** Terms that stand on the same rows of their columns. */
function bySegment(terms: readonly WeightTerm[]): { readonly segment: Segment; readonly own: WeightTerm[] }[] {
  const groups = new Map<string, { readonly segment: Segment; readonly own: WeightTerm[] }>();
  for (const term of terms) {
    const { logHeight, offset } = term;
    const key = `${logHeight}:${offset}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { segment: { logHeight, offset }, own: [term] });
    else group.own.push(term);
  }
  return [...groups.values()];
}

/** dst[b * 2^d] += src[b]. */
function addLifted({ pool }: ExtVectors, dst: ExtBuffer, src: ExtBuffer): void {
  const lift = dst.length / src.length;
  for (let k = 0; k < 5; k++) {
    const from = pool.arena.u32(src.ptr + k * src.plane, src.length);
    const to = pool.arena.u32(dst.ptr + k * dst.plane, dst.length);
    for (let b = 0; b < from.length; b++) {
      const sum = (to[b * lift] ?? 0) + (from[b] ?? 0);
      to[b * lift] = sum >= P ? sum - P : sum;
    }
  }
}
