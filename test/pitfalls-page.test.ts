/** docs/pitfalls.md names tests: their files are there, and in the table of attacks each has a test that is called so. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../docs/pitfalls.md'), 'utf8');
const [PITFALLS = '', ATTACKS = ''] = PAGE.split('## Attacks on shards');

/** The source of a test by its short name: `proofs/execution`. */
function sourceOf(name: string): string | undefined {
  const found = ['.test.ts', '.slow.test.ts'].map((ending) => path.resolve(import.meta.dirname, `${name}${ending}`));
  return found.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'))[0];
}

/** Rows of the tables in a text, without their heads. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const rows = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return rows.slice(rows.findIndex(([first]) => first?.startsWith('---')) + 1);
}

/** Tests in a cell, each with what its title holds where that is said: `proofs/execution` (as a span). */
function testsIn(cell: string): { readonly name: string; readonly title: string | undefined }[] {
  return [...cell.matchAll(/`([\w/-]+)`(?: \(([^)]*)\))?/g)].map(([, name = '', title]) => ({ name, title }));
}

test('every pitfall has a test, or a reason why it cannot be', () => {
  const rows = rowsOf(PITFALLS);
  assert.deepEqual(
    rows.map(([number]) => Number(number)),
    rows.map((_, i) => i + 1),
  );
  for (const [number, mistake, where = ''] of rows) {
    const tests = testsIn(where);
    for (const { name } of tests) assert.ok(sourceOf(name) !== undefined, `pitfall ${number}: no test ${name}`);
    assert.ok(tests.length > 0 || /^cannot be: ./.test(where), `pitfall ${number}, ${mistake}`);
  }
});

test('every attack on shards, recursion and proofs of proofs has tests that are called so, or a reason', () => {
  const rows = rowsOf(ATTACKS);
  assert.ok(rows.length >= 40, `${rows.length} rows`);
  const titles = (source: string): string[] =>
    source.split('\n').filter((line) => /^\s*(?:it|test|describe)\(|^\s*[[`'"]/.test(line));
  for (const [attack = '', ...cells] of rows) {
    const tests = cells.flatMap(testsIn);
    assert.ok(tests.length > 0, attack);
    for (const cell of cells)
      assert.ok(testsIn(cell).length > 0 || /^(?:-$|cannot be: .)/.test(cell), `${attack}: ${cell}`);
    for (const { name, title = attack.replace(/^an? /, '') } of tests) {
      const source = sourceOf(name);
      assert.ok(source !== undefined, `${attack}: no test ${name}`);
      assert.ok(
        titles(source).some((line) => line.includes(title)),
        `no test of ${name} is called "${title}"`,
      );
    }
  }
});
