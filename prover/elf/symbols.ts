/**
 * Names of a program's functions: read from the symbol table of an ELF file that was not stripped, and kept in a text file
 * beside a stripped one.
 *
 *     00200204 1a4 fibonacci::main
 *     002003a8 c zkvm::io::commit::<u32>
 *
 * A line is address (8 hex digits), size in bytes (hex) and name, sorted by address. Names serve displays only: nothing of
 * an execution or a proof depends on them. They may hold any printable character, so escape them before they are shown.
 */
import { demangle } from './demangle/demangle.ts';
import { SymbolsError } from './errors.ts';
import { SHF_EXECINSTR, type Section } from './header.ts';
import { readSymbolTable, SYMBOL_LIMIT, type TableSymbol } from './symbol-table.ts';

/** A function: byte address, size in bytes, readable name. */
export type FunctionSymbol = { readonly address: number; readonly size: number; readonly name: string };

/** Longer names are cut. */
export const NAME_LIMIT = 500;

/** Assemblers mark code and data with these; they name no function. */
const MARKER = /^(?:\$|\.L)/;

/** A function and how it is chosen among several at one address. */
type Candidate = FunctionSymbol & { readonly rank: number; readonly limit: number };

/**
 * Reads the functions of an ELF32 file, sorted by address, one per address. A stripped file has none.
 *
 * Assembly labels count as functions that reach to the next one. Errors: SymbolsError when the file or a table in it is
 * malformed or too large.
 */
export function symbolsOfElf(elf: Uint8Array): FunctionSymbol[] {
  const { sections, symbols } = readSymbolTable(elf);
  return onePerAddress(symbols.map((symbol) => candidateOf(symbol, sections)).filter((found) => found !== undefined));
}

/** A symbol that names code, with the end of its section as the limit of its size. */
function candidateOf(symbol: TableSymbol, sections: readonly Section[]): Candidate | undefined {
  const { kind, isLocal, address, size } = symbol;
  const section = sections[symbol.section];
  if ((kind !== 'function' && kind !== 'label') || section === undefined) return undefined;
  if ((section.flags & SHF_EXECINSTR) === 0) return undefined;
  const limit = section.address + section.size;
  if (address < section.address || address >= limit) return undefined;
  const raw = symbol.name();
  if (raw === '' || MARKER.test(raw)) return undefined;
  const rank = (kind === 'function' ? 2 : 0) + (isLocal ? 0 : 1);
  return { address, size, name: cleanName(demangle(raw)), rank, limit };
}

/** Symbols of equal code share an address: the function comes before the label, then the global one, then by name. */
function onePerAddress(symbols: Candidate[]): FunctionSymbol[] {
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
