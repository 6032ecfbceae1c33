/**
 * Byte encodings of the WebAssembly binary format: LEB128 integers, names, vectors, sections. Code is kept as a rope
 * (nested arrays of bytes) while it is built and is flattened once.
 * Source: WebAssembly core specification 2.0, chapter 5 (binary format).
 */

/** A rope of bytes. */
export type Code = readonly (number | Code)[];

/** Unsigned LEB128 of an integer in [0, 2^53). */
export function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128. */
export function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    const done = (rest === 0n && low < 64) || (rest === -1n && low >= 64);
    bytes.push(done ? low : low + 128);
    if (done) return bytes;
  }
}

/** A name: its UTF-8 length and bytes. */
export function nameBytes(text: string): Code {
  const bytes = [...new TextEncoder().encode(text)];
  return [unsignedLeb(bytes.length), bytes];
}

/** A vector of encoded items: count, then items. */
export function vectorOf(items: readonly Code[]): Code {
  return [unsignedLeb(items.length), items];
}

/** One section, or a function body: byte length first. */
export function sized(content: Code): Code {
  const bytes = flatten(content);
  return [unsignedLeb(bytes.length), bytes];
}

/** The bytes of a rope, in order. */
export function flatten(code: Code): number[] {
  const out: number[] = [];
  const visit = (part: Code): void => {
    for (const item of part) {
      if (typeof item === 'number') out.push(item);
      else visit(item);
    }
  };
  visit(code);
  return out;
}
