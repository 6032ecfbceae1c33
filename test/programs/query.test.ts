/** The program `query` against plain TypeScript, on random tables and queries. */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { AbiCoder, hexlify } from 'ethers';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import {
  SAMPLE_QUERY,
  SAMPLE_ROWS,
  SAMPLE_SALT,
  encodeTable,
  queryInput,
  sampleInput,
  type Query,
  type Row,
} from '../../programs/query/input.ts';
import { programFile } from '../support/samples.ts';
import { assertOneShard } from '../support/room.ts';

const PROGRAM = loadProgram(programFile('query', 'query.elf')!);
const CODER = AbiCoder.defaultAbiCoder();
const TYPES = ['bytes32', 'tuple(string[],string[],uint128,uint128,uint8)', 'tuple(string,uint128,uint64)[]'];
const GREATEST = 2n ** 128n - 1n;
const SALT = SAMPLE_SALT;

type Group = [name: string, sum: bigint, count: bigint];

function run(item: Uint8Array): Execution {
  return execute(PROGRAM, [item], { cycleLimit: 50_000_000 });
}

function refuse(message: RegExp, item: Uint8Array): void {
  const { outcome, stderr, publicValues } = run(item);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
  assert.match(new TextDecoder().decode(stderr), message);
  assert.equal(publicValues.length, 0);
}

/** The public values of a run, which must end well. */
function publicValues(salt: Uint8Array, rows: readonly Row[], query: Query): string {
  const execution = run(queryInput(salt, rows, query));
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(execution.stderr));
  return hexlify(execution.publicValues);
}

/** The groups that the program gives. */
function groups(rows: readonly Row[], query: Query): Group[] {
  const decoded = CODER.decode(TYPES, publicValues(SALT, rows, query));
  return (decoded[2] as Group[]).map(([name, sum, count]) => [name, sum, count]);
}

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const byBytes = (first: string, second: string): number => Buffer.compare(utf8(first), utf8(second));

/** The bytes of a table of up to 127 rows, written without the library for BCS. */
function tableBytes(rows: readonly Row[]): Uint8Array {
  const text = (value: string): Uint8Array => concatBytes(Uint8Array.of(utf8(value).length), utf8(value));
  const amount = (value: bigint): Uint8Array =>
    Uint8Array.from({ length: 16 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
  assert.ok(rows.length < 128 && rows.every((row) => utf8(row.region).length < 128 && utf8(row.product).length < 128));
  const columns = rows.flatMap((row) => [text(row.region), text(row.product), amount(row.amount)]);
  return concatBytes(Uint8Array.of(rows.length), ...columns);
}

/** The answer, by filtering once a condition and adding up once a group. */
function expectedGroups(rows: readonly Row[], query: Query): Group[] {
  const { regions = [], products = [], minAmount = 0n, maxAmount = GREATEST, groupBy } = query;
  const counted = rows
    .filter(({ region }) => regions.length === 0 || regions.includes(region))
    .filter(({ product }) => products.length === 0 || products.includes(product))
    .filter(({ amount }) => amount >= minAmount)
    .filter(({ amount }) => amount <= maxAmount);
  const names = [...new Set(counted.map((row) => row[groupBy]))].sort(byBytes);
  return names.map((name) => {
    const own = counted.filter((row) => row[groupBy] === name);
    return [name, own.reduce((sum, { amount }) => sum + amount, 0n), BigInt(own.length)];
  });
}

function agree(salt: Uint8Array, rows: readonly Row[], query: Query): void {
  const { regions = [], products = [], minAmount = 0n, maxAmount = GREATEST, groupBy } = query;
  const commitment = sha256(concatBytes(salt, tableBytes(rows)));
  const publicQuery = [regions, products, minAmount, maxAmount, ['region', 'product'].indexOf(groupBy)];
  const expected = CODER.encode(TYPES, [commitment, publicQuery, expectedGroups(rows, query)]);
  assert.equal(publicValues(salt, rows, query), expected);
}

const REGIONS = ['', 'a', 'aa', 'ä', 'z', '\u{ffee}', '\u{1f600}'];
const PRODUCTS = ['x', 'y', 'yy'];
const randomRow = fc.record({
  region: fc.constantFrom(...REGIONS),
  product: fc.constantFrom(...PRODUCTS),
  // A table of forty of the greatest ones does not reach 2^128.
  amount: fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.bigInt({ min: 0n, max: 2n ** 122n })),
});
const randomRows = fc.array(randomRow, { maxLength: 40 });
const ascending = (names: string[]): fc.Arbitrary<string[]> =>
  fc.subarray(names, { maxLength: 3 }).map((chosen) => chosen.toSorted(byBytes));
const randomQuery: fc.Arbitrary<Query> = fc
  .record({
    regions: ascending([...REGIONS, 'none']),
    products: ascending(PRODUCTS),
    bounds: fc.constantFrom([0n, GREATEST], [0n, 3n], [2n, 2n], [4n, GREATEST], [2n ** 100n, 2n ** 121n]),
    groupBy: fc.constantFrom('region', 'product'),
  })
  .map(({ bounds: [minAmount, maxAmount], ...rest }) => ({ ...rest, minAmount, maxAmount }) as Query);

describe('query: answers', () => {
  it('gives the answer of the sample, within one shard', () => {
    agree(SAMPLE_SALT, SAMPLE_ROWS, SAMPLE_QUERY);
    assert.equal(expectedGroups(SAMPLE_ROWS, SAMPLE_QUERY).length, 4);
    assertOneShard(PROGRAM, [sampleInput()[0]!]);
  });

  it('agrees with TypeScript on random tables and queries', () => {
    const salt = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(fc.property(salt, randomRows, randomQuery, agree), { numRuns: 200 });
  });

  it('agrees when names are any text', () => {
    const name = fc.string({ unit: 'binary', maxLength: 8 });
    const rows = fc.array(fc.record({ region: name, product: name, amount: fc.bigInt({ min: 0n, max: 2n ** 64n }) }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(rows, fc.constantFrom('region', 'product'), (table, groupBy) => agree(SALT, table, { groupBy })),
      { numRuns: 60 },
    );
  });

  it('does not depend on the order of the rows, but the commitment does', () => {
    const shuffled = randomRows.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    );
    fc.assert(
      fc.property(shuffled, randomQuery, ([rows, others], query) => {
        assert.deepEqual(groups(others, query), groups(rows, query));
      }),
      { numRuns: 40 },
    );
    const [first, second] = SAMPLE_ROWS as [Row, Row];
    const commitment = (rows: Row[]): unknown => CODER.decode(TYPES, publicValues(SALT, rows, SAMPLE_QUERY))[0];
    assert.notEqual(commitment([first, second]), commitment([second, first]));
  });

  it('counts equal rows as often as they are there', () => {
    const row = { region: 'a', product: 'x', amount: 7n };
    assert.deepEqual(groups([row, row, { ...row, product: 'y' }, row], { groupBy: 'region' }), [['a', 28n, 4n]]);
  });

  it('has no group without rows: none at all for an empty table', () => {
    assert.deepEqual(groups([], { groupBy: 'region' }), []);
    assert.deepEqual(groups(SAMPLE_ROWS.slice(0, 9), { groupBy: 'region', regions: ['mars'] }), []);
    assert.deepEqual(groups([{ region: '', product: 'x', amount: 0n }], { groupBy: 'region' }), [['', 0n, 1n]]);
  });

  it('takes both bounds of the amount as included', () => {
    const rows = [1n, 2n, 3n, 4n].map((amount) => ({ region: 'a', product: 'x', amount }));
    assert.deepEqual(groups(rows, { groupBy: 'product', minAmount: 2n, maxAmount: 3n }), [['x', 5n, 2n]]);
  });
});

describe('query: what it refuses', () => {
  it('refuses a sum that does not fit, and gives the greatest one that does', () => {
    const rows = [GREATEST - 1n, 1n].map((amount) => ({ region: 'a', product: 'x', amount }));
    assert.deepEqual(groups(rows, { groupBy: 'region' }), [['a', GREATEST, 2n]]);
    const more = [...rows, { region: 'a', product: 'y', amount: 1n }];
    refuse(/the sum of "a" does not fit in 128 bits/, queryInput(SALT, more, { groupBy: 'region' }));
    assert.deepEqual(groups(more, { groupBy: 'product' }), [
      ['x', GREATEST, 2n],
      ['y', 1n, 1n],
    ]);
  });

  it('refuses a query that could be written in another way', () => {
    for (const names of [
      ['b', 'a'],
      ['a', 'a'],
      // The order of JavaScript, which compares halves of characters.
      ['\u{1f600}', '\u{ffee}'],
    ]) {
      refuse(
        /the regions of the query are not in ascending order, each once/,
        queryInput(SALT, [], { groupBy: 'region', regions: names }),
      );
      refuse(
        /the products of the query are not in ascending order, each once/,
        queryInput(SALT, [], { groupBy: 'region', products: names }),
      );
    }
    refuse(
      /the query's smallest amount is above its greatest/,
      queryInput(SALT, [], { groupBy: 'region', minAmount: 2n, maxAmount: 1n }),
    );
  });

  it('refuses a table with bytes left over, bytes missing or a length written in two ways', () => {
    const rows = SAMPLE_ROWS.slice(0, 2);
    const table = encodeTable(rows);
    assert.deepEqual(Buffer.from(table), Buffer.from(tableBytes(rows)));
    /** The item with other bytes in the place of the table. */
    const withTable = (bytes: Uint8Array): Uint8Array => {
      const item = queryInput(SALT, rows, { groupBy: 'region' });
      assert.equal(item[32], table.length);
      return concatBytes(item.slice(0, 32), Uint8Array.of(bytes.length), bytes, item.slice(33 + table.length));
    };
    assert.deepEqual(run(withTable(table)).outcome, { kind: 'halt', exitCode: 0 });
    refuse(/the table cannot be read: remaining input/, withTable(Uint8Array.of(...table, 0)));
    refuse(/the table cannot be read: unexpected end of input/, withTable(table.slice(0, -1)));
    refuse(/the table cannot be read: /, withTable(Uint8Array.of(0x82, 0, ...table.slice(1))));
    refuse(/the table cannot be read: malformed utf8/, withTable(Uint8Array.of(2, 1, 0xff, ...table.slice(3))));
  });

  it('refuses items that are no input', () => {
    const item = sampleInput()[0]!;
    refuse(/is no query::Input: unexpected end of input/, item.subarray(0, -1));
    refuse(/is no query::Input: remaining input/, Uint8Array.of(...item, 0));
    const noColumn = item.slice();
    noColumn[item.length - 1] = 2;
    refuse(/is no query::Input: invalid value: integer `2`/, noColumn);
  });
});
