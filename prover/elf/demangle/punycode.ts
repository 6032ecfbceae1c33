/** Decoding of identifiers that are not ASCII, as Rust's v0 mangling writes them: Punycode with digits after letters. */

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const FIRST_DAMP = 700;
const FIRST_BIAS = 72;
const FIRST_CODE_POINT = 0x80;
/** Longer identifiers are shown encoded: inserting is quadratic. */
const LONGEST = 1024;

/**
 * The identifier whose ASCII characters are `basic` and whose other characters `deltas` inserts; undefined when it is
 * malformed. Source: RFC 3492, section 6.2; the Rust Reference of symbol mangling, "Punycode".
 */
export function decodePunycode(basic: string, deltas: string): string | undefined {
  const output = Array.from(basic);
  let code = FIRST_CODE_POINT;
  let index = 0;
  let bias = FIRST_BIAS;
  for (let at = 0; at < deltas.length;) {
    const start = index;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = digitValue(deltas, at++);
      if (digit === undefined) return undefined;
      index += digit * weight;
      const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias));
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (index > 2 ** 40 || weight > 2 ** 40) return undefined;
    }
    const length = output.length + 1;
    if (length > LONGEST) return undefined;
    bias = adapt(index - start, length, start === 0 && length === basic.length + 1);
    code += Math.floor(index / length);
    index %= length;
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
    output.splice(index, 0, String.fromCodePoint(code));
    index++;
  }
  return output.join('');
}

function digitValue(text: string, at: number): number | undefined {
  const character = text.charCodeAt(at);
  if (character >= 0x61 && character <= 0x7a) return character - 0x61;
  if (character >= 0x30 && character <= 0x39) return 26 + character - 0x30;
  return undefined;
}

function adapt(difference: number, length: number, isFirst: boolean): number {
  let delta = Math.floor(difference / (isFirst ? FIRST_DAMP : 2));
  delta += Math.floor(delta / length);
  let k = 0;
  for (; delta > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) delta = Math.floor(delta / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * delta) / (delta + SKEW));
}
