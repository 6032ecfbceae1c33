/**
 * The symbol table of an ELF32 file, little endian: object files and programs.
 * Source: System V ABI, chapter 4, "Sections" and "Symbol Table".
 */
import { SymbolsError } from './errors.ts';
import { HEADER_BYTES, isElf, readHeader, readSections, SECTION_BYTES, SHT_SYMTAB, viewOf } from './header.ts';
import type { Section } from './header.ts';

/** More symbols than this are refused. */
export const SYMBOL_LIMIT = 2 ** 20;

const SYMBOL_BYTES = 16;

/** `st_bind` of a symbol that only its own object sees. */
const STB_LOCAL = 0;
/** `st_type`: a label of assembly, a function, the name of an object's source. */
const KINDS: Readonly<Record<number, TableSymbol['kind']>> = { 0: 'label', 2: 'function', 4: 'file' };

/** A symbol as it stands in the file. */
export type TableSymbol = {
  /** "label" has no type, "file" names the source of an object. */
  readonly kind: 'label' | 'function' | 'file' | 'other';
  /** Only its own object sees it. */
  readonly isLocal: boolean;
  readonly address: number;
  readonly size: number;
  /** Index of the section that defines it; 0 for a symbol that is defined elsewhere. */
  readonly section: number;
  /** Reads the name. Errors: SymbolsError when it lies outside the string table. */
  name(): string;
};

/** The symbols, and the sections to which their indices point. */
export type SymbolTable = { readonly sections: readonly Section[]; readonly symbols: readonly TableSymbol[] };

/**
 * Reads the symbol table; a stripped file has an empty one. Errors: SymbolsError when the file or a table in it is malformed
 * or too large.
 */
export function readSymbolTable(elf: Uint8Array): SymbolTable {
  const sections = checkedSections(elf);
  const table = sections.find(({ type }) => type === SHT_SYMTAB);
  if (table === undefined) return { sections, symbols: [] };
  const strings = sections[table.link];
  if (strings === undefined) throw new SymbolsError('SYMBOLS_MALFORMED', 'the symbol table names no string table');
  checkRange(table, elf.length, 'symbol table');
  checkRange(strings, elf.length, 'string table');
  const count = Math.floor(table.size / SYMBOL_BYTES);
  if (count > SYMBOL_LIMIT) {
    throw new SymbolsError('SYMBOLS_TOO_MANY', `the file has ${count} symbols, the most is ${SYMBOL_LIMIT}`);
  }
  const names = elf.subarray(strings.offset, strings.offset + strings.size);
  const view = viewOf(elf);
  const symbols = Array.from({ length: count }, (_, i) => symbolAt(view, table.offset + i * SYMBOL_BYTES, names));
  return { sections, symbols };
}

function checkedSections(elf: Uint8Array): Section[] {
  const header = elf.length >= HEADER_BYTES && isElf(elf) ? readHeader(elf) : undefined;
  if (header?.bits !== 1 || header.order !== 1) {
    throw new SymbolsError('SYMBOLS_NOT_ELF', 'the file is no little-endian ELF32 file');
  }
  const { at, bytes, count } = header.sections;
  if (at === 0 || count === 0) return [];
  if (bytes !== SECTION_BYTES) {
    throw new SymbolsError('SYMBOLS_MALFORMED', `section headers have ${bytes} bytes, expected ${SECTION_BYTES}`);
  }
  if (at + count * bytes > elf.length) {
    throw new SymbolsError('SYMBOLS_TRUNCATED', `the file ends within its ${count} section headers`);
  }
  return readSections(elf, header);
}

function checkRange({ offset, size }: Section, fileLength: number, what: string): void {
  if (offset + size > fileLength) throw new SymbolsError('SYMBOLS_TRUNCATED', `the file ends within its ${what}`);
}

function symbolAt(view: DataView, at: number, names: Uint8Array): TableSymbol {
  const info = view.getUint8(at + 12);
  return {
    kind: KINDS[info & 15] ?? 'other',
    isLocal: info >>> 4 === STB_LOCAL,
    address: view.getUint32(at + 4, true),
    size: view.getUint32(at + 8, true),
    section: view.getUint16(at + 14, true),
    name: () => readName(names, view.getUint32(at, true)),
  };
}

function readName(names: Uint8Array, at: number): string {
  if (at >= names.length) {
    throw new SymbolsError('SYMBOLS_MALFORMED', `a symbol's name begins at ${at}, behind the string table`);
  }
  const end = names.indexOf(0, at);
  return new TextDecoder().decode(names.subarray(at, end < 0 ? names.length : end));
}
