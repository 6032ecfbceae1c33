/**
 * The `--input` option: items separated by commas, each of which the program reads with one call.
 *
 * A typed item is encoded in BCS, as `zkvm::io::read` expects it; a `+` before a type joins the fields of one item. Bytes
 * and text without a type are passed as they are. A backslash before a comma or plus makes it part of a text.
 *
 * Input may be private, and errors end in logs: they name an item by its number and type and never show it.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, fileProblem, pluginError } from '../errors.ts';
import { input, InputError } from '../../input.ts';
import { INPUT_FORMS } from './options.ts';

const TYPE = /^(?:[ui](?:8|16|32|64|128)|bool|string|bytes):/;
const FIELD_SEPARATOR = /(?<!\\)\+(?=(?:[ui](?:8|16|32|64|128)|bool|string|bytes):)/;
const INTEGERS = ['u8', 'u16', 'u32', 'u64', 'u128', 'i8', 'i16', 'i32', 'i64', 'i128'] as const;

/** Parses the option; undefined gives no items. Errors: a plugin error that names the item by its number. */
export async function parseInput(option: string | undefined): Promise<Uint8Array[]> {
  if (option === undefined) return [];
  return Promise.all(option.split(/(?<!\\),/).map((item, i) => parseItem(item.trim(), `Input item ${i + 1}`)));
}

async function parseItem(item: string, where: string): Promise<Uint8Array> {
  if (item.startsWith('@')) return readItem(unescape(item.slice(1)), where);
  if (TYPE.test(item)) return parseFields(item.split(FIELD_SEPARATOR), where);
  if (item.startsWith('text:')) return encode(() => input.text(unescape(item.slice(5))), `${where} (text)`);
  if (item.startsWith('0x')) return encode(() => input.raw(item), `${where} (bytes in hex)`);
  throw pluginError(`${where} ${problemOf(item)}. Items are separated by commas: ${INPUT_FORMS}.`);
}

/** What is wrong with an item that has neither type nor mark, without a letter of it. */
function problemOf(item: string): string {
  if (item === '') return 'is empty; an item without bytes is written text:';
  if (/^[-+]?[\d_.]+(?:[eE][-+]?\d+)?$/.test(item) || item === 'NaN' || item === 'Infinity')
    return 'is a number without a type: put the type that the program reads in front, as in u32:20 or i64:-5, or 0x in front of bytes in hex';
  if (/^(?:true|false)$/i.test(item)) return 'is a truth value without a type: write bool:true or bool:false';
  if (/^(?:0X)?[0-9a-fA-F]+$/.test(item)) return 'looks like hex: write bytes with 0x in front, and text as text:…';
  if (/^\w+:/.test(item)) return 'has a type that is not known';
  return 'is not understood';
}

function unescape(text: string): string {
  return text.replaceAll(/\\([,+])/g, '$1');
}

async function readItem(file: string, where: string): Promise<Uint8Array> {
  if (file === '') throw pluginError(`${where} names no file after the @.`);
  try {
    return await readFile(file);
  } catch (error) {
    const reason = fileProblem(error) ?? errorCode(error);
    throw pluginError(`The input file ${path.resolve(file)} cannot be read: ${reason}.`, error);
  }
}

function parseFields(fields: readonly string[], where: string): Uint8Array {
  const encoded = fields.map((field, i) => {
    const colon = field.indexOf(':');
    const type = field.slice(0, colon);
    const at = `${where}${fields.length > 1 ? `, field ${i + 1}` : ''} (${type})`;
    return encode(() => encodeField(type, field.slice(colon + 1)), at);
  });
  return input.tuple(...encoded);
}

/** The BCS encoding of one typed value. */
function encodeField(type: string, text: string): Uint8Array {
  switch (type) {
    case 'bool':
      if (text !== 'true' && text !== 'false') throw new InputError('bool takes true or false');
      return input.bool(text === 'true');
    case 'string':
      return input.string(unescape(text));
    case 'bytes':
      return input.bytes(text === '' ? '0x' : text);
    default:
      return encodeInteger(type, text);
  }
}

function encodeInteger(type: string, text: string): Uint8Array {
  const integer = INTEGERS.find((known) => known === type);
  if (integer === undefined) throw new InputError(`${type} is not a type of integers`);
  // What is no decimal number is out of the range of every type, and the encoder says what the range is.
  return input[integer](/^-?\d{1,45}$/.test(text) ? BigInt(text) : 2n ** 200n);
}

function encode(run: () => Uint8Array, where: string): Uint8Array {
  try {
    return run();
  } catch (error) {
    if (error instanceof InputError) throw pluginError(`${where}: ${error.message}.`);
    throw error;
  }
}
