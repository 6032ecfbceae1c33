/** The same source gives the same bytes in other folders and with another CARGO_HOME: also the committed ones. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { buildWithCargo } from '../../plugin/internal/toolchain/cargo.ts';
import { readCrate } from '../../plugin/internal/toolchain/crate.ts';
import { sha256Hex } from '../../plugin/internal/sha256.ts';
import { recordedTools } from '../../plugin/internal/toolchain/record.ts';
import type { RustToolchain } from '../../plugin/internal/toolchain/rust.ts';
import { stripElf } from '../../prover/elf/strip.ts';
import { readSymbolTable } from '../../prover/elf/symbol-table.ts';
import { rustOrSkip } from '../support/rust.ts';

const PROGRAMS = path.resolve(import.meta.dirname, '../../programs');

/** Copies programs and guest crate to a folder and builds there, with a folder of its own for intermediate files. */
async function buildCopy(name: string, root: string, rust: RustToolchain): Promise<Uint8Array> {
  mkdirSync(root, { recursive: true });
  for (const folder of ['sdk', name]) cpSync(path.join(PROGRAMS, folder), path.join(root, folder), { recursive: true });
  const crate = readCrate(path.join(root, name), rust);
  const buildFolder = path.join(root, 'build');
  return (
    await buildWithCargo(crate, { rust, sdk: path.join(root, 'sdk'), buildFolder, locked: true, readSymbolTable })
  ).elf;
}

/** Runs `use` with another home of cargo. */
async function withCargoHome<T>(home: string, use: () => Promise<T>): Promise<T> {
  const before = process.env['CARGO_HOME'];
  process.env['CARGO_HOME'] = home;
  try {
    return await use();
  } finally {
    if (before === undefined) delete process.env['CARGO_HOME'];
    else process.env['CARGO_HOME'] = before;
  }
}

// Many dependencies, macros among them: their order and names show every path that gets into a hash.
it('oracle has the same bytes in two folders, with two homes of cargo, and as committed', async (t) => {
  const rust = rustOrSkip(t);
  if (rust === undefined) return;
  const root = mkdtempSync(path.join(os.tmpdir(), 'zkvm-reproducible-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const home = process.env['CARGO_HOME'] ?? path.join(os.homedir(), '.cargo');
  const otherHome = path.join(root, 'other/home');
  mkdirSync(otherHome, { recursive: true });
  // A copy of what was downloaded; cargo unpacks it again.
  for (const part of ['registry/cache', 'registry/index']) {
    if (existsSync(path.join(home, part)))
      cpSync(path.join(home, part), path.join(otherHome, part), { recursive: true });
  }

  const first = await buildCopy('oracle', path.join(root, 'a'), rust);
  const second = await withCargoHome(otherHome, () =>
    buildCopy('oracle', path.join(root, 'a/much/deeper/folder'), rust),
  );
  assert.equal(sha256Hex(first), sha256Hex(second));
  for (const text of [root, home, rust.source]) {
    assert.ok(!Buffer.from(first).includes(text), `the ELF file contains ${text}`);
  }
  const recorded = recordedTools(PROGRAMS, 'oracle');
  assert.ok(recorded !== undefined, 'toolchain.json does not name the tools of oracle');
  if (recorded.compiler === rust.version && recorded.linker === rust.linkerVersion) {
    const committed = new Uint8Array(readFileSync(path.join(PROGRAMS, 'oracle/oracle.elf')));
    assert.equal(sha256Hex(stripElf(first)), sha256Hex(committed));
  }
});
