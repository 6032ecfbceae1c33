/**
 * Column layouts as plain literals. `{ isReal: 'bool', limbs: 'felt[2]' }` is read by `eval` as expressions, by trace
 * filling as offsets and by documentation as names. A `bool` column gets its constraint x(x-1) = 0 from the recorder.
 */
export type Kind = 'bool' | 'felt';
export type Columns = Readonly<Record<string, Kind | `${Kind}[${number}]`>>;

type Tuple<T, N extends number, R extends readonly T[] = []> = R['length'] extends N
  ? R
  : Tuple<T, N, readonly [...R, T]>;

/** The record of `V` that a column literal describes: one value, or a tuple of values, per name. */
export type Row<S extends Columns, V> = {
  readonly [K in keyof S]: S[K] extends `${string}[${infer N extends number}]` ? Tuple<V, N> : V;
};

/** One physical column. */
export type ColumnInfo = { readonly name: string; readonly kind: Kind; readonly index: number };

/** The physical columns of a layout, in declaration order. */
export function listColumns(layout: Columns): ColumnInfo[] {
  const list: ColumnInfo[] = [];
  for (const [name, spec] of Object.entries(layout)) {
    const match = /^(bool|felt)(?:\[(\d+)\])?$/.exec(spec);
    if (match === null) throw new RangeError(`"${name}" expected a column kind, got "${spec}"`);
    const kind = match[1] === 'bool' ? 'bool' : 'felt';
    const count = match[2] === undefined ? 1 : Number(match[2]);
    for (let i = 0; i < count; i++) {
      list.push({ name: match[2] === undefined ? name : `${name}[${i}]`, kind, index: list.length });
    }
  }
  return list;
}

/** Builds the record of a layout by calling `make` with each physical column. */
export function mapColumns<S extends Columns, V>(layout: S, make: (column: ColumnInfo) => V): Row<S, V> {
  const columns = listColumns(layout);
  const record: Record<string, V | V[]> = {};
  let next = 0;
  for (const [name, spec] of Object.entries(layout)) {
    const match = /\[(\d+)\]$/.exec(spec);
    const count = match === null ? 1 : Number(match[1]);
    const values = columns.slice(next, next + count).map((column) => make(column));
    next += count;
    const single = values[0];
    record[name] = match === null && single !== undefined ? single : values;
  }
  // The loop above follows the same literal the type is computed from.
  return record as Row<S, V>;
}

/** Offset of every column of a layout: what trace filling writes to. */
export function columnOffsets<S extends Columns>(layout: S): Row<S, number> {
  return mapColumns(layout, (column) => column.index);
}
