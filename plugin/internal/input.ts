/** The `--input` option: items separated by commas, each of which the program reads with one call. */
import { readFile } from 'node:fs/promises';
import { pluginError } from '../errors.ts';

/** Help text of the option. */
export const INPUT_HELP =
  'Input items, comma separated: u32:20, u64:5 (little endian), 0xc0ffee (bytes), @file, text:hello';

function littleEndian(item: string, text: string, byteLength: number): Uint8Array {
  if (!/^\d+$/.test(text) || BigInt(text) >> BigInt(8 * byteLength) !== 0n)
    throw pluginError(`Input item "${item}" is not a whole number of ${8 * byteLength} bits.`);
  const bytes = new Uint8Array(byteLength);
  let value = BigInt(text);
  for (let i = 0; i < byteLength; i += 1, value >>= 8n) bytes[i] = Number(value & 0xffn);
  return bytes;
}

async function parseItem(item: string): Promise<Uint8Array> {
  if (item.startsWith('@')) return readFile(item.slice(1));
  if (item.startsWith('text:')) return new TextEncoder().encode(item.slice(5));
  if (item.startsWith('u32:')) return littleEndian(item, item.slice(4), 4);
  if (item.startsWith('u64:')) return littleEndian(item, item.slice(4), 8);
  const hex = item.startsWith('0x') ? item.slice(2) : item;
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex) || item === '')
    throw pluginError(`Input item "${item}" is not understood. ${INPUT_HELP}.`);
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** Parses the option; undefined gives no items. */
export async function parseInput(option: string | undefined): Promise<Uint8Array[]> {
  if (option === undefined) return [];
  return Promise.all(option.split(',').map((item) => parseItem(item.trim())));
}
