import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ElfError } from '../../prover/elf/errors.ts';
import { IMAGE_WORD_LIMIT, loadProgram } from '../../prover/elf/load.ts';
import type { Image } from '../../prover/vm/program.ts';
import { SPACE } from '../../prover/vm/execution-record.ts';
import { buildElf, wordBytes, type ElfOptions, type ElfSegment } from '../support/elf-builder.ts';

const TEXT: ElfSegment = { address: 0x200000, bytes: wordBytes([0x13, 0x73]), flags: 5 };
const GOOD: ElfOptions = { entry: 0x200000, segments: [TEXT] };

function withByte(file: Uint8Array, index: number, value: number): Uint8Array {
  const copy = file.slice();
  copy[index] = value;
  return copy;
}

function text(change: Partial<ElfSegment>): ElfOptions {
  const segment = { ...TEXT, ...change };
  return { entry: segment.address, segments: [segment] };
}

/** The beginning of the program that runs this test; on systems without ELF that of one for them. */
function nodeHead(): Uint8Array {
  if (process.platform !== 'linux') return withByte(withByte(buildElf(GOOD), 4, 2), 18, 62);
  const head = new Uint8Array(4096);
  const file = openSync(process.execPath, 'r');
  readSync(file, head);
  closeSync(file);
  return head;
}

describe('loadProgram', () => {
  it('loads text, registers and memory', () => {
    const data: ElfSegment = { address: 0x300002, bytes: Uint8Array.of(1, 2, 3), memorySize: 100, flags: 6 };
    const program = loadProgram(buildElf({ entry: 0x200004, segments: [TEXT, data] }));
    assert.equal(program.entry, 0x200004);
    assert.deepEqual([...program.rom.pc], [0x200000, 0x200004]);
    const { image } = program;
    // 32 registers, two text words, and the two words that the three file bytes touch; the rest of .bss is left out.
    assert.equal(image.rows, 36);
    assert.ok(image.space.subarray(0, 32).every((space) => space === SPACE.REGISTER));
    assert.deepEqual([...image.address.subarray(32)], [0x80000, 0x80001, 0xc0000, 0xc0001]);
    assert.deepEqual([...image.value.subarray(32)], [0x13, 0x73, 0x02010000, 3]);
    assert.deepEqual([image.zeroStart, image.zeroEnd, image.stack], [0xc0002, 2 ** 28, undefined]);
    assert.match(program.elfHash, /^[0-9a-f]{64}$/);
  });

  it('keeps zeros below the last file byte, and lets segments share a word', () => {
    const low: ElfSegment = { address: 0x300000, bytes: Uint8Array.of(7), memorySize: 6, flags: 6 };
    const high: ElfSegment = { address: 0x300006, bytes: Uint8Array.of(9), flags: 6 };
    const { image } = loadProgram(buildElf({ entry: 0x200000, segments: [high, TEXT, low] }));
    assert.deepEqual([...image.address.subarray(34)], [0xc0000, 0xc0001]);
    assert.deepEqual([...image.value.subarray(34)], [7, 0x90000]);
  });

  it('loads a view into a larger buffer', () => {
    const file = buildElf(GOOD);
    const padded = new Uint8Array(file.length + 9);
    padded.set(file, 9);
    assert.deepEqual(loadProgram(padded.subarray(9)), loadProgram(file));
  });

  it('loads a file that may have compressed instructions and has none, and the same without the mark', () => {
    // nop, a word of zeros as padding, ecall, and data that looks compressed.
    const words = wordBytes([0x13, 0, 0x73]);
    const data: ElfSegment = { address: 0x300000, bytes: wordBytes([0x4505]), flags: 6 };
    const options = { entry: TEXT.address, segments: [{ ...TEXT, bytes: words }, data] };
    const marked = loadProgram(buildElf({ ...options, flags: 1 }));
    const plain = loadProgram(buildElf(options));
    const unnamed = { elfHash: '', elf: new Uint8Array() };
    assert.deepEqual({ ...marked, ...unnamed }, { ...plain, ...unnamed });
    assert.notEqual(marked.elfHash, plain.elfHash);
  });

  it('loads the committed guests', () => {
    for (const name of ['add', 'fibonacci']) {
      const file = new URL(`../../programs/${name}/${name}.elf`, import.meta.url);
      const hash = readFileSync(new URL(`${file.href}.sha256`), 'utf8');
      assert.equal(`${loadProgram(readFileSync(file)).elfHash}  ${name}.elf\n`, hash);
    }
  });

  const good = buildElf(GOOD);
  const twice = { ...GOOD, segments: [TEXT, { ...TEXT, address: 0x200004, flags: 4 }] };
  const refused: readonly (readonly [string, string, Uint8Array])[] = [
    ['nothing', 'ELF_NOT_ELF', new Uint8Array()],
    ['another format', 'ELF_NOT_ELF', withByte(good, 0, 0)],
    ['ELF64', 'ELF_64_BIT', withByte(good, 4, 2)],
    ['big endian', 'ELF_BIG_ENDIAN', withByte(good, 5, 2)],
    ['another machine', 'ELF_MACHINE', buildElf({ ...GOOD, machine: 62 })],
    ['an object file', 'ELF_NOT_EXECUTABLE', buildElf({ ...GOOD, type: 1 })],
    ['position independent code', 'ELF_DYNAMIC', buildElf({ ...GOOD, type: 3 })],
    ['a dynamic segment', 'ELF_DYNAMIC', buildElf({ ...GOOD, segments: [TEXT, { ...TEXT, type: 2 }] })],
    ['an interpreter', 'ELF_DYNAMIC', buildElf({ ...GOOD, segments: [TEXT, { ...TEXT, type: 3 }] })],
    ['compressed code', 'ELF_COMPRESSED', buildElf({ ...text({ bytes: wordBytes([0x13, 0x00010001]) }), flags: 1 })],
    ['hardware floats of a file that may be compressed', 'ELF_FLOAT', buildElf({ ...GOOD, flags: 3 })],
    ['hardware floats', 'ELF_FLOAT', buildElf({ ...GOOD, flags: 2 })],
    ['the RV32E ABI', 'ELF_EMBEDDED', buildElf({ ...GOOD, flags: 8 })],
    ['a cut header', 'ELF_TRUNCATED', good.subarray(0, 51)],
    ['cut program headers', 'ELF_TRUNCATED', good.subarray(0, 60)],
    ['a cut segment', 'ELF_TRUNCATED', good.subarray(0, good.length - 1)],
    ['no program headers', 'ELF_MALFORMED', withByte(good, 44, 0)],
    ['odd program headers', 'ELF_MALFORMED', withByte(good, 42, 33)],
    ['a segment larger in the file', 'ELF_MALFORMED', buildElf(text({ memorySize: 4 }))],
    ['overlapping segments', 'ELF_OVERLAP', buildElf(twice)],
    ['a segment above 2^30', 'ELF_ADDRESS', buildElf(text({ address: 0x40000000 }))],
    ['a segment that wraps', 'ELF_ADDRESS', buildElf(text({ address: 0xfffffffc }))],
    ['text at the top', 'ELF_ADDRESS', buildElf(text({ address: 0x3ffffff8 }))],
    ['text at 0', 'ELF_TEXT_AT_ZERO', buildElf(text({ address: 0 }))],
    ['misaligned text', 'ELF_TEXT_MISALIGNED', buildElf(text({ address: 0x200002 }))],
    ['an entry outside text', 'ELF_ENTRY', buildElf({ ...GOOD, entry: 0x200008 })],
    ['a misaligned entry', 'ELF_ENTRY', buildElf({ ...GOOD, entry: 0x200002 })],
    ['an entry in data', 'ELF_ENTRY', buildElf({ ...GOOD, segments: [{ ...TEXT, flags: 6 }] })],
    [
      'a large program that ends above 2^30',
      'ELF_TOO_LARGE',
      buildElf({ ...GOOD, segments: [TEXT, { ...TEXT, address: 0x3f800000, bytes: new Uint8Array(17 * 2 ** 20) }] }),
    ],
    ['far apart text', 'ELF_TOO_LARGE', buildElf({ ...GOOD, segments: [TEXT, { ...TEXT, address: 0x10000000 }] })],
    [
      'a huge image',
      'ELF_TOO_LARGE',
      buildElf({
        ...GOOD,
        segments: [
          TEXT,
          { address: 0x400000, bytes: Uint8Array.of(1), memorySize: 4 * IMAGE_WORD_LIMIT, flags: 6 },
          { address: 0x20000000, bytes: Uint8Array.of(1), flags: 6 },
        ],
      }),
    ],
  ];
  const header = (change: Readonly<Record<number, number>>): Uint8Array =>
    Object.entries(change).reduce((file, [index, value]) => withByte(file, Number(index), value), good);
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
  const foreign: readonly (readonly [string, RegExp, Uint8Array])[] = [
    [
      'this x86-64 or ARM node',
      /^the file is for .*(64|x86).* and not for 32-bit RISC-V: build it with "zkvm build"$/,
      nodeHead(),
    ],
    ['an x86-64 ELF', /^the file is for x86-64 and not for 32-bit RISC-V: /, header({ 4: 2, 18: 62 })],
    ['a 32-bit ARM ELF', /^the file is for ARM \(32 bits\) and not/, header({ 18: 40 })],
    ['an unknown machine', /^the file is for machine 4711 and not/, header({ 18: 4711 & 255, 19: 4711 >> 8 })],
    [
      'a riscv64 ELF',
      /^the file is for RISC-V of 64 bits \(RV64\), and this machine has 32: build it/,
      header({ 4: 2 }),
    ],
    ['a big-endian ELF', /^the file is for MIPS, big endian, and not/, header({ 5: 2, 18: 0, 19: 8 })],
    [
      'compressed code',
      /^the file uses compressed instructions \(RVC\), the first at 0x00200004: .* -march=rv32im/,
      buildElf({ ...text({ bytes: wordBytes([0x13, 0x00134501, 0x4505]) }), flags: 1 }),
    ],
    ['a PIE', /^the file is position independent or a shared library: .*-no-pie/, header({ 16: 3 })],
    ['an object file', /^the file is an object file, not a linked program: build it/, header({ 16: 1 })],
    ['no entry point', /^the file has no entry point: link it with "_start"/, header({ 26: 0 })],
    ['an entry point elsewhere', /^the entry point 0x00210000 is in no text: /, header({ 26: 0x21 })],
    [
      'a Mach-O file',
      /^the file is a macOS program, not an ELF file; a program is/,
      Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe, 7),
    ],
    ['a PE file', /^the file is a Windows program/, utf8('MZ\u0090\0')],
    ['a wasm file', /^the file is a WebAssembly module/, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
    ['an rlib', /^the file is a library \(\.a or \.rlib\)/, utf8('!<arch>\n/')],
    [
      'a Git LFS pointer',
      /^the file is a placeholder of Git LFS/,
      utf8('version https://git-lfs.github.com/spec/v1\n'),
    ],
    ['an empty file', /^the file is empty; a program is an ELF file: build it with "zkvm build"$/, new Uint8Array()],
    ['a text file', /^the file is text, not an ELF file; /, utf8('fn main() {\n\tlet ü = 1;\r\n}\n')],
    ['random bytes', /^the file is not an ELF file; /, Uint8Array.of(0x90, 3, 0, 255)],
    ['three bytes of ELF', /^the file is not an ELF file; /, Uint8Array.of(0x7f, 0x45, 0x4c)],
    ['the ELF magic alone', /^the file has 4 bytes, its ELF header needs 52$/, Uint8Array.of(0x7f, 0x45, 0x4c, 0x46)],
    ['a strange class', /^the ELF header names class 9 and byte order 1, expected 1 and 1$/, header({ 4: 9 })],
  ];
  for (const [what, message, file] of foreign) {
    it(`says what is wrong with ${what}`, () => {
      assert.throws(
        () => loadProgram(file),
        (error) => error instanceof ElfError && message.test(error.message) && !error.message.includes('\n'),
      );
    });
  }

  for (const [what, code, file] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => loadProgram(file),
        (error) => error instanceof ElfError && error.code === code,
      );
    });
  }

  it('allows data up to the top of memory, which leaves no zeros above', () => {
    const zeros = (address: number): number[] => {
      const top: ElfSegment = { address, bytes: Uint8Array.of(1), flags: 6 };
      const { image } = loadProgram(buildElf({ ...GOOD, segments: [TEXT, top] }));
      return [image.zeroStart, image.zeroEnd];
    };
    assert.deepEqual(zeros(0x3ffffffc), [2 ** 28, 2 ** 28]);
    assert.deepEqual(zeros(0x3ffffff8), [2 ** 28 - 1, 2 ** 28]);
  });

  describe('with a segment without file bytes below the rest', () => {
    const stack: ElfSegment = { address: 0x100000, bytes: new Uint8Array(), memorySize: 0x1000, flags: 6 };
    const load = (...segments: ElfSegment[]): Image => loadProgram(buildElf({ ...GOOD, segments })).image;

    it('has zeros from there to the file, and nothing above it', () => {
      const bss = { ...stack, address: 0x101000, memorySize: 0x20000 };
      const image = load(TEXT, stack, bss);
      assert.deepEqual([image.zeroStart, image.zeroEnd], [0x40000, 0x80000]);
      assert.deepEqual(image.stack, { bottom: 0x100000, top: 0x101000 });
      assert.deepEqual([...image.address.subarray(32)], [0x80000, 0x80001]);
    });

    it('takes other zeros into the image: behind data, between and above segments', () => {
      const data = { ...TEXT, address: 0x300000, bytes: Uint8Array.of(7), memorySize: 9, flags: 6 };
      const above = { ...stack, address: 0x300010, memorySize: 4 };
      const { address, value, zeroEnd } = load(stack, TEXT, data, above);
      assert.deepEqual([...address.subarray(34)], [0xc0000, 0xc0001, 0xc0002, 0xc0004]);
      assert.deepEqual([...value.subarray(34)], [7, 0, 0, 0]);
      assert.equal(zeroEnd, 0x80000);
    });

    it('rounds to whole words, of which those of the file are not zeros', () => {
      const odd = { ...stack, address: 0x100003, memorySize: 2 };
      const first = { ...TEXT, address: 0x1ffffe, bytes: Uint8Array.of(1, 2), flags: 4 };
      const image = load(TEXT, odd, first);
      assert.deepEqual([image.zeroStart, image.zeroEnd], [0x40000, 0x7ffff]);
      assert.equal(image.address[32], 0x7ffff);
      // All in one word: no zeros at all.
      const near = { ...stack, address: 0x1ffffc, memorySize: 2 };
      const empty = load(TEXT, near, first);
      assert.deepEqual([empty.zeroStart, empty.zeroEnd, empty.address[32]], [0x7ffff, 0x7ffff, 0x7ffff]);
    });

    it('refuses more zeros above than an image may have', () => {
      const above = { ...stack, address: 0x300000, memorySize: 4 * IMAGE_WORD_LIMIT };
      assert.throws(() => load(TEXT, stack, above), {
        code: 'ELF_TOO_LARGE',
        message:
          /^the program holds 0\.0 MiB of text and 0\.0 MiB of constants .* more than the 16 MiB that are loaded at most: make it smaller, or read large data as input$/,
      });
    });
  });

  it('survives arbitrary corruption of the headers', () => {
    for (let index = 0; index < 84; index++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        try {
          loadProgram(withByte(good, index, value));
        } catch (error) {
          assert.ok(error instanceof ElfError, `byte ${index} = ${value}: ${String(error)}`);
        }
      }
    }
  });
});
