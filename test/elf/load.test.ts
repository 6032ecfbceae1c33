import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ElfError } from '../../prover/elf/errors.ts';
import { TEXT_LIMIT, loadProgram } from '../../prover/elf/load.ts';
import { PAGE_WORDS } from '../../prover/vm/address-map.ts';
import { imageWord, type Image } from '../../prover/vm/program.ts';
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

/** Where an image has file contents, and where zeros: byte addresses of stretches, and the words that are not zero. */
function layout({ stretches }: Image): { data: string[]; zeros: string[]; words: Record<string, number> } {
  const range = ({ start, end }: { start: number; end: number }): string =>
    `${(4 * start).toString(16)}-${(4 * end).toString(16)}`;
  const words = stretches.flatMap(({ start, words }) =>
    Array.from(words, (word, i) => [(4 * (start + i)).toString(16), word] as const).filter(([, word]) => word !== 0),
  );
  for (const { start, end } of stretches) assert.equal((start | end) % PAGE_WORDS, 0);
  return {
    data: stretches.filter(({ words }) => words.length > 0).map(range),
    zeros: stretches.filter(({ words }) => words.length === 0).map(range),
    words: Object.fromEntries(words),
  };
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
    // Whole pages; zeros from the end of the last file byte to the end of memory.
    assert.deepEqual(layout(program.image), {
      data: ['200000-201000', '300000-301000'],
      zeros: ['301000-40000000'],
      words: { 200000: 0x13, 200004: 0x73, 300000: 0x02010000, 300004: 3 },
    });
    assert.equal(program.image.stack, undefined);
    assert.match(program.elfHash, /^[0-9a-f]{64}$/);
  });

  it('keeps zeros below the last file byte, and lets segments share a word', () => {
    const low: ElfSegment = { address: 0x300000, bytes: Uint8Array.of(7), memorySize: 6, flags: 6 };
    const high: ElfSegment = { address: 0x300006, bytes: Uint8Array.of(9), flags: 6 };
    const { image } = loadProgram(buildElf({ entry: 0x200000, segments: [high, TEXT, low] }));
    assert.deepEqual(layout(image).words, { 200000: 0x13, 200004: 0x73, 300000: 7, 300004: 0x90000 });
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
    ['more text than its limit', 'ELF_TOO_LARGE', buildElf(text({ bytes: new Uint8Array(TEXT_LIMIT + 4) }))],
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
    const zeros = (address: number): string[] => {
      const top: ElfSegment = { address, bytes: Uint8Array.of(1), flags: 6 };
      return layout(loadProgram(buildElf({ ...GOOD, segments: [TEXT, top] })).image).zeros;
    };
    assert.deepEqual(zeros(0x3ffffffc), []);
    assert.deepEqual(zeros(0x3ffff000), []);
    assert.deepEqual(zeros(0x3fffeffc), ['3ffff000-40000000']);
  });

  it('maps what lies between segments of one page, and nothing between others', () => {
    const near: ElfSegment = { address: 0x200800, bytes: Uint8Array.of(1), flags: 6 };
    const far: ElfSegment = { address: 0x202fff, bytes: Uint8Array.of(2, 3), flags: 6 };
    const { image } = loadProgram(buildElf({ ...GOOD, segments: [TEXT, near, far] }));
    assert.deepEqual(layout(image), {
      data: ['200000-201000', '202000-204000'],
      zeros: ['204000-40000000'],
      words: { 200000: 0x13, 200004: 0x73, 200800: 1, '202ffc': 0x02000000, 203000: 3 },
    });
    assert.equal(imageWord(image, 0x200ffc / 4), 0);
    assert.equal(imageWord(image, 0x201000 / 4), undefined);
    assert.equal(imageWord(image, 0x1ffffc / 4), undefined);
    assert.equal(imageWord(image, 0x3ffffffc / 4), 0);
  });

  it('loads large text and much larger data in time that grows with the file', () => {
    const bytes = new Uint8Array(32 * 2 ** 20).map((_, i) => i >>> 12);
    const data: ElfSegment = { address: 0x10000000, bytes, flags: 6 };
    const large = { ...TEXT, bytes: wordBytes(Array.from({ length: 2 ** 20 }, () => 0x13)) };
    const file = buildElf({ ...GOOD, segments: [large, data] });
    const start = performance.now();
    const { rom, image } = loadProgram(file);
    const seconds = (performance.now() - start) / 1000;
    assert.equal(rom.rows, 2 ** 20);
    assert.equal(imageWord(image, (0x10000000 + bytes.length - 4) / 4), 0xffffffff);
    assert.ok(seconds < 20, `${seconds} s`);
  });

  it('loads very many segments in time that grows with their number', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const pages = Array.from({ length: 60_000 }, (_, i) => ({ address: 0x1000000 + 8192 * i, bytes, flags: 6 }));
    const file = buildElf({ ...GOOD, segments: [TEXT, ...pages] });
    const start = performance.now();
    const { image } = loadProgram(file);
    assert.equal(image.stretches.length, 60_002);
    assert.ok(image.stretches.slice(1, -1).every(({ words }) => words[0] === 0x04030201));
    const seconds = (performance.now() - start) / 1000;
    assert.ok(seconds < 20, `${seconds} s`);
  });

  describe('with a segment without file bytes below the rest', () => {
    const stack: ElfSegment = { address: 0x100000, bytes: new Uint8Array(), memorySize: 0x1000, flags: 6 };
    const load = (...segments: ElfSegment[]): Image => loadProgram(buildElf({ ...GOOD, segments })).image;

    it('has zeros from there to the file, and nothing above it', () => {
      const bss = { ...stack, address: 0x101000, memorySize: 0x20000 };
      const image = load(TEXT, stack, bss);
      const { data, zeros } = layout(image);
      assert.deepEqual([data, zeros], [['200000-201000'], ['100000-200000']]);
      assert.deepEqual(image.stack, { bottom: 0x100000, top: 0x101000 });
    });

    it('maps other zeros as well: behind data, between and above segments', () => {
      const data = { ...TEXT, address: 0x300000, bytes: Uint8Array.of(7), memorySize: 0x2001, flags: 6 };
      const above = { ...stack, address: 0x305000, memorySize: 4 };
      const found = layout(load(stack, TEXT, data, above));
      assert.deepEqual(found.data, ['200000-201000', '300000-301000']);
      assert.deepEqual(found.zeros, ['100000-200000', '301000-303000', '305000-306000']);
    });

    it('rounds to whole pages, of which those of the file are not zeros', () => {
      const odd = { ...stack, address: 0x100fff, memorySize: 2 };
      const first = { ...TEXT, address: 0x1ffffe, bytes: Uint8Array.of(1, 2), flags: 4 };
      const image = layout(load(TEXT, odd, first));
      assert.deepEqual([image.data, image.zeros], [['1ff000-201000'], ['100000-1ff000']]);
      // All in one page: no zeros at all.
      const near = { ...stack, address: 0x1ffffc, memorySize: 2 };
      assert.deepEqual(layout(load(TEXT, near, first)).zeros, []);
    });

    it('takes zeros above without end', () => {
      const above = { ...stack, address: 0x300000, memorySize: 0x3fd00000 };
      assert.deepEqual(layout(load(TEXT, stack, above)).zeros, ['100000-200000', '300000-40000000']);
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
