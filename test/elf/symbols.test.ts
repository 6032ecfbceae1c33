import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SymbolsError } from '../../prover/elf/errors.ts';
import { SYMBOL_LIMIT } from '../../prover/elf/symbol-table.ts';
import { formatSymbols, parseSymbols, symbolsOfElf } from '../../prover/elf/symbols.ts';
import { assemble } from '../support/asm.ts';
import { withSymbols, type TableEntry } from './symbol-table.ts';

const TEXT = 0x00200000;
const { elf } = assemble('nop\n'.repeat(16));
const table = (...entries: TableEntry[]): Uint8Array => withSymbols(elf, TEXT, 64, entries);
const code = (expected: string) => (error: unknown) => error instanceof SymbolsError && error.code === expected;

test('functions are read sorted and demangled, and data, markers and symbols outside their section are not', () => {
  const file = table(
    { name: '_ZN3foo3bar17h05af221e174051e9E', address: TEXT + 16, size: 12 },
    { name: 'main', address: TEXT, size: 8 },
    { name: 'table', address: 0x300000, size: 8, type: 1, section: 2 },
    { name: 'label_in_data', address: 0x300000, type: 0, section: 2 },
    { name: '$x', address: TEXT + 8, type: 0 },
    { name: '.Ltmp1', address: TEXT + 8, type: 0 },
    { name: 'far', address: TEXT + 64, size: 4 },
    { name: 'absolute', address: TEXT + 8, section: 0xfff1 },
  );
  assert.deepEqual(symbolsOfElf(file), [
    { address: TEXT, size: 8, name: 'main' },
    { address: TEXT + 16, size: 12, name: 'foo::bar' },
  ]);
});

test('a label reaches to the next function, and no function beyond its section', () => {
  const file = table(
    { name: '_start', address: TEXT, type: 0 },
    { name: 'main', address: TEXT + 12, size: 1000 },
    { name: 'tail', address: TEXT + 40 },
  );
  assert.deepEqual(
    symbolsOfElf(file).map(({ size }) => size),
    [12, 52, 24],
  );
});

test('of names with one address the global function is taken, then the first by name', () => {
  const file = table(
    { name: 'zz', address: TEXT, size: 4 },
    { name: 'local', address: TEXT, size: 4, isLocal: true },
    { name: 'aa_label', address: TEXT, type: 0 },
    { name: 'yy', address: TEXT, size: 4 },
  );
  assert.deepEqual(symbolsOfElf(file), [{ address: TEXT, size: 4, name: 'yy' }]);
});

test('a stripped file has no functions', () => {
  assert.deepEqual(symbolsOfElf(elf), []);
});

test('names are one line of bounded length', () => {
  const [symbol] = symbolsOfElf(table({ name: `a\nb\u2028${'c'.repeat(1000)}`, address: TEXT }));
  assert.equal(symbol?.name.length, 500);
  assert.match(symbol?.name ?? '', /^a\?b\?c+\.\.\.$/);
});

test('malformed files give an error with a code', () => {
  const good = table({ name: 'main', address: TEXT });
  const headersAt = new DataView(good.buffer).getUint32(32, true);
  const changed = (at: number, value: number): Uint8Array => {
    const copy = good.slice();
    new DataView(copy.buffer).setUint32(at, value, true);
    return copy;
  };
  const section = (index: number, field: number): number => headersAt + 40 * index + 4 * field;
  assert.throws(() => symbolsOfElf(new Uint8Array(10)), code('SYMBOLS_NOT_ELF'));
  assert.throws(() => symbolsOfElf(changed(4, 2)), code('SYMBOLS_NOT_ELF'));
  assert.throws(() => symbolsOfElf(changed(32, 0xfffffff0)), code('SYMBOLS_TRUNCATED'));
  assert.throws(() => symbolsOfElf(changed(section(3, 4), 0xffffffff)), code('SYMBOLS_TRUNCATED'));
  assert.throws(() => symbolsOfElf(changed(section(3, 5), 0x7fffffff)), code('SYMBOLS_TRUNCATED'));
  assert.throws(() => symbolsOfElf(changed(section(4, 4), 0xffffffff)), code('SYMBOLS_TRUNCATED'));
  assert.throws(() => symbolsOfElf(changed(section(3, 6), 99)), code('SYMBOLS_MALFORMED'));
  const nameAt = new DataView(good.buffer).getUint32(section(3, 4), true);
  assert.throws(() => symbolsOfElf(changed(nameAt, 5000)), code('SYMBOLS_MALFORMED'));
  const big = new Uint8Array(good.length + 16 * (SYMBOL_LIMIT + 2));
  big.set(changed(section(3, 5), 16 * (SYMBOL_LIMIT + 1)));
  assert.throws(() => symbolsOfElf(big), code('SYMBOLS_TOO_MANY'));
});

test('every cut of a file gives functions or an error with a code, never another exception', () => {
  const good = table({ name: 'main', address: TEXT, size: 8 }, { name: '_RNvC1a1b', address: TEXT + 8, size: 8 });
  for (let length = 0; length < good.length; length++) {
    assert.throws(() => symbolsOfElf(good.slice(0, length)), SymbolsError, `${length} bytes`);
  }
});

test('the text form gives the same functions back', () => {
  const symbols = [
    { address: 0x2001a4, size: 0x1c, name: '<a::B<u8> as c::D>::e' },
    { address: 0x200204, size: 8, name: 'main' },
  ];
  assert.equal(formatSymbols(symbols), '002001a4 1c <a::B<u8> as c::D>::e\n00200204 8 main\n');
  assert.deepEqual(parseSymbols(formatSymbols(symbols)), symbols);
  assert.deepEqual(parseSymbols('002001a4 1c <a::B<u8> as c::D>::e\r\n00200204 8 main'), symbols);
  assert.deepEqual(parseSymbols(''), []);
});

test('a malformed text names the line', () => {
  for (const bad of ['2001a4 1c main', '002001a4 main', '002001a4 1c ', '002001a4 -1 main', '\n']) {
    assert.throws(
      () => parseSymbols(`00100000 4 first\n${bad}\n`),
      (error: Error) => code('SYMBOLS_MALFORMED')(error) && /line 2/.test(error.message),
      bad,
    );
  }
  assert.throws(() => parseSymbols('00200000 4 a\n00200000 4 b\n'), code('SYMBOLS_MALFORMED'));
  assert.throws(() => parseSymbols('x\n'.repeat(SYMBOL_LIMIT + 1)), code('SYMBOLS_TOO_MANY'));
});
