/**
 * Text out of a file's bytes, as editors and shells leave it: UTF-8 with or without a byte order mark, and UTF-16, which
 * PowerShell's `>` writes. What is no text is named for what it is.
 */

/** First bytes of files that are taken for text ones by mistake. */
const KINDS: readonly (readonly [kind: string, bytes: readonly number[]])[] = [
  ['compressed with gzip: unpack it first', [0x1f, 0x8b]],
  ['compressed with zstd: unpack it first', [0x28, 0xb5, 0x2f, 0xfd]],
  ['compressed with xz: unpack it first', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['compressed with bzip2: unpack it first', [0x42, 0x5a, 0x68]],
  ['a zip archive: unpack it first', [0x50, 0x4b, 0x03, 0x04]],
  ['an ELF program', [0x7f, 0x45, 0x4c, 0x46]],
  ['text in UTF-32: save it as UTF-8', [0xff, 0xfe, 0x00, 0x00]],
  ['text in UTF-32: save it as UTF-8', [0x00, 0x00, 0xfe, 0xff]],
];

/** The text, without a byte order mark; or what the file is instead, to follow "the file is". */
export function textOf(bytes: Uint8Array): { readonly text: string } | { readonly is: string } {
  if (bytes.length === 0) return { is: 'empty' };
  const kind = KINDS.find(([, start]) => start.every((byte, i) => bytes[i] === byte));
  if (kind !== undefined) return { is: kind[0] };
  if (bytes.every((byte) => byte === 0)) return { is: 'nothing but zero bytes: it was not written to its end' };
  const encoding = encodingOf(bytes);
  try {
    // The decoder takes the byte order mark away.
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    return { is: encoding === 'utf-8' ? 'not text in UTF-8' : 'damaged text in UTF-16' };
  }
}

/** By the byte order mark, or by the zero bytes around the first character, which is one of ASCII in every JSON file. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}
