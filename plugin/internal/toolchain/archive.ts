/** Writes archives of object files (`.a`), of which a linker takes only the members that something needs. */

/** A member: its name, an object file, and the names of the global and weak symbols that this defines. */
export type Member = { readonly name: string; readonly data: Uint8Array; readonly symbols: readonly string[] };

/** Names longer than this would need a table of names. */
const LONGEST_NAME = 15;
const HEADER_BYTES = 60;

/**
 * An archive with the index of symbols that linkers look into. It holds neither times nor owners, so that the same members
 * give the same bytes. Source: the System V format as GNU tools write it (ar(5)).
 *
 * Errors: a RangeError when a name is too long.
 */
export function makeArchive(members: readonly Member[]): Uint8Array {
  const all = members.flatMap(({ symbols }) => symbols);
  const names = Buffer.from(`${all.join('\0')}\0`);
  const count = all.length;
  const index = Buffer.alloc(4 + 4 * count + names.length);
  const parts: Uint8Array[] = [Buffer.from('!<arch>\n'), ...entry('', index)];
  let offset = parts.reduce((sum, part) => sum + part.length, 0);
  index.writeUInt32BE(count, 0);
  let at = 4;
  for (const { name, data, symbols } of members) {
    for (let k = 0; k < symbols.length; k++, at += 4) index.writeUInt32BE(offset, at);
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
