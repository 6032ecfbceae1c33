import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ElfError, IMAGE_WORD_LIMIT, loadProgram } from '../../prover/vm/elf.ts';
import { SPACE } from '../../prover/vm/records.ts';
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
    assert.equal(image.end, 0xc0002);
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
    ['compressed code', 'ELF_COMPRESSED', buildElf({ ...GOOD, flags: 1 })],
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
  for (const [what, code, file] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => loadProgram(file),
        (error) => error instanceof ElfError && error.code === code,
      );
    });
  }

  it('allows data at the top of memory only below the last word', () => {
    const top: ElfSegment = { address: 0x3ffffffc, bytes: Uint8Array.of(1), flags: 6 };
    assert.throws(() => loadProgram(buildElf({ ...GOOD, segments: [TEXT, top] })), { code: 'ELF_ADDRESS' });
    const below = { ...top, address: 0x3ffffff8 };
    assert.equal(loadProgram(buildElf({ ...GOOD, segments: [TEXT, below] })).image.end, 2 ** 28 - 1);
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
