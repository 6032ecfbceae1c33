/**
 * Names of Rust's older mangling, `_ZN` and then the elements of a path, each after its length; the last is a hash, which
 * is left out. It is also the shape of simple C++ names, which come out the same way.
 */

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ SP: '@', BP: '*', RF: '&', LT: '<', GT: '>', LP: '(', RP: ')', C: ',' },
};

/** The readable name and what follows the mangled one, or undefined when `symbol` is not mangled this way. */
export function demangleLegacy(symbol: string): { readonly name: string; readonly rest: string } | undefined {
  const prefix = /^_{0,2}ZN/.exec(symbol);
  if (prefix === null) return undefined;
  const elements: string[] = [];
  let at = prefix[0].length;
  while (symbol[at] !== 'E') {
    const digits = /^\d{1,6}/.exec(symbol.slice(at, at + 6))?.[0];
    if (digits === undefined) return undefined;
    at += digits.length;
    const length = Number(digits);
    if (at + length >= symbol.length) return undefined;
    elements.push(symbol.slice(at, at + length));
    at += length;
  }
  if (elements.length > 0 && /^h[0-9a-fA-F]*$/.test(elements.at(-1) ?? '')) elements.pop();
  return { name: elements.map(unescape).join('::'), rest: symbol.slice(at + 1) };
}

function unescape(element: string): string {
  let text = element.startsWith('_$') ? element.slice(1) : element;
  let result = '';
  while (text !== '') {
    const escape = /^\$([^$]*)\$/.exec(text);
    if (text.startsWith('..')) {
      result += '::';
      text = text.slice(2);
    } else if (escape !== null) {
      const character = unescapeOne(escape[1] ?? '');
      // What is no known escape ends the translation: the rest is shown as it is.
      if (character === undefined) return result + text;
      result += character;
      text = text.slice(escape[0].length);
    } else if (text.startsWith('$')) {
      return result + text;
    } else {
      const plain = /^\.?[^$.]*/.exec(text)?.[0] ?? text;
      result += plain;
      text = text.slice(plain.length);
    }
  }
  return result;
}

function unescapeOne(escape: string): string | undefined {
  const known = Object.hasOwn(ESCAPES, escape) ? ESCAPES[escape] : undefined;
  if (known !== undefined) return known;
  if (!/^u[0-9a-f]{1,6}$/.test(escape)) return undefined;
  const code = Number.parseInt(escape.slice(1), 16);
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  const character = String.fromCodePoint(code);
  return /\p{Cc}/u.test(character) ? undefined : character;
}
