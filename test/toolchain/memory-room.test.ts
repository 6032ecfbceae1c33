/** Programs whose statics or text are too large for the memory map are refused with a sentence of their own; others link. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Builder, type Built } from '../../plugin/internal/toolchain/build.ts';
import { ToolchainError } from '../../plugin/internal/toolchain/errors.ts';
import { checkEntry, checkMemoryRoom } from '../../plugin/internal/toolchain/memory-room.ts';
import { execute, loadProgram, readExecutable } from '../../prover/index.ts';
import { compilerOrSkip } from '../support/c-compiler.ts';
import { buildElf, wordBytes, type ElfSegment } from '../support/elf-builder.ts';
import { u32 } from '../support/guests.ts';

const MiB = 2 ** 20;
const work = mkdtempSync(join(tmpdir(), 'zkvm-room-'));
after(() => rmSync(work, { recursive: true, force: true }));

/** Builds a C program as `zkvm build` does. */
function build(name: string, source: string): Promise<Built> {
  const folder = join(work, name);
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'src/main.c'), source);
  return new Builder({ buildFolder: () => Promise.resolve(join(work, 'build')), locked: false }).build(folder);
}

function rejects(built: Promise<Built>, message: RegExp): Promise<void> {
  return assert.rejects(built, (error) => error instanceof ToolchainError && message.test(error.message));
}

describe('a program', { skip: compilerOrSkip('clang').skip }, () => {
  it('may have more than a mebibyte of text', async () => {
    const source = `#include <zkvm.h>
__asm__(".pushsection .text.pad,\\"ax\\",@progbits\\n.globl pad\\npad: addi a0, a0, 1\\n.rept 400000\\naddi a0, a0, 0\\n.endr\\nret\\n.popsection");
uint32_t pad(uint32_t value);
int main(void) { return (int)pad(zkvm_read_u32()); }`;
    const { elf } = await build('text', source);
    assert.ok(elf.length > 1.5 * MiB);
    assert.deepEqual(execute(loadProgram(elf), [u32(7)]).outcome, { kind: 'halt', exitCode: 8 });
  });

  it('may have statics up to the room that there is', async () => {
    const source = (bytes: number): string => `#include <zkvm.h>
static volatile uint8_t table[${bytes}u];
int main(void) { table[${bytes}u - 1] = 3; return table[${bytes}u - 1] + table[0]; }`;
    const { elf } = await build('statics', source(757 * MiB));
    assert.deepEqual(execute(loadProgram(elf), []).outcome, { kind: 'halt', exitCode: 3 });
    for (const bytes of [758 * MiB + 1, 1024 * MiB, 2047 * MiB]) {
      const size = String(Math.floor(bytes / MiB));
      await rejects(
        build(`statics-${size}`, source(bytes)),
        new RegExp(
          `^statics of ${size}(\\.\\d)? MiB do not fit: those that start as zero and the heap share 758 MiB; make them smaller$`,
        ),
      );
    }
  });

  it('may have any amount of initialised statics', async () => {
    const source = (bytes: number): string => `#include <zkvm.h>
static volatile uint8_t table[${bytes}u] = {1};
int main(void) { return table[zkvm_read_u32()]; }`;
    for (const bytes of [15 * MiB, 40 * MiB]) {
      const { elf } = await build('data', source(bytes));
      const program = loadProgram(elf);
      assert.deepEqual(execute(program, [u32(0)]).outcome, { kind: 'halt', exitCode: 1 });
      assert.deepEqual(execute(program, [u32(bytes - 1)]).outcome, { kind: 'halt', exitCode: 0 });
    }
  });
});

describe('an entry point', () => {
  it('is in the text that the file holds', () => {
    const text: ElfSegment = { address: 0x30000000, bytes: wordBytes([0x13, 0x13]), flags: 5 };
    const data: ElfSegment = { address: 0x30000100, bytes: wordBytes([1]), flags: 6 };
    const check = (entry: number): void => checkEntry(readExecutable(buildElf({ entry, segments: [text, data] })));
    check(text.address);
    check(text.address + 4);
    for (const entry of [0, text.address - 4, text.address + 8, data.address]) {
      assert.throws(() => check(entry), {
        code: 'TOOLCHAIN',
        message: /^the program has no entry point: add the line/,
      });
    }
  });
});

describe('statics', () => {
  it('may touch the text, and not lie in it; what lies elsewhere is not looked at', () => {
    const text: ElfSegment = { address: 0x30000000, bytes: wordBytes([0x13]), flags: 5 };
    const stack: ElfSegment = { address: 0x200000, bytes: new Uint8Array(), memorySize: 0x800000, flags: 6 };
    const bss = (memorySize: number): ElfSegment => ({ ...stack, address: 0xa00000, memorySize });
    const room = 0x30000000 - 0xa00000;
    const elf = (...segments: ElfSegment[]) => readExecutable(buildElf({ entry: text.address, segments }));
    checkMemoryRoom(elf(stack, bss(room), text));
    checkMemoryRoom(elf(text, { ...stack, address: 0x30000004 }));
    assert.throws(() => checkMemoryRoom(elf(stack, bss(room + 1), text)), {
      code: 'TOOLCHAIN',
      message:
        'statics of 758.1 MiB do not fit: those that start as zero and the heap share 758 MiB; make them smaller',
    });
  });
});
