/** Most characters of foreign text in one message. */
const LIMIT = 2000;

/**
 * Text for a message of one line: control and formatting characters, which could move a terminal's cursor, hide text or
 * reverse it, become visible (`\u{1b}`), line ends too. What comes out of a file or a guest goes through here. Text of
 * absurd length loses its middle.
 */
export function printable(text: string): string {
  const short = text.length <= LIMIT ? text : `${text.slice(0, LIMIT - 200)} ... ${text.slice(text.length - 195)}`;
  // Cs: halves of a pair that stand alone have no form on a terminal at all.
  return short.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
