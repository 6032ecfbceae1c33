/** Stripping keeps the program and nothing else, and refuses what is no program with a sentence. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ElfError, SymbolsError } from '../../prover/elf/errors.ts';
import { readExecutable } from '../../prover/elf/executable.ts';
import { loadProgram } from '../../prover/elf/load.ts';
import { stripElf } from '../../prover/elf/strip.ts';
import { readSymbolTable } from '../../prover/elf/symbol-table.ts';
import { buildElf, wordBytes, type ElfSegment } from '../support/elf-builder.ts';
import { withSymbols } from './symbol-table.ts';

const ADD = new Uint8Array(readFileSync(path.resolve(import.meta.dirname, '../../programs/add/add.elf')));

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

  it('keeps the program, in a copy', () => {
    const original = withSections(ADD, 3);
    const before = original.slice();
    const [whole, stripped] = [loadProgram(original), loadProgram(stripElf(original))];
    const unnamed = { elfHash: '', elf: new Uint8Array() };
    assert.deepEqual({ ...whole, ...unnamed }, { ...stripped, ...unnamed });
    assert.deepEqual(original, before);
  });

  it('forgets where a segment without bytes would stand', () => {
    const text: ElfSegment = { address: 0x200000, bytes: wordBytes([0x13]), flags: 5 };
    const bss: ElfSegment = { address: 0x300000, bytes: new Uint8Array(), memorySize: 64, flags: 6 };
    const elf = buildElf({ entry: text.address, segments: [text, bss] });
    const moved = elf.slice();
    new DataView(moved.buffer).setUint32(52 + 32 + 4, elf.length, true);
    assert.deepEqual(stripElf(moved), stripElf(elf));
    assert.equal(readExecutable(stripElf(moved)).segments[1]?.offset, 0);
  });

  it('refuses every beginning of a program, and what is none, as loadProgram does', () => {
    const codeOf = (run: () => unknown): string | undefined => {
      try {
        run();
        return undefined;
      } catch (error) {
        assert.ok(error instanceof ElfError, String(error));
        return error.code;
      }
    };
    for (let length = 0; length < Math.min(ADD.length, 400); length += 1) {
      const part = ADD.subarray(0, length);
      assert.equal(
        codeOf(() => stripElf(part)),
        codeOf(() => loadProgram(part)),
        `${length} bytes`,
      );
      assert.notEqual(
        codeOf(() => stripElf(part)),
        undefined,
      );
    }
    assert.equal(
      codeOf(() => stripElf(new TextEncoder().encode('#!/bin/sh\nexit 0\n'.repeat(9)))),
      'ELF_NOT_ELF',
    );
  });
});

describe('the symbol table', () => {
  const text: ElfSegment = { address: 0x200000, bytes: wordBytes([0x13, 0x13]), flags: 5 };
  const elf = withSymbols(buildElf({ entry: text.address, segments: [text] }), text.address, 8, [
    { name: 'main.c', address: 0, type: 4, isLocal: true },
    { name: 'main', address: 0x200000, size: 8 },
    { name: 'elsewhere', address: 0, section: 0 },
  ]);

  it('has every symbol, be it of a file or defined elsewhere', () => {
    assert.deepEqual(
      readSymbolTable(elf).symbols.map((symbol) => {
        const { kind, isLocal, section, size } = symbol;
        return [symbol.name(), kind, isLocal, section, size];
      }),
      [
        ['main.c', 'file', true, 1, 0],
        ['main', 'function', false, 1, 8],
        ['elsewhere', 'function', false, 0, 0],
      ],
    );
  });

  it('is empty in a stripped file, and a file that ends early is refused with a code', () => {
    assert.deepEqual(readSymbolTable(stripElf(elf)).symbols, []);
    for (let length = 0; length < elf.length; length += 1) {
      assert.throws(() => readSymbolTable(elf.subarray(0, length)), SymbolsError, `${length} bytes`);
    }
  });
});
