/** Loads a static RV32IM executable: its text as decoded instructions, and the memory that it starts with. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ADDRESS_LIMIT, decodeText } from '../vm/isa/decode.ts';
import { ElfError } from './errors.ts';
import { readExecutable, REBUILD, type Segment } from './executable.ts';
import { viewOf } from './header.ts';
import { hex } from '../vm/outcome.ts';
import type { Image, Program, StackRange } from '../vm/program.ts';
import { SPACE } from '../vm/execution-record.ts';

/** More RAM words than this (16 MiB) in the loaded segments are refused; the proof holds one row for each. */
export const IMAGE_WORD_LIMIT = 2 ** 22;
/** Distance from the first to the last text byte, gaps included. */
export const TEXT_SPAN_LIMIT = 2 ** 26;

/**
 * Reads an ELF file into decoded text and initial memory.
 *
 * Every word of an executable segment becomes a ROM row. Errors: ElfError, see its codes.
 */
export function loadProgram(bytes: Uint8Array): Program {
  const view = viewOf(bytes);
  const { entry, segments, mayBeCompressed } = readExecutable(bytes);
  if (segments.reduce((sum, { fileSize }) => sum + fileSize, 0) > 4 * IMAGE_WORD_LIMIT) throw tooLarge(segments);
  checkLayout(segments);
  const low = zerosBelow(segments);
  const words = collectWords(segments, view, low);
  const pc = textAddresses(segments, entry);
  const text = Uint32Array.from(pc, (address) => words.get(address >>> 2) ?? 0);
  if (mayBeCompressed) refuseCompressed(pc, text);
  const elfHash = bytesToHex(sha256(bytes));
  return { entry, rom: decodeText(pc, text), image: buildImage(words, low), elfHash, elf: Uint8Array.from(bytes) };
}

/** A zero range below the image, in words, and the stack in it. */
type LowZeros = { readonly start: number; readonly end: number; readonly stack: StackRange };

/**
 * Where a segment without file bytes lies below every file byte, memory starts as zero from there up to the first word of the
 * file, and the lowest such segment is the stack: a frame of any size that does not fit in it ends in unmapped memory.
 */
function zerosBelow(segments: readonly Segment[]): LowZeros | undefined {
  const [first] = segments;
  const fileStart = segments.find(({ fileSize }) => fileSize > 0)?.address;
  if (first === undefined || first.fileSize > 0 || fileStart === undefined) return undefined;
  const stack = { bottom: first.address, top: first.address + first.memorySize };
  return { start: first.address >>> 2, end: fileStart >>> 2, stack };
}

/**
 * A file is marked as compressed as soon as one of its objects was, be it of an assembler that was only allowed to. What
 * counts is the text: instructions whose two low bits are not both set have 16 bits. Up to the first of these all have 32,
 * so it begins at a multiple of 4. A word of zeros is an illegal instruction either way, which the machine traps on.
 */
function refuseCompressed(pc: Uint32Array, text: Uint32Array): void {
  const found = text.findIndex((word) => (word & 3) !== 3 && word !== 0);
  if (found < 0) return;
  const message = `the file uses compressed instructions (RVC), the first at ${hex(pc[found]!)}: ${REBUILD}`;
  throw new ElfError('ELF_COMPRESSED', message);
}

function checkLayout(segments: readonly Segment[]): void {
  let end = 0;
  for (const { address, memorySize } of segments) {
    if (address < end) throw new ElfError('ELF_OVERLAP', `two segments overlap at ${hex(address)}`);
    end = address + memorySize;
    if (end > ADDRESS_LIMIT) {
      throw new ElfError('ELF_ADDRESS', `the segment at ${hex(address)} ends above ${hex(ADDRESS_LIMIT)}`);
    }
  }
}

/**
 * RAM words by word address; neighbouring segments may share a word. Zeros that no file byte backs are left out where the
 * zero range has them: below the lowest file byte if `low` is given, else above the last one.
 */
function collectWords(segments: readonly Segment[], view: DataView, low: LowZeros | undefined): Map<number, number> {
  const fileEnd = segments.reduce((end, s) => (s.fileSize > 0 ? Math.max(end, s.address + s.fileSize) : end), 0);
  const words = new Map<number, number>();
  for (const { offset, address, fileSize, memorySize } of segments) {
    const start = Math.max(address >>> 2, low?.end ?? 0);
    const end = low === undefined ? Math.min(address + memorySize, Math.max(fileEnd, address)) : address + memorySize;
    if (words.size + end / 4 - start > IMAGE_WORD_LIMIT) throw tooLarge(segments);
    for (let word = start; word * 4 < end; word++) {
      let value = words.get(word) ?? 0;
      for (let byte = 0; byte < 4; byte++) {
        const index = word * 4 + byte - address;
        if (index >= 0 && index < fileSize) value |= view.getUint8(offset + index) << (8 * byte);
      }
      words.set(word, value >>> 0);
    }
  }
  return words;
}

function tooLarge(segments: readonly Segment[]): ElfError {
  const sum = (isText: boolean): string => {
    const bytes = segments.reduce((all, s) => (s.executable === isText ? all + s.fileSize : all), 0);
    return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  };
  return new ElfError(
    'ELF_TOO_LARGE',
    `the program holds ${sum(true)} of text and ${sum(false)} of constants and initialised statics, and with the zeros between them this is more than the ${(4 * IMAGE_WORD_LIMIT) / 2 ** 20} MiB that are loaded at most: make it smaller, or read large data as input`,
  );
}

/** Byte addresses of all text words, ascending. */
function textAddresses(segments: readonly Segment[], entry: number): Uint32Array<ArrayBuffer> {
  const addresses: number[] = [];
  for (const { address, fileSize, executable } of segments) {
    if (!executable || fileSize === 0) continue;
    if (address === 0) throw new ElfError('ELF_TEXT_AT_ZERO', 'text at address 0 is not allowed: pc 0 means halted');
    if (address % 4 !== 0) throw new ElfError('ELF_TEXT_MISALIGNED', `text at ${hex(address)} is not 4-byte aligned`);
    const first = addresses[0] ?? address;
    if (address + fileSize - first > TEXT_SPAN_LIMIT) {
      throw new ElfError('ELF_TOO_LARGE', `text spans more than ${TEXT_SPAN_LIMIT} bytes`);
    }
    // The last text word must leave room for pc + 4 below the address limit.
    if (address + fileSize > ADDRESS_LIMIT - 4) {
      throw new ElfError('ELF_ADDRESS', `text at ${hex(address)} reaches the top of memory`);
    }
    for (let at = address; at + 4 <= address + fileSize; at += 4) addresses.push(at);
  }
  if (!addresses.includes(entry)) {
    const problem = entry === 0 ? 'the file has no entry point' : `the entry point ${hex(entry)} is in no text`;
    throw new ElfError(
      'ELF_ENTRY',
      `${problem}: link it with "_start" of the guest crate as entry, as "zkvm build" does`,
    );
  }
  return Uint32Array.from(addresses);
}

function buildImage(words: ReadonlyMap<number, number>, low: LowZeros | undefined): Image {
  const addresses = Uint32Array.from(words.keys()).sort();
  const rows = 32 + addresses.length;
  const space = new Uint8Array(rows).fill(SPACE.RAM);
  const address = new Uint32Array(rows);
  const value = new Uint32Array(rows);
  for (let register = 0; register < 32; register++) {
    space[register] = SPACE.REGISTER;
    address[register] = register;
  }
  address.set(addresses, 32);
  for (const [i, word] of addresses.entries()) value[32 + i] = words.get(word) ?? 0;
  const zeroStart = low?.start ?? (addresses.at(-1) ?? 0) + 1;
  const zeroEnd = low?.end ?? ADDRESS_LIMIT / 4;
  return { rows, space, address, value, zeroStart, zeroEnd, stack: low?.stack };
}
