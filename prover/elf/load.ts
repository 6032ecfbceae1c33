/**
 * Loads a static RV32IM executable: ELF32, little endian. Reads program headers only; sections and symbols are ignored.
 * Source: System V ABI, chapter 5, and the RISC-V ELF psABI for `e_flags`.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ZkError } from '../core/errors.ts';
import { ADDRESS_LIMIT, decodeText } from '../vm/isa/decode.ts';
import { describeForeignFile, machineName } from './foreign-files.ts';
import { hex } from '../vm/outcome.ts';
import type { Image, Program, StackRange } from '../vm/program.ts';
import { SPACE } from '../vm/execution-record.ts';

/** More RAM words than this (16 MiB) in the loaded segments are refused; the proof holds one row for each. */
export const IMAGE_WORD_LIMIT = 2 ** 22;
/** Distance from the first to the last text byte, gaps included. */
export const TEXT_SPAN_LIMIT = 2 ** 26;

/** Why a file is not a program for this machine. */
export type ElfErrorCode =
  | 'ELF_NOT_ELF'
  | 'ELF_64_BIT'
  | 'ELF_BIG_ENDIAN'
  | 'ELF_MACHINE'
  | 'ELF_DYNAMIC'
  | 'ELF_NOT_EXECUTABLE'
  | 'ELF_COMPRESSED'
  | 'ELF_FLOAT'
  | 'ELF_EMBEDDED'
  | 'ELF_TRUNCATED'
  | 'ELF_MALFORMED'
  | 'ELF_OVERLAP'
  | 'ELF_ADDRESS'
  | 'ELF_TEXT_AT_ZERO'
  | 'ELF_TEXT_MISALIGNED'
  | 'ELF_ENTRY'
  | 'ELF_TOO_LARGE';

/** A file that `loadProgram` refuses. */
export class ElfError extends ZkError {
  declare readonly code: ElfErrorCode;

  constructor(code: ElfErrorCode, message: string) {
    super(code, message);
  }
}

type Segment = {
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly executable: boolean;
};

const BUILD = 'build it with "zkvm build"';
const REBUILD = `${BUILD}, or with -march=rv32im -mabi=ilp32`;
const EF_RVC = 1;
const HEADER_BYTES = 52;
const PROGRAM_HEADER_BYTES = 32;
const MACHINE_RISCV = 243;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const PF_X = 1;

/**
 * Reads an ELF file into decoded text and initial memory.
 *
 * Every word of an executable segment becomes a ROM row. Errors: ElfError, see its codes.
 */
export function loadProgram(bytes: Uint8Array): Program {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { entry, segments, mayBeCompressed } = readHeaders(bytes, view);
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

type Headers = { readonly entry: number; readonly segments: Segment[]; readonly mayBeCompressed: boolean };

function readHeaders(bytes: Uint8Array, view: DataView): Headers {
  if (bytes.length < 4 || view.getUint32(0) !== 0x7f454c46) {
    throw new ElfError('ELF_NOT_ELF', `${describeForeignFile(bytes)}; a program is an ELF file: ${BUILD}`);
  }
  if (bytes.length < HEADER_BYTES) {
    throw new ElfError('ELF_TRUNCATED', `the file has ${bytes.length} bytes, its ELF header needs ${HEADER_BYTES}`);
  }
  checkIdentity(view);
  const entry = view.getUint32(24, true);
  const headersAt = view.getUint32(28, true);
  const headerBytes = view.getUint16(42, true);
  const count = view.getUint16(44, true);
  if (count === 0) throw new ElfError('ELF_MALFORMED', `the file has no program headers, so nothing to load: ${BUILD}`);
  if (headerBytes !== PROGRAM_HEADER_BYTES) {
    throw new ElfError('ELF_MALFORMED', `program headers have ${headerBytes} bytes, expected ${PROGRAM_HEADER_BYTES}`);
  }
  if (headersAt + count * headerBytes > bytes.length) {
    throw new ElfError('ELF_TRUNCATED', `the file ends within its ${count} program headers`);
  }
  const segments: Segment[] = [];
  for (let i = 0; i < count; i++) {
    const segment = readSegment(view, headersAt + i * headerBytes, bytes.length);
    if (segment !== undefined) segments.push(segment);
  }
  const mayBeCompressed = (view.getUint32(36, true) & EF_RVC) !== 0;
  return { entry, segments: segments.sort((a, b) => a.address - b.address), mayBeCompressed };
}

function checkIdentity(view: DataView): void {
  const [bits, order] = [view.getUint8(4), view.getUint8(5)];
  if (bits < 1 || bits > 2 || order < 1 || order > 2) {
    throw new ElfError('ELF_MALFORMED', `the ELF header names class ${bits} and byte order ${order}, expected 1 and 1`);
  }
  const machine = view.getUint16(18, order === 1);
  const is = `the file is for ${machineName(machine)}`;
  if (order !== 1) throw new ElfError('ELF_BIG_ENDIAN', `${is}, big endian, and not for 32-bit RISC-V: ${BUILD}`);
  if (machine !== MACHINE_RISCV) throw new ElfError('ELF_MACHINE', `${is} and not for 32-bit RISC-V: ${BUILD}`);
  if (bits !== 1) throw new ElfError('ELF_64_BIT', `${is} of 64 bits (RV64), and this machine has 32: ${BUILD}`);
  const type = view.getUint16(16, true);
  if (type === 1)
    throw new ElfError('ELF_NOT_EXECUTABLE', `the file is an object file, not a linked program: ${BUILD}`);
  if (type === 3) {
    const mend = `${BUILD}, or link it statically at fixed addresses (-static -no-pie)`;
    throw new ElfError('ELF_DYNAMIC', `the file is position independent or a shared library: ${mend}`);
  }
  if (type !== 2) throw new ElfError('ELF_NOT_EXECUTABLE', `the file has type ${type}, expected 2 (executable)`);
  const flags = view.getUint32(36, true);
  if ((flags & 6) !== 0)
    throw new ElfError('ELF_FLOAT', `the file passes floating-point numbers in registers: ${REBUILD}`);
  if ((flags & 8) !== 0) throw new ElfError('ELF_EMBEDDED', `the file is for 16 registers (RV32E): ${REBUILD}`);
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

function readSegment(view: DataView, at: number, fileLength: number): Segment | undefined {
  const type = view.getUint32(at, true);
  if (type === PT_DYNAMIC || type === PT_INTERP) {
    throw new ElfError('ELF_DYNAMIC', `the file is dynamically linked: ${BUILD}, or link it statically`);
  }
  if (type !== PT_LOAD) return undefined;
  const segment = {
    offset: view.getUint32(at + 4, true),
    address: view.getUint32(at + 8, true),
    fileSize: view.getUint32(at + 16, true),
    memorySize: view.getUint32(at + 20, true),
    executable: (view.getUint32(at + 24, true) & PF_X) !== 0,
  };
  if (segment.fileSize > segment.memorySize) {
    throw new ElfError('ELF_MALFORMED', `the segment at ${hex(segment.address)} is larger in the file than in memory`);
  }
  if (segment.offset + segment.fileSize > fileLength) {
    throw new ElfError('ELF_TRUNCATED', `the file ends within the segment for ${hex(segment.address)}`);
  }
  return segment.memorySize === 0 ? undefined : segment;
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
