/**
 * Names of a program's functions: read from the symbol table of an ELF file that was not stripped, and kept in a text file
 * beside a stripped one.
 *
 *     00200204 1a4 fibonacci::main
 *     002003a8 c zkvm::io::commit::<u32>
 *
 * A line is address (8 hex digits), size in bytes (hex) and name, sorted by address. Names serve displays only: nothing of
 * an execution or a proof depends on them. They may hold any printable character, so escape them before they are shown.
 * Source of the table's layout: System V ABI, chapter 4, "Sections" and "Symbol Table".
 */
import { ZkError } from '../core/errors.ts';
import { demangle } from './demangle/demangle.ts';

/** A function: byte address, size in bytes, readable name. */
export type FunctionSymbol = { readonly address: number; readonly size: number; readonly name: string };

/** Why there are no names in a file. */
export type SymbolsErrorCode = 'SYMBOLS_NOT_ELF' | 'SYMBOLS_TRUNCATED' | 'SYMBOLS_TOO_MANY' | 'SYMBOLS_MALFORMED';

/** A symbol table or a symbols file that cannot be read. */
export class SymbolsError extends ZkError {
  declare readonly code: SymbolsErrorCode;

  constructor(code: SymbolsErrorCode, message: string) {
    super(code, message);
  }
}

/** More symbols, or lines of a file, than this are refused. */
export const SYMBOL_LIMIT = 2 ** 20;
/** Longer names are cut. */
export const NAME_LIMIT = 500;

const HEADER_BYTES = 52;
const SECTION_BYTES = 40;
const SYMBOL_BYTES = 16;
const SHT_SYMTAB = 2;
const SHF_EXECINSTR = 4;
const STT_NOTYPE = 0;
const STT_FUNC = 2;
/** Assemblers mark code and data with these; they name no function. */
const MARKER = /^(?:\$|\.L)/;

type Section = {
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
};

type RawSymbol = FunctionSymbol & { readonly rank: number; readonly limit: number };

/**
 * Reads the functions of an ELF32 file, sorted by address, one an address. A stripped file has none.
 *
 * Assembly labels count as functions that reach to the next one. Errors: SymbolsError when the file or a table in it is
 * malformed or too large.
 */
export function symbolsOfElf(elf: Uint8Array): FunctionSymbol[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  if (elf.length < HEADER_BYTES || view.getUint32(0) !== 0x7f454c46 || elf[4] !== 1 || elf[5] !== 1) {
    throw new SymbolsError('SYMBOLS_NOT_ELF', 'the file is no little-endian ELF32 file');
  }
  const sections = readSections(view);
  const table = sections.find(({ type }) => type === SHT_SYMTAB);
  const strings = table === undefined ? undefined : sections[table.link];
  if (table === undefined) return [];
  if (strings === undefined) throw new SymbolsError('SYMBOLS_MALFORMED', 'the symbol table names no string table');
  checkRange(table, elf.length, 'symbol table');
  checkRange(strings, elf.length, 'string table');
  const count = Math.floor(table.size / SYMBOL_BYTES);
  if (count > SYMBOL_LIMIT) {
    throw new SymbolsError('SYMBOLS_TOO_MANY', `the file has ${count} symbols, the most is ${SYMBOL_LIMIT}`);
  }
  const names = elf.subarray(strings.offset, strings.offset + strings.size);
  const found: RawSymbol[] = [];
  for (let i = 0; i < count; i++) {
    const symbol = readSymbol(view, table.offset + i * SYMBOL_BYTES, sections, names);
    if (symbol !== undefined) found.push(symbol);
  }
  return oneAnAddress(found);
}

function readSections(view: DataView): Section[] {
  const at = view.getUint32(32, true);
  const bytes = view.getUint16(46, true);
  const count = view.getUint16(48, true);
  if (at === 0 || count === 0) return [];
  if (bytes !== SECTION_BYTES) {
    throw new SymbolsError('SYMBOLS_MALFORMED', `section headers have ${bytes} bytes, expected ${SECTION_BYTES}`);
  }
  if (at + count * bytes > view.byteLength) {
    throw new SymbolsError('SYMBOLS_TRUNCATED', `the file ends within its ${count} section headers`);
  }
  return Array.from({ length: count }, (_, i) => {
    const word = (field: number): number => view.getUint32(at + i * bytes + 4 * field, true);
    return { type: word(1), flags: word(2), address: word(3), offset: word(4), size: word(5), link: word(6) };
  });
}

function checkRange({ offset, size }: Section, fileLength: number, what: string): void {
  if (offset + size > fileLength) throw new SymbolsError('SYMBOLS_TRUNCATED', `the file ends within its ${what}`);
}

/** The symbol at a file offset if it names code, with the end of its section as the limit of its size. */
function readSymbol(
  view: DataView,
  at: number,
  sections: readonly Section[],
  names: Uint8Array,
): RawSymbol | undefined {
  const info = view.getUint8(at + 12);
  const type = info & 15;
  const section = sections[view.getUint16(at + 14, true)];
  if ((type !== STT_FUNC && type !== STT_NOTYPE) || section === undefined) return undefined;
  if ((section.flags & SHF_EXECINSTR) === 0) return undefined;
  const address = view.getUint32(at + 4, true);
  const limit = section.address + section.size;
  if (address < section.address || address >= limit) return undefined;
  const raw = readName(names, view.getUint32(at, true));
  if (raw === '' || MARKER.test(raw)) return undefined;
  const isGlobal = info >>> 4 !== 0;
  const rank = (type === STT_FUNC ? 2 : 0) + (isGlobal ? 1 : 0);
  return { address, size: view.getUint32(at + 8, true), name: cleanName(demangle(raw)), rank, limit };
}

function readName(names: Uint8Array, at: number): string {
  if (at >= names.length) {
    throw new SymbolsError('SYMBOLS_MALFORMED', `a symbol's name begins at ${at}, behind the string table`);
  }
  const end = names.indexOf(0, at);
  return new TextDecoder().decode(names.subarray(at, end < 0 ? names.length : end));
}

/** Symbols of equal code share an address: the function comes before the label, then the global one, then by name. */
function oneAnAddress(symbols: RawSymbol[]): FunctionSymbol[] {
  symbols.sort((a, b) => a.address - b.address || b.rank - a.rank || (a.name < b.name ? -1 : 1));
  const kept = symbols.filter(({ address }, i) => i === 0 || symbols[i - 1]?.address !== address);
  return kept.map(({ address, size, name, limit }, i) => {
    const room = Math.min(limit, kept[i + 1]?.address ?? limit) - address;
    return { address, size: size === 0 ? room : Math.min(size, limit - address), name };
  });
}

/** Makes a name one line of bounded length. */
function cleanName(name: string): string {
  const line = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  return line.length <= NAME_LIMIT ? line : `${line.slice(0, NAME_LIMIT - 3)}...`;
}

/** The text of a symbols file. */
export function formatSymbols(symbols: readonly FunctionSymbol[]): string {
  return symbols
    .map(({ address, size, name }) => `${address.toString(16).padStart(8, '0')} ${size.toString(16)} ${name}\n`)
    .join('');
}

/** Reads a symbols file. Errors: SymbolsError that names the line. */
export function parseSymbols(text: string): FunctionSymbol[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > SYMBOL_LIMIT) {
    throw new SymbolsError('SYMBOLS_TOO_MANY', `the file has ${lines.length} lines, the most is ${SYMBOL_LIMIT}`);
  }
  let last = -1;
  return lines.map((line, i) => {
    const match = /^([0-9a-f]{8}) ([0-9a-f]{1,8}) (.+?)\r?$/.exec(line);
    if (match === null) {
      throw new SymbolsError('SYMBOLS_MALFORMED', `line ${i + 1} is not "address size name" with two hex numbers`);
    }
    const [address, size] = [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16)];
    if (address <= last) throw new SymbolsError('SYMBOLS_MALFORMED', `line ${i + 1} is not sorted by address`);
    last = address;
    return { address, size, name: cleanName(match[3] ?? '') };
  });
}
