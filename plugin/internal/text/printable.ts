/**
 * Text that is not ours on a terminal: what programs print, what nodes and contracts answer, what stands in files. Control
 * characters could move the cursor, rewrite our lines or hide text, so they are shown instead of sent.
 */

/**
 * Text of any number of lines: control and format characters become visible, except newline, tab and what joins emoji. The
 * prover has its own for places within one line of a message; this one is needed where the prover is not loaded.
 */
export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
      character === '\n' || character === '\t' || character === '\u200d'
        ? character
        : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
}

/** The same for a place within a sentence: one line of at most `length` characters. */
export function printableLine(text: string, length = 300): string {
  const line = printable(text).replaceAll(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length)}...`;
}

/** The last lines of a program's output that say something; where a Rust program panicked, its message. */
export function lastLines(output: Uint8Array, count: number): string[] {
  const lines = printable(new TextDecoder().decode(output)).split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map((line) => printableLine(line.trimEnd(), 500));
}
