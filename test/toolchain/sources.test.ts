/** The recorded hash of a program's sources: what counts as a change, and what does not. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { packageFolder } from '../../plugin/internal/toolchain/package-folder.ts';
import { cargoInputs, changedSources, sourcesOf } from '../../plugin/internal/toolchain/sources.ts';

function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'zkvm-sources-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) write(folder, name, text);
  return folder;
}

function write(folder: string, name: string, text: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const CRATE = {
  'one/Cargo.toml': '[package]\nname = "one"\n',
  'one/Cargo.lock': '',
  'one/src/main.rs': 'fn main() {}\n',
  'one/src/data with space.bin': 'data',
  'one/README.md': '',
  'shared/Cargo.toml': '[package]\nname = "shared"\n',
  'shared/src/lib.rs': '',
};

/** Sources of the crate `one`, as after a build. */
function sourcesOfCrate(root: string): ReturnType<typeof sourcesOf> {
  const generated = path.join(root, 'generated');
  write(root, 'generated/out.rs', '');
  const sdk = path.join(packageFolder(), 'programs/sdk/src/lib.rs');
  const read = ['one/src/main.rs', 'one/src/data with space.bin', 'shared/src/lib.rs', 'generated/out.rs'];
  const list = [...read.map((name) => path.join(root, name)), sdk].map((file) => file.replaceAll(' ', '\\ '));
  const inputs = cargoInputs(`/target/one: ${list.join(' ')}\n`, path.join(root, 'one'), generated);
  return sourcesOf(path.join(root, 'one'), inputs);
}

describe('sources of a program in Rust', () => {
  it('are what cargo read, the manifests, and what would be read if it were there', (t) => {
    const sources = sourcesOfCrate(folderOf(t, CRATE));
    assert.deepEqual(Object.keys(sources), [
      '../shared/Cargo.toml',
      '../shared/build.rs',
      '../shared/src/lib.rs',
      'Cargo.lock',
      'Cargo.toml',
      'build.rs',
      'src/data with space.bin',
      'src/main.rs',
      'hardhat-zkvm',
    ]);
    assert.equal(sources['build.rs'], 'absent');
    assert.match(sources['src/main.rs'] ?? '', /^[0-9a-f]{16}$/);
  });

  it('do not depend on where the project is, on line ends, or on files that are not read', (t) => {
    const root = folderOf(t, CRATE);
    const sources = sourcesOfCrate(root);
    const elsewhere = path.join(folderOf(t, {}), 'much/deeper');
    cpSync(root, elsewhere, { recursive: true });
    write(elsewhere, 'one/src/main.rs', 'fn main() {}\r\n');
    write(elsewhere, 'one/README.md', 'changed');
    assert.deepEqual(changedSources(path.join(elsewhere, 'one'), sources, true), []);
    assert.deepEqual(sourcesOfCrate(elsewhere), sources);
  });

  const changes: readonly (readonly [file: string, text: string | undefined, name: string])[] = [
    ['one/src/main.rs', 'fn main() { }\n', 'src/main.rs'],
    ['one/src/data with space.bin', 'other', 'src/data with space.bin'],
    ['one/Cargo.lock', 'version = 4', 'Cargo.lock'],
    ['shared/src/lib.rs', '// changed', '../shared/src/lib.rs'],
    ['shared/Cargo.toml', '', '../shared/Cargo.toml'],
    ['one/build.rs', 'fn main() {}', 'build.rs'],
    ['one/.cargo/config.toml', '[build]', '.cargo/config.toml'],
    ['.cargo/config.toml', '[build]', '../.cargo/config.toml'],
    ['shared/src/lib.rs', undefined, '../shared/src/lib.rs'],
  ];
  for (const [file, text, name] of changes) {
    it(`${text === undefined ? 'gone' : 'changed or new'}: ${file}`, (t) => {
      const root = folderOf(t, CRATE);
      const sources = sourcesOfCrate(root);
      if (text === undefined) rmSync(path.join(root, file));
      else write(root, file, text);
      assert.deepEqual(changedSources(path.join(root, 'one'), sources, false), [name]);
    });
  }

  it('include this package for a build, not for a program that is used', (t) => {
    const root = folderOf(t, CRATE);
    const sources = { ...sourcesOfCrate(root), 'hardhat-zkvm': 'of another version' };
    assert.deepEqual(changedSources(path.join(root, 'one'), sources, true), ['hardhat-zkvm']);
    assert.deepEqual(changedSources(path.join(root, 'one'), sources, false), []);
  });
});

describe('sources of a program in C', () => {
  it('are all files of src/ and include/, also new ones', (t) => {
    const root = folderOf(t, { 'c/src/main.c': 'int main;', 'c/include/a.h': '', 'c/notes.txt': '' });
    const folder = path.join(root, 'c');
    const sources = sourcesOf(folder, []);
    assert.deepEqual(Object.keys(sources), ['include/a.h', 'src/main.c', 'hardhat-zkvm']);
    write(root, 'c/notes.txt', 'changed');
    assert.deepEqual(changedSources(folder, sources, true), []);
    write(root, 'c/src/deep/new.c', '');
    write(root, 'c/include/a.h', '#define A');
    assert.deepEqual(changedSources(folder, sources, true), ['include/a.h', 'src/deep/new.c']);
  });
});
