/** C code of crates: what is set for build scripts, what failures are about, and whether C was linked at all. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { makeArchive } from '../../plugin/internal/toolchain/archive.ts';
import { adviceOnLock } from '../../plugin/internal/toolchain/c-crate-advice.ts';
import { cEnvironment, cFailure, linksC } from '../../plugin/internal/toolchain/c-crates.ts';
import { cLibrary } from '../../plugin/internal/toolchain/c-library.ts';
import type { Crate } from '../../plugin/internal/toolchain/crate.ts';
import { cOrSkip, rustOrSkip } from '../support/rust.ts';
import { readSymbolTable } from '../../prover/elf/symbol-table.ts';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'zkvm-c-crates-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Where wrapper and library are kept while these tests run. */
const BUILD_FOLDER = mkdtempSync(path.join(os.tmpdir(), 'zkvm-c-crates-build-'));
after(() => rmSync(BUILD_FOLDER, { recursive: true, force: true }));

function crateIn(folder: string, std = true): Crate {
  return {
    folder,
    packageName: 'program',
    binary: 'program',
    std,
    usesGuestCrate: true,
    featureArguments: [],
    workspace: folder,
  };
}

/** Sets variables until the test ends. */
function setVariables(t: TestContext, change: Readonly<Record<string, string>>): void {
  const before = Object.keys(change).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, change);
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

describe('variables for build scripts', () => {
  it('are there for programs that may compile C, for the target alone', (t) => {
    const rust = rustOrSkip(t);
    if (rust === undefined || cOrSkip(t) === undefined) return;
    const folder = temporaryFolder(t);
    setVariables(t, { CFLAGS: '-march=native', CC: 'gcc' });
    writeFileSync(path.join(folder, 'Cargo.lock'), '[[package]]\nname = "cc"\nversion = "1.0.0"\n');
    for (const [std, target] of [
      [true, 'riscv32im_risc0_zkvm_elf'],
      [false, 'riscv32im_unknown_none_elf'],
    ] as const) {
      const environment = cEnvironment(crateIn(folder, std), rust, BUILD_FOLDER, '/report', readSymbolTable);
      assert.match(environment[`CC_${target}`] ?? '', /zkvm-(?:clang|gcc)(?:\.exe)?$/);
      assert.ok(environment[`AR_${target}`] !== undefined);
      assert.equal(environment[`CFLAGS_${target}`], '');
      assert.deepEqual([environment['CFLAGS'], environment['HOST_CFLAGS']], [undefined, '-march=native']);
      assert.ok('CFLAGS' in environment && !('CC' in environment));
      assert.match(environment['ZKVM_C_LIBRARY'] ?? '', /libzkvmc\.a$/);
    }
  });

  it('leave alone what the user set, in either spelling', (t) => {
    const rust = rustOrSkip(t);
    if (rust === undefined || cOrSkip(t) === undefined) return;
    const folder = temporaryFolder(t);
    setVariables(t, { 'CC_riscv32im-risc0-zkvm-elf': 'mine', AR_riscv32im_risc0_zkvm_elf: 'my-ar' });
    const environment = cEnvironment(crateIn(folder), rust, BUILD_FOLDER, '/report', readSymbolTable);
    const ours = Object.keys(environment).filter((name) => name.includes('riscv32im'));
    const expected = ['CFLAGS', 'CXXFLAGS', 'CXX'].map((name) => `${name}_riscv32im_risc0_zkvm_elf`);
    assert.deepEqual(ours.sort(), expected);
  });

  it('are not there where the lock file names no crate that compiles C', (t) => {
    const rust = rustOrSkip(t);
    if (rust === undefined) return;
    const folder = temporaryFolder(t);
    writeFileSync(path.join(folder, 'Cargo.lock'), '[[package]]\nname = "cc-traits"\nversion = "1.0.0"\n');
    const environment = cEnvironment(crateIn(folder), rust, BUILD_FOLDER, '/report', readSymbolTable);
    assert.deepEqual(Object.keys(environment), ['ZKVM_C_REPORT', 'ZKVM_LIBC']);
  });
});

describe('a failure that is about C', () => {
  const sentence = (t: TestContext, report: string): string | undefined => {
    const file = path.join(temporaryFolder(t), 'report');
    writeFileSync(file, report);
    return cFailure(crateIn('/program'), file);
  };

  it('is one sentence with the crate and what to do', (t) => {
    assert.equal(cFailure(crateIn('/program'), '/nowhere/report'), undefined);
    assert.match(
      sentence(t, 'secp256k1-sys\t0.10.1\tdepend/secp256k1.c\tno\n') ?? '',
      /: use zkvm-secp256k1 \(programs\/sdk\/secp256k1\)/,
    );
    assert.equal(
      sentence(t, "one\t1.0.0\ta.c\tx\ntwo\t2.0.0\tsrc/b.c\t'pthread.h' file not found\n"),
      "cargo could not build program: the crate two 2.0.0 does not compile for a guest (b.c: 'pthread.h' file not found): build it without its C parts, or take another crate",
    );
    assert.match(
      sentence(t, 'two\t2.0.0\tb.cpp\tx\n') ?? '',
      /the crate two 2\.0\.0 is written in C\+\+, for which guests have no library: /,
    );
    assert.match(
      sentence(t, 'two\t2.0.0\tx86.S\tx\n') ?? '',
      /has assembly for another machine \(x86\.S\): build it without/,
    );
    // As rustc prints a linker's messages, in JSON.
    const json = '{"rendered":"rust-lld: error: undefined symbol: pthread_create\\n>>> referenced"}';
    assert.match(
      sentence(t, json) ?? '',
      /^cargo could not link program: pthread_create is not defined: there is one thread; /,
    );
  });

  it('tells a program without C from one with it', (t) => {
    const folder = temporaryFolder(t);
    const report = path.join(folder, 'report');
    writeFileSync(path.join(folder, 'Cargo.lock'), 'name = "critical-section"\n');
    writeFileSync(
      report,
      'undefined symbol: _critical_section_1_0_acquire\nundefined symbol: _critical_section_1_0_release\n',
    );
    assert.equal(
      cFailure(crateIn(folder), report),
      'cargo could not link program: _critical_section_1_0_acquire, _critical_section_1_0_release are not defined: no crate of the program brings them; add the crate that does, or define them with #[unsafe(no_mangle)]',
    );
  });

  it('names a crate of the lock file that never builds, or that may be the reason', () => {
    assert.match(
      adviceOnLock('name = "ring"\nname = "openssl-sys"\n'),
      /^; the crate openssl-sys cannot be built for guests: use /,
    );
    assert.match(
      adviceOnLock('name = "libz-sys"\r\n'),
      /^; if it is the crate libz-sys that fails: use the crate flate2/,
    );
    assert.equal(adviceOnLock('name = "serde"\n'), '');
  });
});

describe('whether C was linked', () => {
  it('is read from the names of sources', (t) => {
    const compiler = cOrSkip(t);
    if (compiler === undefined) return;
    const folder = temporaryFolder(t);
    const archive = readFileSync(
      cLibrary({ compiler, cHeaderFolder: path.resolve('programs/sdk-c'), buildFolder: folder, readSymbolTable }),
    );
    // A member of the archive is an object file with the name of its source.
    const at = archive.indexOf('sort.o/') + 60;
    assert.ok(linksC(new Uint8Array(archive.subarray(at)), readSymbolTable));
    for (const name of ['add', 'gunzip']) {
      assert.ok(
        !linksC(
          new Uint8Array(readFileSync(path.join(import.meta.dirname, `../../programs/${name}/${name}.elf`))),
          readSymbolTable,
        ),
        'a file without symbols says nothing',
      );
    }
  });
});

describe('an archive', () => {
  it('has the format that linkers read', () => {
    const object = new Uint8Array(53);
    const archive = Buffer.from(makeArchive([{ name: 'a.o', data: object, symbols: [] }])).toString('latin1');
    assert.equal(archive.slice(0, 24), '!<arch>\n/               ');
    assert.equal(archive.length, 8 + 60 + 6 + 60 + 54);
    assert.ok(archive.includes('a.o/            0           0     0     644     53        `\n'));
    assert.throws(() => makeArchive([{ name: 'much-too-long.o.o', data: object, symbols: [] }]), RangeError);
  });
});
