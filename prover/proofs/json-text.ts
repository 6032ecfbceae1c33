/**
 * What `JSON.parse` does not tell: whether a text is cut off or goes on after its value, and whether an object names one key
 * twice (the parser takes the last one, other programs the first). One pass over the text; no recursion.
 */
export type JsonShape = {
  /** Names of members in all objects, repeated ones counted as often as they occur. */
  readonly keys: number;
  /** Where the first value ends; undefined when the text ends before. */
  readonly end: number | undefined;
  /** Deepest nesting of objects and lists. */
  readonly depth: number;
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENING: readonly number[] = [0x7b, 0x5b];
const CLOSING: readonly number[] = [0x7d, 0x5d];

/** Scans a text whose first value is an object or a list. */
export function jsonShape(text: string): JsonShape {
  let keys = 0;
  let open = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (end === undefined) break;
      at = end;
    } else if (code === COLON) keys++;
    else if (OPENING.includes(code)) depth = Math.max(depth, ++open);
    else if (CLOSING.includes(code) && --open === 0) return { keys, end: at + 1, depth };
  }
  return { keys, end: undefined, depth };
}

/** Position of the closing quote of the string that starts at `start`: the first one after an even number of backslashes. */
function endOfString(text: string, start: number): number | undefined {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((at - before) % 2 === 0) return at;
  }
  return undefined;
}
