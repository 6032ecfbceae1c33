import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { demangle } from '../../prover/elf/demangle/demangle.ts';

const { vectors } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'rustc-demangle.json'), 'utf8')) as {
  vectors: [string, string][];
};

test('names are those of the rustc-demangle crate', () => {
  assert.ok(vectors.length > 90);
  for (const [mangled, readable] of vectors) assert.equal(demangle(mangled), readable, mangled);
});

test('what is no Rust name stays as it is', () => {
  for (const name of [
    'main',
    'memcpy',
    '',
    '_ZN4test',
    '_ZNfooE',
    '_R',
    '_RX',
    '_RNvC',
    '_ZN3fooE.llvm moocow',
    'Räuber',
  ])
    assert.equal(demangle(name), name);
});

// Without limits on steps, depth and length these take hours, or all memory.
test('hostile symbols stay as they are', () => {
  const many = '_RIC100000' + 'R'.repeat(100_000) + 'B8_E';
  const explosion = `_RMC0${'T'.repeat(40)}p${'B2_'.repeat(40)}`;
  const deep = `_RMC0${'R'.repeat(10_000)}p`;
  const lifetimes = '_RMC0FGZZZ_Eu';
  const loop = '_RNvB_1a';
  const lengths = ['_ZN999999999999999999999999xE', '_RNvC99999999999999999x1a', '_RC4_\u0000aaa'];
  for (const symbol of [many, explosion, deep, lifetimes, loop, ...lengths]) assert.equal(demangle(symbol), symbol);
});

test('any symbol gives a name of bounded length', () => {
  const letters = 'CNMXYIBRQPOASTFDLKUEGWVsupn_0123456789abcdef$.'.split('');
  const anyTail = fc.array(fc.constantFrom(...letters), { maxLength: 60 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.constantFrom('_R', '_RNv', '_RI', '_RMC0', '_ZN', '_RIC0K'), anyTail, (head, tail) => {
      assert.ok(demangle(head + tail).length < 70_000);
    }),
    { numRuns: 2000, seed: 7 },
  );
});
