/** Loads a static RV32IM executable: its text as decoded instructions, and the memory that it starts with. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ADDRESS_LIMIT, decodeText } from '../vm/isa/decode.ts';
import { ElfError } from './errors.ts';
import { readExecutable, REBUILD, type Segment } from './executable.ts';
import { hex } from '../vm/outcome.ts';
import { imageWord, type Program, type StackRange } from '../vm/program.ts';
import { layOut, type Range } from './image.ts';

/** More bytes of text than this (16 MiB) are refused. */
export const TEXT_LIMIT = 2 ** 24;
/** Distance from the first to the last text byte, gaps included. */
export const TEXT_SPAN_LIMIT = 2 ** 26;

/**
 * Reads an ELF file into decoded text and initial memory.
 *
 * Every word of an executable segment becomes a ROM row. Errors: ElfError, see its codes.
 */
export function loadProgram(bytes: Uint8Array): Program {
  const { entry, segments, mayBeCompressed } = readExecutable(bytes);
  refuseLargeText(segments);
  checkLayout(segments);
  const pc = textAddresses(segments, entry);
  const low = zerosBelow(segments);
  const stretches = layOut(bytes, segments, mappedBytes(segments, low));
  const image = { stretches, stack: low?.stack };
  const text = pc.map((address) => imageWord(image, address >>> 2) ?? 0);
  if (mayBeCompressed) refuseCompressed(pc, text);
  return { entry, rom: decodeText(pc, text), image, elfHash: bytesToHex(sha256(bytes)), elf: Uint8Array.from(bytes) };
}

/** Zeros below what the file backs, and the stack in them. */
type LowZeros = { readonly zeros: Range; readonly stack: StackRange };

/**
 * Where a segment without file bytes lies below every file byte, memory starts as zero from there up to the first word of the
 * file, and the lowest such segment is the stack: a frame of any size that does not fit in it ends in unmapped memory.
 */
function zerosBelow(segments: readonly Segment[]): LowZeros | undefined {
  const [first] = segments;
  const fileStart = segments.find(({ fileSize }) => fileSize > 0)?.address;
  if (first === undefined || first.fileSize > 0 || fileStart === undefined) return undefined;
  const stack = { bottom: first.address, top: first.address + first.memorySize };
  return { zeros: { start: first.address, end: fileStart }, stack };
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
 * What is mapped: all segments; and zeros, below the lowest file byte if `low` is given, else from the last one up to the end
 * of memory.
 */
function mappedBytes(segments: readonly Segment[], low: LowZeros | undefined): Range[] {
  const all = segments.map(({ address, memorySize }) => ({ start: address, end: address + memorySize }));
  const fileEnd = segments.reduce((end, s) => (s.fileSize > 0 ? Math.max(end, s.address + s.fileSize) : end), 0);
  return [...all, low?.zeros ?? { start: fileEnd, end: ADDRESS_LIMIT }];
}

/** Byte addresses of all text words, ascending. */
function textAddresses(segments: readonly Segment[], entry: number): Uint32Array<ArrayBuffer> {
  const text = segments.filter(({ executable, fileSize }) => executable && fileSize > 0);
  const first = text[0]?.address ?? 0;
  for (const { address, fileSize } of text) {
    if (address === 0)
      throw new ElfError('ELF_TEXT_AT_ZERO', 'text at address 0 is not allowed: null would be a function');
    if (address % 4 !== 0) throw new ElfError('ELF_TEXT_MISALIGNED', `text at ${hex(address)} is not 4-byte aligned`);
    if (address + fileSize - first > TEXT_SPAN_LIMIT) {
      throw new ElfError('ELF_TOO_LARGE', `text spans more than ${TEXT_SPAN_LIMIT} bytes`);
    }
    // The last text word must leave room for pc + 4 below the address limit.
    if (address + fileSize > ADDRESS_LIMIT - 4) {
      throw new ElfError('ELF_ADDRESS', `text at ${hex(address)} reaches the top of memory`);
    }
  }
  const isText = ({ address, fileSize }: Segment): boolean => entry >= address && entry + 4 <= address + fileSize;
  if (entry % 4 !== 0 || !text.some(isText)) {
    const problem = entry === 0 ? 'the file has no entry point' : `the entry point ${hex(entry)} is in no text`;
    throw new ElfError(
      'ELF_ENTRY',
      `${problem}: link it with "_start" of the guest crate as entry, as "zkvm build" does`,
    );
  }
  const pc = new Uint32Array(text.reduce((rows, { fileSize }) => rows + (fileSize >>> 2), 0));
  let row = 0;
  for (const { address, fileSize } of text) {
    for (let at = address; at + 4 <= address + fileSize; at += 4) pc[row++] = at;
  }
  return pc;
}

function refuseLargeText(segments: readonly Segment[]): void {
  const bytes = segments.reduce((sum, { executable, fileSize }) => sum + (executable ? fileSize : 0), 0);
  if (bytes <= TEXT_LIMIT) return;
  const mebibytes = (count: number): string => `${(count / 2 ** 20).toFixed(1)} MiB`;
  throw new ElfError(
    'ELF_TOO_LARGE',
    `the program holds ${mebibytes(bytes)} of text, more than the ${mebibytes(TEXT_LIMIT)} that are loaded at most: make it smaller, optimise for size, or keep data out of the text`,
  );
}
