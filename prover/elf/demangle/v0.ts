/**
 * Names of Rust's v0 mangling: a recursive descent over the grammar that writes the name on the way. Crate hashes are left
 * out. A malformed symbol throws Malformed, within a bounded time, whatever the symbol.
 * Source: The rustc book, "v0 Symbol Format".
 */
import { decodePunycode } from './punycode.ts';

/** A symbol that the grammar does not have, or that would be too deep or too long. */
export class Malformed extends Error {}

/** Nesting and length of a name; back references can make a short symbol expand without end. */
const DEPTH_LIMIT = 500;
const LENGTH_LIMIT = 65536;
/** Steps of one symbol, so that references that print nothing end as well. */
const STEP_LIMIT = 100_000;

const BASIC_TYPES: Readonly<Record<string, string>> = {
  ...{ b: 'bool', c: 'char', e: 'str', u: '()', a: 'i8', s: 'i16', l: 'i32', x: 'i64', n: 'i128', i: 'isize' },
  ...{ h: 'u8', t: 'u16', m: 'u32', y: 'u64', o: 'u128', j: 'usize', f: 'f32', d: 'f64', z: '!', p: '_', v: '...' },
};

/** The readable name and what follows the mangled one, or undefined when `symbol` does not begin as one. */
export function demangleV0(symbol: string): { readonly name: string; readonly rest: string } | undefined {
  const start = /^(?:_{0,2}R)(?=[A-Z])/.exec(symbol);
  if (start === null) return undefined;
  const printer = new Printer(symbol.slice(start[0].length));
  printer.path(true);
  const name = printer.text;
  // The crate that instantiated a generic function may follow.
  if (/[A-Z]/.test(printer.peek())) printer.hidden(() => printer.path(false));
  return { name, rest: printer.rest };
}

class Printer {
  readonly #symbol: string;
  #at = 0;
  #depth = 0;
  #steps = 0;
  #isHidden = false;
  #boundLifetimes = 0;
  text = '';

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  get rest(): string {
    return this.#symbol.slice(this.#at);
  }

  peek(): string {
    return this.#symbol[this.#at] ?? '';
  }

  /** Parses without writing. */
  hidden(parse: () => void): void {
    const before = this.#isHidden;
    this.#isHidden = true;
    parse();
    this.#isHidden = before;
  }

  path(isValue: boolean): void {
    this.#nested(() => {
      const tag = this.#next();
      switch (tag) {
        case 'C':
          this.#optionalNumber('s');
          return this.#print(this.#identifier());
        case 'N':
          return this.#nestedPath(isValue);
        case 'M':
        case 'X':
        case 'Y':
          if (tag !== 'Y') {
            this.#optionalNumber('s');
            this.hidden(() => this.path(false));
          }
          this.#print('<');
          this.#type();
          if (tag !== 'M') {
            this.#print(' as ');
            this.path(false);
          }
          return this.#print('>');
        case 'I':
          this.path(isValue);
          this.#print(isValue ? '::<' : '<');
          this.#list(', ', () => this.#genericArgument());
          return this.#print('>');
        case 'B':
          return this.#backReference(() => this.path(isValue));
        default:
          throw new Malformed('path');
      }
    });
  }

  #nestedPath(isValue: boolean): void {
    const namespace = this.#next();
    if (!/[A-Za-z]/.test(namespace)) throw new Malformed('namespace');
    this.path(isValue);
    const number = this.#optionalNumber('s');
    const name = this.#identifier();
    if (/[a-z]/.test(namespace)) {
      if (name !== '') this.#print(`::${name}`);
      return;
    }
    const kind = namespace === 'C' ? 'closure' : namespace === 'S' ? 'shim' : namespace;
    this.#print(`::{${kind}${name === '' ? '' : `:${name}`}#${number}}`);
  }

  #genericArgument(): void {
    if (this.#eat('L')) this.#lifetime(this.#number());
    else if (this.#eat('K')) this.#constant(false);
    else this.#type();
  }

  #type(): void {
    this.#nested(() => {
      const tag = this.#next();
      const basic = Object.hasOwn(BASIC_TYPES, tag) ? BASIC_TYPES[tag] : undefined;
      if (basic !== undefined) return this.#print(basic);
      switch (tag) {
        case 'R':
        case 'Q':
          return this.#reference(tag === 'Q');
        case 'P':
        case 'O':
          this.#print(tag === 'P' ? '*const ' : '*mut ');
          return this.#type();
        case 'A':
        case 'S':
          this.#print('[');
          this.#type();
          if (tag === 'A') {
            this.#print('; ');
            this.#constant(true);
          }
          return this.#print(']');
        case 'T':
          return this.#tuple(() => this.#type());
        case 'F':
          return this.#inBinder(() => this.#function());
        case 'D':
          return this.#traitObject();
        case 'B':
          return this.#backReference(() => this.#type());
        case 'W':
          this.#type();
          this.#print(' is ');
          return this.#pattern();
        default:
          this.#at--;
          return this.path(false);
      }
    });
  }

  #reference(isMutable: boolean): void {
    this.#print('&');
    if (this.#eat('L')) {
      const lifetime = this.#number();
      if (lifetime !== 0) {
        this.#lifetime(lifetime);
        this.#print(' ');
      }
    }
    if (isMutable) this.#print('mut ');
    this.#type();
  }

  #tuple(element: () => void): void {
    this.#print('(');
    if (this.#list(', ', element) === 1) this.#print(',');
    this.#print(')');
  }

  #function(): void {
    if (this.#eat('U')) this.#print('unsafe ');
    if (this.#eat('K')) {
      const abi = this.#eat('C') ? 'C' : this.#identifier().replaceAll('_', '-');
      if (!/^[\x20-\x7e]+$/.test(abi)) throw new Malformed('ABI');
      this.#print(`extern "${abi}" `);
    }
    this.#print('fn(');
    this.#list(', ', () => this.#type());
    this.#print(')');
    if (this.#eat('u')) return;
    this.#print(' -> ');
    this.#type();
  }

  #traitObject(): void {
    this.#print('dyn ');
    this.#inBinder(() => this.#list(' + ', () => this.#trait()));
    if (!this.#eat('L')) throw new Malformed('lifetime of a trait object');
    const lifetime = this.#number();
    if (lifetime === 0) return;
    this.#print(' + ');
    this.#lifetime(lifetime);
  }

  /** A trait with its associated types, which go into the same angle brackets as its generic arguments. */
  #trait(): void {
    let isOpen = this.#openPath();
    while (this.#eat('p')) {
      this.#print(isOpen ? ', ' : '<');
      isOpen = true;
      this.#print(`${this.#identifier()} = `);
      if (this.#eat('K')) this.#constant(false);
      else this.#type();
    }
    if (isOpen) this.#print('>');
  }

  /** A path; true when it has generic arguments, whose bracket is then left open. */
  #openPath(): boolean {
    let isOpen = false;
    if (this.#eat('B')) {
      this.#backReference(() => {
        isOpen = this.#openPath();
      });
    } else if (this.#eat('I')) {
      this.path(false);
      this.#print('<');
      this.#list(', ', () => this.#genericArgument());
      isOpen = true;
    } else {
      this.path(false);
    }
    return isOpen;
  }

  #pattern(): void {
    const tag = this.#next();
    if (tag === 'R') {
      this.#constant(false);
      this.#print('..=');
      return this.#constant(false);
    }
    if (tag === 'N') return this.#print('!null');
    if (tag === 'O') return void this.#list(' | ', () => this.#nested(() => this.#pattern()));
    throw new Malformed('pattern');
  }

  /** A constant; one that is no literal stands in braces unless it is part of another one. */
  #constant(isInner: boolean): void {
    this.#nested(() => {
      const tag = this.#next();
      if (tag === 'p') return this.#print('_');
      if (tag === 'B') return this.#backReference(() => this.#constant(isInner));
      const isLiteral = !/[eRQATV]/.test(tag) || (tag === 'R' && this.peek() === 'e');
      const needsBraces = !isInner && !isLiteral;
      if (needsBraces) this.#print('{');
      this.#value(tag);
      if (needsBraces) this.#print('}');
    });
  }

  #value(tag: string): void {
    switch (tag) {
      case 'b':
        return this.#boolean(decimal(this.#hex()));
      case 'c':
        return this.#print(quote(character(Number.parseInt(this.#hex(), 16)), "'"));
      case 'e':
        return this.#print(`*${quote(utf8(this.#hex()), '"')}`);
      case 'R':
      case 'Q':
        if (tag === 'R' && this.#eat('e')) return this.#print(quote(utf8(this.#hex()), '"'));
        this.#print(tag === 'R' ? '&' : '&mut ');
        return this.#constant(true);
      case 'A':
        this.#print('[');
        this.#list(', ', () => this.#constant(true));
        return this.#print(']');
      case 'T':
        return this.#tuple(() => this.#constant(true));
      case 'V':
        return this.#structure();
      default:
        if (/[aslxni]/.test(tag) && this.#eat('n')) this.#print('-');
        if (!/[aslxnihtmyoj]/.test(tag)) throw new Malformed('constant');
        return this.#print(decimal(this.#hex()));
    }
  }

  #boolean(value: string): void {
    if (value !== '0' && value !== '1') throw new Malformed('boolean');
    this.#print(value === '1' ? 'true' : 'false');
  }

  #structure(): void {
    this.path(true);
    const tag = this.#next();
    if (tag === 'U') return;
    if (tag === 'T') {
      this.#print('(');
      this.#list(', ', () => this.#constant(true));
      return this.#print(')');
    }
    if (tag !== 'S') throw new Malformed('structure');
    this.#print(' { ');
    this.#list(', ', () => {
      this.#optionalNumber('s');
      this.#print(`${this.#identifier()}: `);
      this.#constant(true);
    });
    this.#print(' }');
  }

  #inBinder(body: () => void): void {
    const count = this.#optionalNumber('G');
    // Each lifetime prints at least four characters.
    if (count * 4 > LENGTH_LIMIT) throw new Malformed('length');
    const before = this.#boundLifetimes;
    if (count > 0) {
      this.#print('for<');
      for (let i = 0; i < count; i++) {
        this.#boundLifetimes++;
        if (i > 0) this.#print(', ');
        this.#lifetime(1);
      }
      this.#print('> ');
    }
    body();
    this.#boundLifetimes = before;
  }

  /** Lifetimes are counted from the innermost binder: 1 is the one bound last. */
  #lifetime(index: number): void {
    if (index === 0) return this.#print("'_");
    const depth = this.#boundLifetimes - index;
    if (depth < 0) throw new Malformed('lifetime');
    this.#print(depth < 26 ? `'${String.fromCharCode(0x61 + depth)}` : `'_${depth}`);
  }

  #list(separator: string, element: () => void): number {
    let count = 0;
    for (; !this.#eat('E'); count++) {
      if (count > 0) this.#print(separator);
      element();
    }
    return count;
  }

  #backReference(parse: () => void): void {
    const from = this.#at - 1;
    const target = this.#number();
    if (target >= from) throw new Malformed('reference');
    if (this.#isHidden) return;
    const after = this.#at;
    this.#at = target;
    this.#nested(parse);
    this.#at = after;
  }

  #nested(parse: () => void): void {
    if (++this.#depth > DEPTH_LIMIT || ++this.#steps > STEP_LIMIT) throw new Malformed('depth');
    parse();
    this.#depth--;
  }

  #print(text: string): void {
    if (this.#isHidden) return;
    this.text += text;
    if (this.text.length > LENGTH_LIMIT) throw new Malformed('length');
  }

  #next(): string {
    const character = this.peek();
    if (character === '') throw new Malformed('end');
    this.#at++;
    return character;
  }

  #eat(character: string): boolean {
    if (this.peek() !== character) return false;
    this.#at++;
    return true;
  }

  /** Base 62 with `_` at the end; `_` alone is 0, the others are one more than their digits say. */
  #number(): number {
    if (this.#eat('_')) return 0;
    let value = 0;
    while (!this.#eat('_')) {
      const digit = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(this.#next());
      value = value * 62 + digit;
      if (digit < 0) throw new Malformed('number');
      // Disambiguators are hashes of 64 bits, of which only the small ones are printed.
      if (value > 2 ** 64) throw new Malformed('number');
    }
    return value + 1;
  }

  #optionalNumber(tag: string): number {
    return this.#eat(tag) ? this.#number() + 1 : 0;
  }

  #identifier(): string {
    const isPunycode = this.#eat('u');
    const digits = /^(?:0|[1-9]\d{0,5})/.exec(this.#symbol.slice(this.#at, this.#at + 6))?.[0];
    if (digits === undefined) throw new Malformed('identifier');
    this.#at += digits.length;
    this.#eat('_');
    const end = this.#at + Number(digits);
    if (end > this.#symbol.length) throw new Malformed('identifier');
    const bytes = this.#symbol.slice(this.#at, end);
    this.#at = end;
    if (!isPunycode) return bytes;
    const split = bytes.lastIndexOf('_');
    const [basic, deltas] = [bytes.slice(0, Math.max(split, 0)), bytes.slice(split + 1)];
    if (deltas === '') throw new Malformed('identifier');
    return decodePunycode(basic, deltas) ?? `punycode{${basic === '' ? '' : `${basic}-`}${deltas}}`;
  }

  #hex(): string {
    const digits = /^[0-9a-f]*_/.exec(this.rest)?.[0];
    if (digits === undefined) throw new Malformed('constant');
    this.#at += digits.length;
    return digits.slice(0, -1);
  }
}

function decimal(hex: string): string {
  const digits = hex.replace(/^0+/, '');
  // Longer ones are easier to read as they are.
  return digits.length > 16 ? `0x${hex}` : String(BigInt(`0x0${digits}`));
}

function character(code: number): string {
  if (!(code <= 0x10ffff) || (code >= 0xd800 && code < 0xe000)) throw new Malformed('character');
  return String.fromCodePoint(code);
}

function utf8(hex: string): string {
  if (hex.length % 2 !== 0) throw new Malformed('string');
  const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed('string');
  }
}

function quote(text: string, mark: string): string {
  const escaped = text.replace(/[\\'"\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (found) => {
    if (found === "'" || found === '"') return found === mark ? `\\${found}` : found;
    const known = { '\\': '\\\\', '\0': '\\0', '\t': '\\t', '\n': '\\n', '\r': '\\r' }[found];
    return known ?? `\\u{${found.codePointAt(0)?.toString(16)}}`;
  });
  return mark + escaped + mark;
}
