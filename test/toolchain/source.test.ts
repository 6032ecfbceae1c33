/** What is read from sources and manifests before anything is compiled. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { isBare, readCrate } from '../../plugin/internal/toolchain/crate.ts';
import { howToInstallRust } from '../../plugin/internal/toolchain/install-help.ts';
import { languageOf, listProgramFolders } from '../../plugin/internal/toolchain/program-folders.ts';
import { problemOf } from '../../plugin/internal/toolchain/rust.ts';
import { rustOrSkip } from '../support/rust.ts';

/** A temporary folder with the given files. */
function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'zkvm-source-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const MANIFEST = '[package]\nname = "some-name"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n';

describe('finding programs', () => {
  it('tells programs from libraries and other folders', (t) => {
    const folder = folderOf(t, {
      'main/Cargo.toml': MANIFEST,
      'main/src/main.rs': '',
      'bin/Cargo.toml': `${MANIFEST}[[bin]]\nname = "x"\npath = "x.rs"\n`,
      'library/Cargo.toml': MANIFEST,
      'library/src/lib.rs': '',
      'c/src/deep/x.c': '',
      'headers/zkvm.h': '',
      'file.rs': '',
    });
    assert.deepEqual(listProgramFolders(folder), ['bin', 'c', 'main']);
    assert.equal(languageOf(path.join(folder, 'main')), 'rust');
    assert.equal(languageOf(path.join(folder, 'c')), 'c');
    assert.deepEqual(listProgramFolders(path.join(folder, 'none')), []);
  });

  it('finds every program of this repository, and no library', () => {
    const names = listProgramFolders(path.resolve(import.meta.dirname, '../../programs'));
    for (const name of ['add', 'bare', 'fibonacci', 'gunzip', 'selftest', 'sp1-fibonacci'])
      assert.ok(names.includes(name), name);
    for (const name of ['sdk', 'sdk-c', 'sp1-zkvm']) assert.ok(!names.includes(name), name);
  });
});

describe('no_std', () => {
  const cases: readonly (readonly [source: string, bare: boolean])[] = [
    ['#![no_std]\nfn main() {}', true],
    ['  #! [ no_std ]', true],
    ['#![cfg_attr(not(test), no_std)]', true],
    ['#![cfg_attr(all(target_os = "none", feature = "x"), no_std)]', true],
    ['// #![no_std]\nfn main() {}', false],
    ['/* #![no_std] */ fn main() {}', false],
    ['//! Unlike with #![no_std], there is a standard library.', false],
    ['#![no_main]', false],
  ];
  for (const [source, bare] of cases) {
    it(`${JSON.stringify(source)}: ${bare}`, () => assert.equal(isBare(source), bare));
  }
});

describe('cargo about a crate', () => {
  it('names the binary, whatever the folder is called', (t) => {
    const rust = rustOrSkip(t);
    if (rust === undefined) return;
    const folder = folderOf(t, {
      'Cargo.toml': `${MANIFEST}[[bin]]\nname = "other"\npath = "src/other.rs"\n[dependencies]\nzkvm = { path = "zkvm" }\n`,
      'src/other.rs': '#![no_std]\n',
      'zkvm/Cargo.toml': MANIFEST.replace('some-name', 'zkvm').replace('[workspace]', ''),
      'zkvm/src/lib.rs': '',
    });
    const crate = readCrate(folder, rust);
    assert.equal(crate.packageName, 'some-name');
    assert.equal(crate.binary, 'other');
    assert.equal(crate.std, false);
    assert.equal(crate.usesGuestCrate, true);
  });

  it('finds the workspace, which has the lock file', (t) => {
    const rust = rustOrSkip(t);
    if (rust === undefined) return;
    const folder = folderOf(t, {
      'Cargo.toml': '[workspace]\nmembers = ["in/one"]\nresolver = "3"\n',
      'in/one/Cargo.toml': MANIFEST.replace('[workspace]', ''),
      'in/one/src/main.rs': '',
    });
    const crate = readCrate(path.join(folder, 'in/one'), rust);
    assert.equal(crate.packageName, 'some-name');
    assert.equal(path.relative(realpathSync(folder), crate.workspace), '');
    assert.equal(crate.usesGuestCrate, false);
  });

  it('asks which of several binaries is meant', (t) => {
    const rust = rustOrSkip(t);
    if (rust === undefined) return;
    const files = { 'src/bin/one.rs': '', 'src/bin/two.rs': '' };
    const folder = folderOf(t, { ...files, 'Cargo.toml': MANIFEST });
    assert.throws(() => readCrate(folder, rust), /has the programs one, two: say which by --bin, or by default-run/);
    const decided = folderOf(t, {
      ...files,
      'Cargo.toml': MANIFEST.replace('edition', 'default-run = "two"\nedition'),
    });
    assert.equal(readCrate(decided, rust).binary, 'two');
    assert.equal(readCrate(decided, rust).std, true);
    assert.equal(readCrate(decided, rust, { bin: 'one' }).binary, 'one');
    assert.throws(() => readCrate(decided, rust, { bin: 'three' }), /has no program three \(there: one, two\)/);
  });

  it('refuses a library and a workspace without a package', (t) => {
    const rust = rustOrSkip(t);
    if (rust === undefined) return;
    const library = folderOf(t, { 'Cargo.toml': MANIFEST, 'src/lib.rs': '' });
    assert.throws(() => readCrate(library, rust), /the crate some-name is a library without a program/);
    const workspace = folderOf(t, { 'Cargo.toml': '[workspace]\nmembers = []\n' });
    assert.throws(() => readCrate(workspace, rust), /has no \[package\]/);
  });
});

describe('what is wrong with a compiler', () => {
  it('is said in words, with commands for the system', () => {
    assert.match(problemOf('rustc 1.87.0 (x 2025-05-15)', 'cargo', '/') ?? '', /too old, the oldest .* is 1\.88/);
    assert.match(problemOf('rustc 1.90.0', '/no/such/cargo', '/') ?? '', /without cargo/);
    assert.match(problemOf('rustc 1.90.0', process.execPath, '/no/such') ?? '', /no source of the standard library/);
    assert.match(howToInstallRust(false, 'linux'), /apt-get install rustc-web cargo-web rust-web-src lld gcc/);
    assert.match(howToInstallRust(false, 'darwin'), /xcode-select --install.*rustup component add rust-src/);
    assert.match(howToInstallRust(false, 'win32'), /winget.*rustup component add rust-src/);
    assert.match(howToInstallRust(true, 'linux'), /^run "rustup update stable".*or on Debian.*apt-get install/);
    assert.doesNotMatch(howToInstallRust(true, 'darwin'), /apt-get|xcode/);
  });
});
