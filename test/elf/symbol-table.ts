/** Adds a symbol table to an ELF file for tests. */
import { assemble, type Assembled } from '../support/asm.ts';

export type TableEntry = {
  readonly name: string;
  readonly address: number;
  readonly size?: number;
  /** STT_NOTYPE 0, STT_OBJECT 1, STT_FUNC 2 (default). */
  readonly type?: number;
  readonly isLocal?: boolean;
  /** Index of the section; default 1, the text. */
  readonly section?: number;
};

const SECTIONS = 4;

/** Appends a text section covering [textAddress, textAddress + textBytes), a data section, names and symbols. */
export function withSymbols(
  elf: Uint8Array,
  textAddress: number,
  textBytes: number,
  entries: readonly TableEntry[],
): Uint8Array {
  const encoder = new TextEncoder();
  const names = entries.map(({ name }) => encoder.encode(`${name}\0`));
  const stringBytes = 1 + names.reduce((sum, { length }) => sum + length, 0);
  const stringsAt = elf.length;
  const symbolsAt = Math.ceil((stringsAt + stringBytes) / 4) * 4;
  const headersAt = symbolsAt + 16 * entries.length;
  const file = new Uint8Array(headersAt + 40 * (SECTIONS + 1));
  file.set(elf);
  const view = new DataView(file.buffer);
  view.setUint32(32, headersAt, true);
  view.setUint16(46, 40, true);
  view.setUint16(48, SECTIONS + 1, true);
  const section = (index: number, fields: readonly number[]): void =>
    fields.forEach((value, i) => view.setUint32(headersAt + 40 * index + 4 + 4 * i, value, true));
  // Type, flags, address, offset, size, link.
  section(1, [1, 6, textAddress, 0, textBytes, 0]);
  section(2, [1, 3, 0x300000, 0, 64, 0]);
  section(3, [2, 0, 0, symbolsAt, 16 * entries.length, 4]);
  section(4, [3, 0, 0, stringsAt, stringBytes, 0]);
  let at = 1;
  for (const [i, { address, size = 0, type = 2, isLocal = false, section: index = 1 }] of entries.entries()) {
    const name = names[i] ?? new Uint8Array();
    file.set(name, stringsAt + at);
    view.setUint32(symbolsAt + 16 * i, at, true);
    view.setUint32(symbolsAt + 16 * i + 4, address, true);
    view.setUint32(symbolsAt + 16 * i + 8, size, true);
    view.setUint8(symbolsAt + 16 * i + 12, (isLocal ? 0 : 16) + type);
    view.setUint16(symbolsAt + 16 * i + 14, index, true);
    at += name.length;
  }
  return file;
}

/** Assembles a program whose labels in `functions` become functions of its symbol table, each up to the next one. */
export function assembleWithSymbols(source: string, functions: readonly string[]): Assembled {
  const program = assemble(source);
  const entries = functions.map((name) => ({ name, address: program.symbols.get(name) ?? 0 }));
  return { ...program, elf: withSymbols(program.elf, program.textAddress, 4 * program.words.length, entries) };
}
