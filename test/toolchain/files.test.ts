/** The files of a built program: stripping, writing, comparing, and the record of who made them. */
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { Built } from '../../plugin/internal/toolchain/build.ts';
import { differenceOf, sha256Hex, writeOutputs } from '../../plugin/internal/toolchain/outputs.ts';
import { recordTools, recordedTools } from '../../plugin/internal/toolchain/record.ts';
import { stripElf } from '../../plugin/internal/toolchain/strip.ts';
import { loadProgram } from '../../prover/index.ts';

const ADD = new Uint8Array(readFileSync(path.resolve(import.meta.dirname, '../../programs/add/add.elf')));
const TOOLS = { compiler: 'rustc 1', linker: 'LLD 1' };
const BUILT: Built = {
  name: 'x',
  elf: new Uint8Array([1, 2, 3]),
  symbols: '00200000 4 main\n',
  tools: TOOLS,
  sources: {},
};

function temporary(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'zkvm-outputs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The ELF with a section header table of `count` entries at its end, as a linker leaves it. */
function withSections(elf: Uint8Array, count: number): Uint8Array {
  const longer = new Uint8Array(elf.length + 40 * count).fill(0x5a);
  longer.set(elf);
  const view = new DataView(longer.buffer);
  view.setUint32(32, elf.length, true);
  view.setUint16(46, 40, true);
  view.setUint16(48, count, true);
  view.setUint16(50, count - 1, true);
  return longer;
}

describe('stripElf', () => {
  it('gives the same file whatever sections there were', () => {
    assert.deepEqual(stripElf(withSections(ADD, 7)), ADD);
    assert.deepEqual(stripElf(ADD), ADD);
  });

  it('keeps the program', () => {
    const [before, after] = [loadProgram(withSections(ADD, 3)), loadProgram(stripElf(withSections(ADD, 3)))];
    const unnamed = { elfHash: '', elf: new Uint8Array() };
    assert.deepEqual({ ...before, ...unnamed }, { ...after, ...unnamed });
  });

  it('refuses a program without an entry point', () => {
    const copy = ADD.slice();
    new DataView(copy.buffer).setUint32(24, 0, true);
    assert.throws(() => stripElf(copy), /has no entry point/);
  });
});

describe('the files of a program', () => {
  it('are written whole, and left alone when nothing changed', async (t) => {
    const folder = temporary(t);
    await writeOutputs(folder, BUILT);
    assert.deepEqual(readdirSync(folder).sort(), ['x.elf', 'x.elf.sha256', 'x.symbols']);
    assert.equal(readFileSync(path.join(folder, 'x.elf.sha256'), 'utf8'), `${sha256Hex(BUILT.elf)}  x.elf\n`);
    const elf = path.join(folder, 'x.elf');
    utimesSync(elf, 1000, 1000);
    await writeOutputs(folder, { ...BUILT, symbols: '' });
    assert.equal(statSync(elf).mtimeMs, 1_000_000);
    assert.equal(readFileSync(path.join(folder, 'x.symbols'), 'utf8'), '');
  });

  it('stay as they were when one of them cannot be written', async (t) => {
    const folder = temporary(t);
    await writeOutputs(folder, BUILT);
    // A folder in the place of the last file: reading it fails before anything is renamed.
    rmSync(path.join(folder, 'x.symbols'));
    mkdirSync(path.join(folder, 'x.symbols'));
    await assert.rejects(writeOutputs(folder, { ...BUILT, elf: new Uint8Array([9]) }), { code: 'EISDIR' });
    assert.deepEqual(readdirSync(folder).sort(), ['x.elf', 'x.elf.sha256', 'x.symbols']);
    assert.deepEqual([...readFileSync(path.join(folder, 'x.elf'))], [1, 2, 3]);
  });

  it('are compared one by one, and the reason names both compilers', async (t) => {
    const folder = temporary(t);
    assert.match((await differenceOf(folder, BUILT, TOOLS)) ?? '', /there is no x\.elf, so nothing to compare/);
    await writeOutputs(folder, BUILT);
    assert.equal(await differenceOf(folder, BUILT, undefined), undefined);
    const other: Built = { ...BUILT, elf: new Uint8Array([4]), tools: { ...TOOLS, compiler: 'rustc 2' } };
    const difference = (await differenceOf(folder, other, TOOLS)) ?? '';
    assert.ok(difference.includes(sha256Hex(BUILT.elf)) && difference.includes(sha256Hex(other.elf)), difference);
    assert.match(difference, /made by "rustc 1", this is "rustc 2"$/);
    const sameTools = await differenceOf(folder, { ...other, tools: TOOLS }, TOOLS);
    assert.match(sameTools ?? '', /the source, a dependency or a flag changed/);
    assert.match((await differenceOf(folder, other, undefined)) ?? '', /not recorded in toolchain\.json/);
    writeFileSync(path.join(folder, 'x.symbols'), 'other');
    assert.match((await differenceOf(folder, BUILT, TOOLS)) ?? '', /x\.symbols is not that of x\.elf/);
  });
});

describe('toolchain.json', () => {
  it('knows who made each program, and forgets those that are gone', (t) => {
    const folder = temporary(t);
    for (const name of ['b', 'a', 'gone']) {
      mkdirSync(path.join(folder, name, 'src'), { recursive: true });
      writeFileSync(path.join(folder, name, 'src/main.c'), '');
      recordTools(folder, name, TOOLS);
    }
    rmSync(path.join(folder, 'gone'), { recursive: true });
    recordTools(folder, 'b', { compiler: 'rustc 2', linker: 'LLD 2' });
    assert.deepEqual(recordedTools(folder, 'a'), TOOLS);
    assert.deepEqual(recordedTools(folder, 'b'), { compiler: 'rustc 2', linker: 'LLD 2' });
    const parsed = JSON.parse(readFileSync(path.join(folder, 'toolchain.json'), 'utf8')) as object;
    assert.deepEqual(Object.keys(parsed), ['a', 'b']);
  });

  it('is refused when it is not JSON', (t) => {
    const folder = temporary(t);
    writeFileSync(path.join(folder, 'toolchain.json'), '{');
    assert.throws(() => recordedTools(folder, 'a'), /is not JSON: restore it/);
  });
});
