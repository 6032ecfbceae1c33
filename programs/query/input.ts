/** Builders of the input of `query`. */
import { bcs } from '@mysten/bcs';

const Table = bcs.vector(bcs.struct('Row', { region: bcs.string(), product: bcs.string(), amount: bcs.u128() }));

const Input = bcs.struct('Input', {
  salt: bcs.bytes(32),
  table: bcs.byteVector(),
  query: bcs.struct('Query', {
    regions: bcs.vector(bcs.string()),
    products: bcs.vector(bcs.string()),
    minAmount: bcs.u128(),
    maxAmount: bcs.u128(),
    groupBy: bcs.enum('Column', { region: null, product: null }),
  }),
});

export type Row = {
  readonly region: string;
  readonly product: string;
  /** Below 2^128. */
  readonly amount: bigint;
};

/** Which rows count, and the column that makes the groups. Absent conditions hold for every row. */
export type Query = {
  /** In ascending order of their UTF-8 bytes, each once. */
  readonly regions?: readonly string[];
  readonly products?: readonly string[];
  readonly minAmount?: bigint;
  readonly maxAmount?: bigint;
  readonly groupBy: 'region' | 'product';
};

/** The bytes of a table. Its commitment is the sha256 of the salt, 32 bytes, and these bytes. */
export function encodeTable(rows: readonly Row[]): Uint8Array {
  return Table.serialize(rows).toBytes();
}

/** The input item: 32 bytes of salt, the rows of the table, a query. */
export function queryInput(salt: Uint8Array, rows: readonly Row[], query: Query): Uint8Array {
  return Input.serialize({
    salt,
    table: encodeTable(rows),
    query: {
      regions: query.regions ?? [],
      products: query.products ?? [],
      minAmount: query.minAmount ?? 0n,
      maxAmount: query.maxAmount ?? 2n ** 128n - 1n,
      groupBy: query.groupBy === 'region' ? { region: true } : { product: true },
    },
  }).toBytes();
}

/** The salt of the sample. One that hides is drawn at random: `crypto.getRandomValues(new Uint8Array(32))`. */
export const SAMPLE_SALT: Uint8Array = new Uint8Array(32).fill(0x5a);

/** 120 sales with amounts in cents. */
export const SAMPLE_ROWS: readonly Row[] = Array.from({ length: 120 }, (_, index) => ({
  region: ['north', 'south', 'east', 'west'][(index * 7 + (index >> 3)) % 4]!,
  product: ['apple', 'pear', 'plum'][(index * 5 + (index >> 2)) % 3]!,
  amount: BigInt(500 + ((index * 7919) % 9500)),
}));

/** Apples and pears for 20.00 or more, by region. */
export const SAMPLE_QUERY: Query = { products: ['apple', 'pear'], minAmount: 2000n, groupBy: 'region' };

/** The input in sample.bin. */
export function sampleInput(): Uint8Array[] {
  return [queryInput(SAMPLE_SALT, SAMPLE_ROWS, SAMPLE_QUERY)];
}
