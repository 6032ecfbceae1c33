/** Writes archives of object files (`.a`), of which a linker takes only the members that something needs. */

/** A member's name and content: an ELF32 object file, little endian. */
export type Member = { readonly name: string; readonly data: Uint8Array };

/** Names longer than this would need a table of names. */
const LONGEST_NAME = 15;
const HEADER_BYTES = 60;
const STB_LOCAL = 0;
const SHT_SYMTAB = 2;

/**
 * An archive with the index of symbols that linkers look into. It holds neither times nor owners, so that the same members
 * give the same bytes. Source: the System V format as GNU tools write it (ar(5)).
 *
 * Errors: a RangeError when a name is too long.
 */
export function makeArchive(members: readonly Member[]): Uint8Array {
  const symbols = members.map(({ data }) => definedSymbols(data));
  const names = Buffer.from(`${symbols.flat().join('\0')}\0`);
  const count = symbols.flat().length;
  const index = Buffer.alloc(4 + 4 * count + names.length);
  const parts: Uint8Array[] = [Buffer.from('!<arch>\n'), ...entry('', index)];
  let offset = parts.reduce((sum, part) => sum + part.length, 0);
  index.writeUInt32BE(count, 0);
  let at = 4;
  for (const [i, { name, data }] of members.entries()) {
    for (let k = 0; k < symbols[i]!.length; k++, at += 4) index.writeUInt32BE(offset, at);
    const written = entry(name, data);
    parts.push(...written);
    offset += written.reduce((sum, part) => sum + part.length, 0);
  }
  names.copy(index, at);
  return new Uint8Array(Buffer.concat(parts));
}

function entry(name: string, data: Uint8Array): Uint8Array[] {
  if (name.length > LONGEST_NAME) throw new RangeError(`${name} is too long for a member of an archive`);
  // Name, time, owner, group, mode, length.
  const fields = [`${name}/`, '0', '0', '0', '644', String(data.length)];
  const widths = [16, 12, 6, 6, 8, 10];
  const header = Buffer.alloc(HEADER_BYTES, `${fields.map((field, i) => field.padEnd(widths[i]!)).join('')}\`\n`);
  return [header, data, ...(data.length % 2 === 1 ? [Buffer.from('\n')] : [])];
}

/** Names of the global and weak symbols that an object defines. Source: System V ABI, chapter 4. */
function definedSymbols(object: Uint8Array): string[] {
  const view = new DataView(object.buffer, object.byteOffset, object.byteLength);
  const sectionsAt = view.getUint32(32, true);
  const section = (index: number, word: number): number => view.getUint32(sectionsAt + 40 * index + 4 * word, true);
  const found: string[] = [];
  for (let i = 0; i < view.getUint16(48, true); i++) {
    if (section(i, 1) !== SHT_SYMTAB) continue;
    const [start, length, strings] = [section(i, 4), section(i, 5), section(section(i, 6), 4)];
    for (let at = start; at < start + length; at += 16) {
      const isDefined = view.getUint16(at + 14, true) !== 0;
      if (!isDefined || view.getUint8(at + 12) >> 4 === STB_LOCAL) continue;
      const from = strings + view.getUint32(at, true);
      found.push(Buffer.from(object.subarray(from, object.indexOf(0, from))).toString('latin1'));
    }
  }
  return found;
}
