/**
 * Where things stand in an ELF32 file: its header, program headers and sections. Every offset into such a file is in here;
 * what a file must hold to be a program is in executable.ts. Source: System V ABI, chapters 4 and 5.
 */

/** Length of the header in bytes, the least that `readHeader` needs. */
export const HEADER_BYTES = 52;
/** Length of a program header in bytes. */
export const PROGRAM_HEADER_BYTES = 32;
/** Length of a section header in bytes. */
export const SECTION_BYTES = 40;

/** `e_type` of an object file, an executable, and what is loaded at any address. */
export const ET = { REL: 1, EXEC: 2, DYN: 3 } as const;
/** `p_type` of what is loaded, and of what only a dynamic linker reads. */
export const PT = { LOAD: 1, DYNAMIC: 2, INTERP: 3 } as const;
/** `p_flags`: the segment is text. */
export const PF_X = 1;
/** `sh_type` of the symbol table. */
export const SHT_SYMTAB = 2;
/** `sh_flags`: the section is text. */
export const SHF_EXECINSTR = 4;

/** Byte offsets of the header's fields behind its first sixteen bytes. */
const AT = {
  type: 16,
  machine: 18,
  entry: 24,
  programHeaders: 28,
  sections: 32,
  flags: 36,
  programHeaderBytes: 42,
  programHeaderCount: 44,
  sectionBytes: 46,
  sectionCount: 48,
  sectionNames: 50,
} as const;
/** Byte offset of `p_offset` in a program header. */
const SEGMENT_OFFSET = 4;

/** A table in the file: its byte offset, the length of an entry in bytes, and how many there are. */
export type Table = { readonly at: number; readonly bytes: number; readonly count: number };

/** The header as it stands in the file, unchecked. */
export type Header = {
  /** 1 for 32 bits, 2 for 64, whose further fields stand elsewhere. */
  readonly bits: number;
  /** 1 for little endian, 2 for big endian. */
  readonly order: number;
  readonly type: number;
  readonly machine: number;
  readonly entry: number;
  readonly flags: number;
  readonly programHeaders: Table;
  readonly sections: Table;
};

/** A program header, unchecked; sizes and the offset in bytes. */
export type ProgramHeader = {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly flags: number;
};

/** A section header, unchecked; `link` is the index of another section. */
export type Section = {
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
};

/** A view of the bytes of a file. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether a file begins as an ELF file does. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0) === 0x7f454c46;
}

/** Reads the header in the byte order that it names. Errors: a RangeError for less than `HEADER_BYTES`. */
export function readHeader(bytes: Uint8Array): Header {
  const view = viewOf(bytes);
  const order = view.getUint8(5);
  const half = (at: number): number => view.getUint16(at, order !== 2);
  const word = (at: number): number => view.getUint32(at, order !== 2);
  return {
    bits: view.getUint8(4),
    order,
    type: half(AT.type),
    machine: half(AT.machine),
    entry: word(AT.entry),
    flags: word(AT.flags),
    programHeaders: {
      at: word(AT.programHeaders),
      bytes: half(AT.programHeaderBytes),
      count: half(AT.programHeaderCount),
    },
    sections: { at: word(AT.sections), bytes: half(AT.sectionBytes), count: half(AT.sectionCount) },
  };
}

/** Reads all program headers, little endian. Errors: a RangeError when the file ends within them. */
export function readProgramHeaders(bytes: Uint8Array, { programHeaders }: Header): ProgramHeader[] {
  return entries(bytes, programHeaders, (word) => ({
    type: word(0),
    offset: word(1),
    address: word(2),
    fileSize: word(4),
    memorySize: word(5),
    flags: word(6),
  }));
}

/** Reads all section headers, little endian. Errors: a RangeError when the file ends within them. */
export function readSections(bytes: Uint8Array, { sections }: Header): Section[] {
  return entries(bytes, sections, (word) => ({
    type: word(1),
    flags: word(2),
    address: word(3),
    offset: word(4),
    size: word(5),
    link: word(6),
  }));
}

function entries<T>(bytes: Uint8Array, table: Table, read: (word: (index: number) => number) => T): T[] {
  const view = viewOf(bytes);
  return Array.from({ length: table.count }, (_, i) =>
    read((index) => view.getUint32(table.at + i * table.bytes + 4 * index, true)),
  );
}

/** Takes the section headers out of the header of a file, in place. */
export function forgetSections(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  view.setUint32(AT.sections, 0, true);
  for (const field of [AT.sectionBytes, AT.sectionCount, AT.sectionNames]) view.setUint16(field, 0, true);
}

/** Sets the file offset in a program header to 0, in place. */
export function forgetOffset(bytes: Uint8Array, { programHeaders }: Header, index: number): void {
  viewOf(bytes).setUint32(programHeaders.at + index * programHeaders.bytes + SEGMENT_OFFSET, 0, true);
}
