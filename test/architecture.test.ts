/**
 * Who may import whom: one table over all rooms of the house, checked over every import, types included. A new folder
 * needs a line here; ARCHITECTURE.md says what each room is for.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const ROOT = path.resolve(import.meta.dirname, '..');

/** A room is a folder, with those below it that have no line of their own, or one file. It may always import itself. */
const ROOMS: Readonly<Record<string, string>> = {
  'prover/core': '',
  'prover/wasm': 'core node:',
  'prover/field': 'wasm',
  'prover/hash': 'field wasm @noble/hashes',
  'prover/poly': 'field wasm',
  'prover/verifier': 'core field hash',
  'prover/pcs': 'core field hash poly verifier wasm',
  'prover/air': 'core field poly verifier wasm',
  'prover/stark': 'core field hash poly verifier pcs air wasm',
  'prover/vm': 'core field hash @noble/hashes',
  'prover/elf': 'core vm @noble/hashes',
  'prover/profile': 'vm elf machines',
  'prover/machines': 'vm machines/rv32im machines/extensions',
  'prover/machines/shared': 'field hash air',
  'prover/machines/rv32im': 'core field verifier air vm machines/shared',
  'prover/machines/extensions': 'air vm machines/rv32im',
  'prover/machines/recursion': 'core field hash verifier air machines/shared @noble/hashes',
  'prover/recursion': 'core field hash verifier air stark vm machines/recursion',
  'prover/groth16/circuit': 'core field hash verifier air stark @noble/hashes',
  'prover/groth16/key': 'core @noble/hashes',
  'prover/groth16/proving': 'core field groth16/circuit groth16/key',
  'prover/groth16/snarkjs':
    'core field groth16/circuit groth16/key groth16/proving snarkjs wasmcurves @noble/hashes node:',
  'prover/groth16/default-prover.ts': 'groth16/snarkjs',
  'prover/system': 'core verifier air stark vm machines machines/rv32im recursion groth16/key',
  'prover/system/stark-prover.ts': 'core verifier pcs air stark vm wasm machines/recursion recursion system',
  'prover/proofs':
    'core field verifier stark vm recursion groth16/circuit groth16/key groth16/default-prover.ts system @noble/hashes',
  'prover/jobs':
    'core field stark vm elf recursion groth16/circuit groth16/key groth16/proving groth16/default-prover.ts system system/stark-prover.ts proofs @noble/hashes node:',
  'prover/api.ts': 'core vm elf profile groth16/key proofs jobs',
  'prover/index.ts': 'core vm elf profile machines groth16/key system proofs jobs api.ts',
  'plugin/input.ts': '',
  'plugin/types.ts': 'plugin/input.ts api.ts',
  'plugin/type-extensions.ts': 'plugin/types.ts hardhat',
  'plugin/index.ts': 'plugin/types.ts plugin/type-extensions.ts plugin/internal hardhat',
  'plugin/internal': 'plugin/input.ts plugin/types.ts plugin/artifacts api.ts index.ts hardhat ethers node:',
};

/** What stands outside the package may import all of it, and is imported by nothing inside. */
const OUTSIDE = ['test', 'bench', 'scripts'];

/** The room of a file; undefined where the table has none. */
function roomOf(file: string): string | undefined {
  const rooms = Object.keys(ROOMS).filter((room) => file === room || file.startsWith(`${room}/`));
  return rooms.toSorted((a, b) => b.length - a.length)[0];
}

/** The rooms and packages that a room may import, by their full names. */
function allowedBy(room: string): string[] {
  const names = (ROOMS[room] ?? '').split(' ').filter((name) => name !== '');
  return names.map((name) => (Object.hasOwn(ROOMS, `prover/${name}`) ? `prover/${name}` : name));
}

/** What a file imports: files from the root, and names of modules. Also types, dynamic imports, and workers' addresses. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const found = text.matchAll(
    /^(?:import|export|\})[^'\n]*(?:from|import) '([^']+)'|\bimport\('([^']+)'\)|new URL\(['`](\.[^'`$]+)/gm,
  );
  return Array.from(found, ([, statement, dynamic, address]) => statement ?? dynamic ?? address ?? '').map((name) =>
    name.startsWith('.') ? path.posix.normalize(path.posix.join(path.posix.dirname(file), name)) : name,
  );
}

/** Files without a room, and modules of a package: `node:` stands for all of Node. */
function isBelow(target: string, name: string): boolean {
  return !Object.hasOwn(ROOMS, target) && target.startsWith(name.endsWith(':') ? name : `${name}/`);
}

/** Why an import is against the table; undefined where it is not. */
function problemOf(file: string, imported: string): string | undefined {
  const room = roomOf(file);
  if (room === undefined) return `${file} is in no room of the table`;
  const isFile = /^(prover|plugin|contracts|test|bench|scripts)\//.test(imported);
  const target = isFile ? (roomOf(imported) ?? imported) : imported;
  const isAllowed = target === room || allowedBy(room).some((name) => target === name || isBelow(target, name));
  return isAllowed ? undefined : `${file} imports ${imported}: ${room} may import ${ROOMS[room] || 'nothing'}`;
}

const FILES = globSync(['prover/**/*.ts', 'plugin/**/*.ts'], { cwd: ROOT })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => !file.includes('/templates/'));

test('every import is one that the table allows', () => {
  assert.ok(FILES.length > 200, 'the files are found');
  const problems = FILES.flatMap((file) => importsOf(file).map((imported) => problemOf(file, imported)));
  assert.ok(problems.length > 1000, 'the imports are found');
  assert.deepEqual(
    problems.filter((problem) => problem !== undefined),
    [],
  );
});

test('every room is there, imports all that the table allows it, and no two import each other over others', () => {
  const used = new Map(Object.keys(ROOMS).map((room) => [room, new Set<string>()]));
  for (const file of FILES) {
    for (const imported of importsOf(file)) used.get(roomOf(file) ?? '')?.add(roomOf(imported) ?? imported);
  }
  for (const room of Object.keys(ROOMS)) {
    assert.ok(
      FILES.some((file) => roomOf(file) === room),
      `${room} has no file`,
    );
    for (const name of allowedBy(room)) {
      assert.ok(
        [...(used.get(room) ?? [])].some((target) => target === name || isBelow(target, name)),
        `${room} does not import ${name}`,
      );
    }
  }
  const reached = (from: string, seen: ReadonlySet<string>): Set<string> => {
    const next = allowedBy(from).filter((room) => Object.hasOwn(ROOMS, room));
    const circle = next.find((room) => seen.has(room));
    assert.ok(circle === undefined, `${circle} is imported by what it imports, ${from}`);
    return new Set(next.flatMap((room) => [room, ...reached(room, new Set([...seen, room]))]));
  };
  for (const room of Object.keys(ROOMS)) reached(room, new Set([room]));
});

test('what the table forbids is found', () => {
  const forbidden = [
    ['prover/vm/run/fast.ts', 'prover/jobs/scheduler.ts'],
    ['prover/jobs/scheduler.ts', 'hardhat/types/hre'],
    ['prover/jobs/scheduler.ts', 'plugin/types.ts'],
    ['prover/index.ts', 'plugin/index.ts'],
    ['prover/stark/prove.ts', 'prover/vm/program.ts'],
    ['prover/stark/prove.ts', 'prover/jobs/file-cache.ts'],
    ['prover/groth16/circuit/backend.ts', 'prover/machines/rv32im/machine.ts'],
    ['prover/groth16/circuit/backend.ts', 'snarkjs'],
    ['prover/groth16/key/points.ts', 'prover/api.ts'],
    ['prover/jobs/kinds/groth16.ts', 'prover/groth16/snarkjs/prover.ts'],
    ['prover/jobs/prover.ts', 'prover/api.ts'],
    ['prover/machines/rv32im/machine.ts', 'prover/poly/ntt.ts'],
    ['prover/machines/rv32im/machine.ts', 'prover/machines/extensions/hints/index.ts'],
    ['prover/machines/extensions/hints/index.ts', 'prover/machines/standard.ts'],
    ['prover/vm/run/execute.ts', 'prover/machines/standard.ts'],
    ['prover/field/koalabear.ts', 'node:fs'],
    ['plugin/internal/chain/on-chain.ts', 'prover/jobs/scheduler.ts'],
    ['plugin/internal/chain/on-chain.ts', 'prover/groth16/snarkjs/prover.ts'],
    ['plugin/internal/chain/on-chain.ts', 'prover/groth16/key/verifier-key.ts'],
    ['plugin/internal/profile/page.ts', 'prover/profile/profile.ts'],
    ['plugin/index.ts', 'prover/index.ts'],
    ['plugin/internal/runtime.ts', 'test/support/guests.ts'],
    ['prover/unknown/file.ts', 'prover/core/errors.ts'],
  ] as const;
  for (const [file, imported] of forbidden) assert.ok(problemOf(file, imported), `${file} <- ${imported}`);
  assert.equal(problemOf('prover/pcs/whir/verify.ts', 'prover/verifier/backend.ts'), undefined);
});

test('nothing in the package is imported from outside of it, and the contracts import no TypeScript', () => {
  for (const file of FILES) {
    for (const imported of importsOf(file)) {
      assert.ok(!OUTSIDE.some((folder) => imported.startsWith(`${folder}/`)), `${file} imports ${imported}`);
    }
  }
});
