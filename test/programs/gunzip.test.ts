/** The program gunzip against Node's zlib: what it unpacks, and what it refuses. */
import { sha256 } from '@noble/hashes/sha2.js';
import { AbiCoder } from 'ethers';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { constants, crc32, deflateRawSync, gunzipSync, type ZlibOptions } from 'node:zlib';
import { gunzipInput, sampleContent, sampleInput } from '../../programs/gunzip/input.ts';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import { Random } from '../support/random.ts';

const program = loadProgram(readFileSync(new URL('../../programs/gunzip/gunzip.elf', import.meta.url)));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);
const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`;

const run = (file: Uint8Array): Execution => execute(program, gunzipInput(file), { cycleLimit: 200_000_000 });

const publicValues = (file: Uint8Array, content: Uint8Array): string =>
  AbiCoder.defaultAbiCoder().encode(['bytes32', 'bytes32', 'uint256'], [sha256(file), sha256(content), content.length]);

function unpacks(file: Uint8Array, content: Uint8Array): void {
  const execution = run(file);
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, text(execution.stderr));
  assert.equal(hex(execution.publicValues), publicValues(file, content));
}

function refuses(message: string, file: Uint8Array): void {
  const { outcome, stderr, publicValues: values } = run(file);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
  assert.match(text(stderr), /^panicked at src\/\w+\.c:\d+:\n/);
  assert.equal(text(stderr).split('\n')[1], message);
  assert.equal(values.length, 0, 'a refused file has no public values');
}

type Member = { readonly flags?: number; readonly fields?: Uint8Array; readonly deflate?: ZlibOptions };

const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

/** A gzip member around given DEFLATE data (RFC 1952). */
function wrap(
  data: Uint8Array,
  content: Uint8Array,
  { flags = 0, fields = new Uint8Array() }: Member = {},
): Uint8Array {
  const header = Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255);
  return new Uint8Array(Buffer.concat([header, fields, data, word(crc32(content)), word(content.length)]));
}

const pack = (content: Uint8Array, options: Member = {}): Uint8Array =>
  wrap(deflateRawSync(content, options.deflate), content, options);

/** Bytes that compress well, badly, or somewhere between. */
function contents(): Uint8Array[] {
  const random = new Random(5);
  const noise = Uint8Array.from({ length: 3000 }, () => random.below(256));
  const letters = Uint8Array.from({ length: 5000 }, () => 97 + random.below(4) * random.below(6));
  const skewed = Uint8Array.from({ length: 20_000 }, () => Math.clz32(random.u32()) * 5);
  const far = Uint8Array.of(...noise, ...new Uint8Array(30_000), ...noise);
  return [new Uint8Array(), utf8('a'), new Uint8Array(70_000), noise, letters, skewed, far, sampleContent()];
}

describe('gunzip', () => {
  it('unpacks its sample', () => {
    const [file] = sampleInput();
    assert.deepEqual(new Uint8Array(gunzipSync(file!)), sampleContent());
    unpacks(file!, sampleContent());
  });

  for (const [name, deflate] of Object.entries({
    'stored blocks': { level: 0 },
    'level 1': { level: 1 },
    'level 6': { level: 6 },
    'level 9': { level: 9 },
    'fixed codes': { strategy: constants.Z_FIXED },
    'codes without repetition': { strategy: constants.Z_HUFFMAN_ONLY },
    'run lengths': { strategy: constants.Z_RLE },
    'many small blocks': { level: 9, memLevel: 1 },
  })) {
    it(`unpacks ${name}`, () => {
      for (const content of contents()) unpacks(pack(content, { deflate }), content);
    });
  }

  it('skips all fields of a header, and checks its checksum', () => {
    const content = utf8('content');
    const optional = new Uint8Array(Buffer.concat([Uint8Array.of(3, 0, 1, 2, 3), utf8('name\0'), utf8('comment\0')]));
    const start = Uint8Array.of(0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 255, ...optional);
    const checksum = crc32(start) & 0xffff;
    const fields = Uint8Array.of(...optional, checksum & 255, checksum >> 8);
    const file = pack(content, { flags: 2 + 4 + 8 + 16, fields });
    unpacks(file, content);
    refuses('the gzip header is damaged', file.with(4, 1));
    refuses('the gzip file has unknown flags', file.with(3, 32));
    refuses('the gzip file ends too early', file.subarray(0, 20));
  });

  it('unpacks several members as one content', () => {
    const [first, second] = [utf8('first '), utf8('second')];
    const file = Uint8Array.of(...pack(first), ...pack(second, { deflate: { level: 0 } }));
    unpacks(file, utf8('first second'));
    refuses('the input is no gzip file', Uint8Array.of(...file, ...new Uint8Array(10)));
  });

  it('refuses what is no gzip file, and every shortened one', () => {
    refuses('the input is no gzip file', utf8('no gzip file'));
    refuses('the gzip file ends too early', new Uint8Array());
    const file = pack(sampleContent().subarray(0, 300));
    for (const length of file.keys()) {
      refuses(
        length < 10 || length >= file.length - 8
          ? 'the gzip file ends too early'
          : 'the compressed data ends too early',
        file.subarray(0, length),
      );
    }
  });

  it('refuses wrong checksums and lengths', () => {
    const content = utf8('content');
    const file = pack(content);
    refuses('the content does not have the recorded checksum', file.with(-8, file.at(-8)! ^ 1));
    refuses('the content does not have the recorded length', file.with(-1, 1));
  });

  it('refuses data that DEFLATE does not allow', () => {
    /** Bits of DEFLATE data, first bit first. */
    const bits = (digits: string): Uint8Array => {
      const plain = digits.replaceAll(' ', '');
      return Uint8Array.from({ length: Math.ceil(plain.length / 8) + 4 }, (_, byte) =>
        plain
          .slice(8 * byte, 8 * byte + 8)
          .split('')
          .reduce((value, digit, i) => value | (Number(digit) << i), 0),
      );
    };
    const damaged = (digits: string): Uint8Array => wrap(bits(digits), new Uint8Array());
    refuses('a block has an unknown type', damaged('1 11'));
    refuses("a stored block's length is damaged", damaged('1 00 00000 1000000000000000 1111111111111111'));
    // Fixed codes: length symbol 257 is 0000001, distance symbol 0 is 00000, distance symbol 30 is 11110.
    refuses('the compressed data refers to bytes before its beginning', damaged('1 10 0000001 00000'));
    refuses('the compressed data has an unknown distance', damaged('1 10 0000001 11110'));
    refuses('the compressed data has an unknown length', damaged('1 10 11000110'));
    // Dynamic codes: 5 bits and 257, 5 bits and 1, 4 bits and 4, then lengths of three bits, in the order 16 17 18 0.
    refuses('a block has too many symbols', damaged('1 01 11111 00000 0000'));
    refuses('a Huffman code has too many symbols', damaged('1 01 00000 00000 0000 100 100 100 000'));
    refuses('a Huffman code is incomplete', damaged('1 01 00000 00000 0000 100 000 000 000'));
    refuses('a block repeats a length before there is one', damaged('1 01 00000 00000 0000 100 100 000 000 0'));
    // 18 repeats zero 11 to 138 times; 257 + 1 lengths are wanted.
    refuses(
      'a block has more code lengths than symbols',
      damaged('1 01 00000 00000 0000 000 100 100 000 1 1111111 1 1111111'),
    );
    refuses('a block cannot end', damaged('1 01 00000 00000 0000 000 100 100 000 1 1111111 1 1011011'));
  });

  it('agrees with zlib on damaged files', () => {
    const random = new Random(6);
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      const content = sampleContent().subarray(0, 400);
      const file = pack(content, { deflate: { level: i % 2 === 0 ? 9 : 0 } });
      const at = 10 + random.below(file.length - 10);
      file[at] = file[at]! ^ (1 << random.below(8));
      let expected: Uint8Array | undefined;
      try {
        expected = new Uint8Array(gunzipSync(file));
      } catch {
        refused++;
      }
      if (expected === undefined) assert.deepEqual(run(file).outcome, { kind: 'halt', exitCode: 1 });
      else unpacks(file, expected);
    }
    assert.ok(refused > 250, `${refused} of 300 refused`);
  });
});
