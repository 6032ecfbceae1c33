/** Comments and pages name source files as they are called now. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const ROOT = path.resolve(import.meta.dirname, '..');
const FOLDERS = '{prover,plugin,test,scripts,bench,contracts,programs}';
const exclude = (name: string): boolean => name === 'node_modules' || name === 'target';

/** Paths from the root, with slashes. */
function files(pattern: string): string[] {
  return globSync(pattern, { cwd: ROOT, exclude }).map((file) => file.split(path.sep).join('/'));
}

const sources = [...files('*.ts'), ...files(`${FOLDERS}/**/*.{ts,mjs}`)];

/** Names of TypeScript files in comments of a source file, or anywhere in a page; patterns and files of examples are left out. */
function namesIn(file: string, text: string): string[] {
  const lines = text.split('\n').filter((line) => file.endsWith('.md') || /^\s*(?:\/\*\*|\*|\/\/)/.test(line));
  return lines.flatMap((line) => [...line.matchAll(/(?<![\w*./>-])[\w./-]*\w\.(?:ts|mjs)\b/g)].map(([name]) => name));
}

/** Whether a file ends in these parts of a path. */
function exists(name: string): boolean {
  const parts = name.replace(/^(?:\.{1,2}\/)+/, '');
  return sources.some((source) => source === parts || source.endsWith(`/${parts}`));
}

test('every TypeScript file that a comment or a page names is there', () => {
  assert.ok(exists('prover/index.ts') && exists('index.ts') && !exists('dex.ts') && !exists('prover/nothing.ts'));
  const pages = [
    ...files('docs/*.md'),
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'contracts/README.md',
    'programs/README.md',
  ];
  const named = [...pages, ...files('{prover,plugin}/**/*.ts')].flatMap((file) =>
    namesIn(file, readFileSync(path.join(ROOT, file), 'utf8')).map((name) => ({ file, name })),
  );
  assert.ok(named.length > 60, `${named.length} names`);
  assert.deepEqual(
    named.filter(({ name }) => !exists(name)).map(({ file, name }) => `${file}: ${name}`),
    [],
  );
});
