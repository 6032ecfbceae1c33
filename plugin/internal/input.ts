/**
 * The `--input` option: items separated by commas, each of which the program reads with one call.
 *
 * A typed item is encoded in BCS, as `zkvm::io::read` expects it; a `+` before a type joins the fields of one item. Bytes
 * and text without a type are passed as they are. A backslash before a comma or plus makes it part of a text.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, pluginError } from '../errors.ts';

/** What an item may be. */
export const INPUT_HELP =
  'Items are separated by commas. Typed: u8: to u128:, i8: to i128:, bool:true, string:hello, bytes:0xc0ffee, joined by + where a program reads several at once (u32:20+bool:true). As they are: 0xc0ffee, text:hello, @file. A comma within a text is written \\,';

const INTEGER_BYTES: Readonly<Record<string, number>> = { 8: 1, 16: 2, 32: 4, 64: 8, 128: 16 };
const TYPE = /^(?:[ui](?:8|16|32|64|128)|bool|string|bytes):/;
const FIELD_SEPARATOR = /(?<!\\)\+(?=(?:[ui](?:8|16|32|64|128)|bool|string|bytes):)/;

/** Parses the option; undefined gives no items. Errors: a plugin error that names the item. */
export async function parseInput(option: string | undefined): Promise<Uint8Array[]> {
  if (option === undefined) return [];
  return Promise.all(option.split(/(?<!\\),/).map((item) => parseItem(item.trim())));
}

async function parseItem(item: string): Promise<Uint8Array> {
  if (item.startsWith('@')) return readItem(unescape(item.slice(1)));
  if (item.startsWith('text:')) return new TextEncoder().encode(unescape(item.slice(5)));
  if (TYPE.test(item)) return Uint8Array.from(item.split(FIELD_SEPARATOR).flatMap((field) => [...encodeField(field)]));
  const hex = item.startsWith('0x') ? item.slice(2) : item;
  return item === '' ? refuse(item) : hexBytes(item, hex);
}

function refuse(item: string): never {
  throw pluginError(`Input item "${item}" is not understood. ${INPUT_HELP}.`);
}

function unescape(text: string): string {
  return text.replaceAll(/\\([,+])/g, '$1');
}

async function readItem(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder',
      EACCES: 'permission was refused',
    };
    throw pluginError(
      `The input file ${path.resolve(file)} cannot be read: ${reasons[errorCode(error)] ?? errorCode(error)}.`,
      error,
    );
  }
}

/** The BCS encoding of one typed value. */
function encodeField(field: string): Uint8Array {
  const colon = field.indexOf(':');
  const [type, text] = [field.slice(0, colon), field.slice(colon + 1)];
  switch (type) {
    case 'bool':
      if (text !== 'true' && text !== 'false') throw pluginError(`Input item "${field}" is neither true nor false.`);
      return Uint8Array.of(text === 'true' ? 1 : 0);
    case 'string':
      return withLength(new TextEncoder().encode(unescape(text)));
    case 'bytes':
      return withLength(hexBytes(field, text.startsWith('0x') ? text.slice(2) : text));
    default:
      return integer(field, type, text);
  }
}

/** A little-endian integer, signed ones in two's complement. */
function integer(field: string, type: string, text: string): Uint8Array {
  const bits = type.slice(1);
  const isSigned = type.startsWith('i');
  const value = (isSigned ? /^-?\d+$/ : /^\d+$/).test(text) ? BigInt(text) : undefined;
  const width = Number(bits);
  const wrapped =
    value === undefined ? undefined : isSigned ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
  if (value === undefined || wrapped !== value) {
    throw pluginError(`Input item "${field}" is not a whole number of ${bits} bits${isSigned ? ' with sign' : ''}.`);
  }
  let rest = BigInt.asUintN(width, value);
  return Uint8Array.from({ length: INTEGER_BYTES[bits] ?? 0 }, () => {
    const byte = Number(rest & 0xffn);
    rest >>= 8n;
    return byte;
  });
}

function hexBytes(item: string, digits: string): Uint8Array {
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) refuse(item);
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

/** BCS writes the length of bytes and strings first, as a ULEB128 number. */
function withLength(bytes: Uint8Array): Uint8Array {
  const prefix: number[] = [];
  let length = bytes.length;
  for (; length > 0x7f; length >>>= 7) prefix.push((length & 0x7f) | 0x80);
  prefix.push(length);
  const item = new Uint8Array(prefix.length + bytes.length);
  item.set(prefix);
  item.set(bytes, prefix.length);
  return item;
}
