/** Rust programs with C parts that the crate cc compiles, built from source and run. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { Builder, type Built } from '../../plugin/internal/toolchain/build.ts';
import { guestBuildFolder } from '../../plugin/internal/toolchain/build-folder.ts';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import { cOrSkip, rustOrSkip } from '../support/rust.ts';

const PROGRAMS = path.resolve(import.meta.dirname, '../../programs');

/** A copy of the program with files added; the guest crate is found beside it. */
function copyWith(t: TestContext, files: Readonly<Record<string, string>> = {}, depth = '.'): string {
  const root = mkdtempSync(path.join(os.tmpdir(), 'zkvm-c-parts-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = path.join(root, depth, 'c-parts');
  cpSync(path.join(import.meta.dirname, 'c-parts'), folder, { recursive: true });
  symlinkSync(path.join(PROGRAMS, 'sdk'), path.join(root, depth, 'sdk'), 'dir');
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

function build(folder: string): Promise<Built> {
  return new Builder({ buildFolder: guestBuildFolder, locked: false }).build(folder);
}

/** Runs `use` with variables set, or removed where undefined. */
async function withEnvironment<T>(
  change: Readonly<Record<string, string | undefined>>,
  use: () => Promise<T>,
): Promise<T> {
  const before = Object.fromEntries(Object.keys(change).map((name) => [name, process.env[name]]));
  const set = (values: Readonly<Record<string, string | undefined>>): void => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  set(change);
  try {
    return await use();
  } finally {
    set(before);
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a Rust program with a C part', () => {
  it('runs, with the heap, the output and the end of the program', async (t) => {
    if (rustOrSkip(t) === undefined) return;
    const compiler = cOrSkip(t);
    if (compiler === undefined) return;
    const { elf, tools } = await build(copyWith(t));
    assert.ok(tools.compiler.endsWith(`, with ${compiler.version}`), tools.compiler);
    const program = loadProgram(elf);
    const run = (mode: string, item: Uint8Array): Execution =>
      execute(program, [utf8(mode), item], { cycleLimit: 10 ** 8 });
    const printed = (mode: string, item = new Uint8Array()): string => {
      const { outcome, stdout, stderr } = run(mode, item);
      assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 }, Buffer.from(stderr).toString());
      return Buffer.from(stdout).toString();
    };
    const { publicValues } = run('mix', utf8('hello'));
    assert.equal(Buffer.from(publicValues).toString('hex'), '908cce44'.padStart(64, '0'));
    assert.equal(
      printed('sorted', Uint8Array.of(9, 200, 3)),
      `${'3 '.repeat(5)}${'9 '.repeat(5)}${'200 '.repeat(5)}\n`,
    );
    assert.equal(printed('counted'), '41 42 43\n');
    assert.equal(printed('half'), '8.75\n');
    assert.equal(printed('say'), 'from Rust\nfrom C:  0.33\n');
    const exited = run('exit', utf8('committed'));
    assert.deepEqual(exited.outcome, { kind: 'halt', exitCode: 0 });
    assert.equal(Buffer.from(exited.publicValues).toString(), 'committed');
    const asserted = run('assert', new Uint8Array());
    assert.deepEqual(asserted.outcome, { kind: 'halt', exitCode: 1 });
    assert.match(
      Buffer.from(asserted.stderr).toString(),
      /^panicked at \/c-parts-0\.1\.0\/src\/parts\.c:\d+:\nassertion failed: how != 1\n$/,
    );
    assert.deepEqual(run('abort', new Uint8Array()).outcome, { kind: 'halt', exitCode: 1 });
  });

  it('has the same bytes in another folder, and whatever flags this machine has for itself', async (t) => {
    if (rustOrSkip(t) === undefined || cOrSkip(t) === undefined) return;
    const here = await build(copyWith(t));
    const change = { CFLAGS: '-O0 -DNDEBUG', CC: 'gcc', TARGET_CFLAGS: '-O0' };
    const there = await withEnvironment(change, () => build(copyWith(t, {}, 'a/deeper/folder')));
    assert.deepEqual(there.elf, here.elf);
    assert.ok(!Buffer.from(here.elf).includes(os.tmpdir()), 'no path of this machine is in the file');
  });

  it('takes the compiler and the flags that the user set for the target', async (t) => {
    if (rustOrSkip(t) === undefined) return;
    const compiler = cOrSkip(t);
    if (compiler === undefined || compiler.kind !== 'clang') return;
    const headers = path.join(PROGRAMS, 'sdk-c');
    const flags = `--target=riscv32-unknown-none-elf -march=rv32im -mabi=ilp32 -ffreestanding -I${headers}`;
    for (const target of ['riscv32im_risc0_zkvm_elf', 'riscv32im-risc0-zkvm-elf']) {
      const change = { [`CC_${target}`]: compiler.command, [`CFLAGS_${target}`]: flags };
      const { elf } = await withEnvironment(change, () => build(copyWith(t)));
      const { publicValues } = execute(loadProgram(elf), [utf8('mix'), utf8('hello')]);
      assert.equal(Buffer.from(publicValues).toString('hex').slice(56), '908cce44');
      // Without -fno-pic the address of a thread-local variable is asked for.
      const { stdout } = execute(loadProgram(elf), [utf8('counted'), new Uint8Array()]);
      assert.equal(Buffer.from(stdout).toString(), '41 42 43\n');
    }
    const nowhere = { CC_riscv32im_risc0_zkvm_elf: '/nowhere/cc' };
    await assert.rejects(
      withEnvironment(nowhere, () => build(copyWith(t))),
      { code: 'TOOLCHAIN' },
    );
  });

  it('says in one sentence what is missing', async (t) => {
    if (rustOrSkip(t) === undefined || cOrSkip(t) === undefined) return;
    await assert.rejects(build(copyWith(t, { 'src/missing': '' })), {
      message:
        'cargo could not link c-parts: socket is not defined: there is no network; define it in the program, or see programs/sdk-c/README.md',
    });
    await assert.rejects(build(copyWith(t, { 'src/broken': '' })), {
      message:
        /^cargo could not build c-parts: the crate c-parts 0\.1\.0 does not compile for a guest \(parts\.c: .*sys\/socket\.h.*\): build it without its C parts, or take another crate$/,
    });
    await withEnvironment({ ZKVM_CC: '/nowhere/cc' }, async () => {
      await assert.rejects(build(copyWith(t)), {
        message:
          /^cargo could not build c-parts: the crate c-parts 0\.1\.0 compiles C, and ZKVM_CC names \/nowhere\/cc, .*: (?:on Debian or Ubuntu )?run "[a-z-]+ install /,
      });
    });
  });
});
