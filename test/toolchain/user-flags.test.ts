/** Flags of a project's own `.cargo/config.toml`: which are taken, in which order, and which are refused. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { cargoConfigFiles, readCargoConfigs } from '../../plugin/internal/toolchain/cargo-config.ts';
import type { CargoConfig } from '../../plugin/internal/toolchain/cargo-config.ts';
import { firstChain } from '../../plugin/internal/toolchain/dependency-chain.ts';
import { cfgHolds, userFlags } from '../../plugin/internal/toolchain/user-flags.ts';
import { rustOrSkip } from '../support/rust.ts';

const TARGET = 'riscv32im-risc0-zkvm-elf';
const CFGS = ['target_os="zkvm"', 'target_arch="riscv32"', 'panic="abort"', 'debug_assertions'];
const KNOWN = new Set(CFGS);

const config = (settings: Record<string, unknown>, file = 'config.toml'): CargoConfig => ({ file, settings });
const flagsOf = (...configs: CargoConfig[]): string[] => userFlags(configs, TARGET, () => CFGS);

describe('conditions of cargo', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['cfg(target_os = "zkvm")', true],
    ['cfg(target_os="linux")', false],
    ['cfg(debug_assertions)', true],
    ['cfg(unix)', false],
    ['cfg(not(unix))', true],
    ['cfg(all(target_arch = "riscv32", not(target_os = "none")))', true],
    ['cfg(any(unix, windows, target_os = "zkvm",))', true],
    ['cfg(all())', true],
    ['cfg(any())', false],
    ['cfg(true)', true],
    ['cfg(false)', false],
  ];
  for (const [expression, expected] of cases) {
    it(`${expression}: ${expected}`, () => assert.equal(cfgHolds(expression, KNOWN), expected));
  }

  for (const expression of ['cfg(', 'cfg()', 'cfg(a b)', 'cfg(not(a, b))', 'cfg(a = )', 'cfg(some(a))', 'cfg(a))']) {
    it(`${expression} is refused`, () => {
      assert.throws(() => cfgHolds(expression, KNOWN), { code: 'TOOLCHAIN', message: /is not a condition/ });
    });
  }
});

describe('flags of a project', () => {
  it('are those of the target and of every condition that holds, the nearest file last', () => {
    const outer = config({ target: { [TARGET]: { rustflags: ['--cfg', 'outer'] } } });
    const inner = config({
      build: { rustflags: ['--cfg', 'build'] },
      target: {
        [TARGET]: { rustflags: '--cfg  inner' },
        'cfg(target_os = "zkvm")': { rustflags: ['--cfg', 'os'] },
        'cfg(unix)': { rustflags: ['--cfg', 'unix'] },
        'x86_64-unknown-linux-gnu': { rustflags: ['-Ctarget-cpu=native'] },
      },
    });
    assert.deepEqual(flagsOf(outer, inner), ['--cfg', 'outer', '--cfg', 'inner', '--cfg', 'os']);
  });

  it('are those of build when the target has none', () => {
    const build = config({ build: { rustflags: ['--cfg', 'a="b c"'] }, target: { other: { linker: 'x' } } });
    assert.deepEqual(flagsOf(build), ['--cfg', 'a="b c"']);
    assert.deepEqual(flagsOf(), []);
    assert.deepEqual(flagsOf(config({})), []);
  });

  it('are taken as they are when they break nothing', () => {
    const rustflags = ['-C', 'passes=lower-atomic', '-C', 'panic=abort', '-Copt-level=1', '-Ctarget-feature=+m,-a'];
    rustflags.push('-C', 'link-arg=--fatal-warnings', '--codegen=lto=fat', '-Zshare-generics=no');
    assert.deepEqual(flagsOf(config({ build: { rustflags } })), rustflags);
  });

  const refused: readonly (readonly [flags: readonly string[], reason: RegExp])[] = [
    [['-C', 'target-feature=+c'], /"-C target-feature=\+c".*RV32IM/],
    [['-Ctarget-feature=+m,+a'], /RV32IM/],
    [['--codegen', 'target_cpu=native'], /target_cpu=native.*RV32IM/],
    [['-C', 'panic=unwind'], /a panic ends the program/],
    [['-C', 'link-arg=-Ttext=0x00200800'], /memory layout/],
    [['-Clink-args=--gc-sections -Tmine.ld'], /memory layout/],
    [['-C', 'linker=gcc'], /linker is chosen/],
    [['-Clto=off'], /linked with LTO/],
    [['-C', 'relocation-model=pic'], /fixed addresses/],
    [['-C', 'strip=symbols'], /names of functions/],
  ];
  for (const [flags, reason] of refused) {
    it(`are refused with the file's name: ${flags.join(' ')}`, () => {
      const settings = { build: { rustflags: flags } };
      assert.throws(() => flagsOf(config(settings, 'a/.cargo/config.toml')), {
        code: 'TOOLCHAIN',
        message: new RegExp(`^a/\\.cargo/config\\.toml sets the flag .*${reason.source}`),
      });
    });
  }
});

describe("cargo's configuration", () => {
  it('is read from the folders above the crate, not from the home of cargo', (t) => {
    const rust = rustOrSkip(t);
    if (rust === undefined) return;
    const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'zkvm-config-')));
    const before = process.env['CARGO_HOME'];
    t.after(() => {
      if (before === undefined) delete process.env['CARGO_HOME'];
      else process.env['CARGO_HOME'] = before;
      rmSync(root, { recursive: true, force: true });
    });
    const write = (name: string, text: string): string => {
      const file = path.join(root, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    };
    // As with ~/.cargo: a folder above the crate is cargo's home.
    write('.cargo/config.toml', '[build]\nrustflags = ["--cfg", "home"]\n');
    const middle = write('a/.cargo/config.toml', '[build]\nrustflags = ["--cfg", "middle"]\n');
    const old = write('a/b/.cargo/config', '[build]\nrustflags = ["--cfg", \'x="y"\']\n');
    process.env['CARGO_HOME'] = path.join(root, '.cargo');
    const folder = path.join(root, 'a/b');
    const ofMachine = cargoConfigFiles(path.dirname(root));
    assert.deepEqual(cargoConfigFiles(folder), [...ofMachine, middle, old]);
    const configs = readCargoConfigs(folder, rust).slice(ofMachine.length);
    assert.deepEqual(flagsOf(...configs), ['--cfg', 'middle', '--cfg', 'x="y"']);

    writeFileSync(old, 'rustflags =');
    assert.throws(() => readCargoConfigs(folder, rust), {
      code: 'TOOLCHAIN',
      message: /config: see its message above$/,
    });
  });
});

describe('a chain of dependencies', () => {
  it('is the first that cargo names, from the program on', () => {
    const tree = [
      '0getrandom v0.2.17',
      '1rand_core v0.6.4',
      '2rand v0.8.8',
      '3my-program v0.1.0 (/somewhere/else)',
      '2rand_chacha v0.3.1',
      '3rand v0.8.8 (*)',
    ].join('\n');
    assert.equal(firstChain(tree), 'my-program -> rand 0.8.8 -> rand_core 0.6.4 -> getrandom 0.2.17');
    assert.equal(firstChain('0program v1.0.0 (/x)'), 'program');
    assert.equal(firstChain(''), undefined);
  });
});
