/** The little ABI coding that the plugin needs, so that it depends on no other plugin. */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Hex } from '../../types.ts';
import { checksummed } from './address.ts';
import { printableLine } from '../printable.ts';

/** First four bytes of keccak256 of a signature such as `verifyProof(bytes32,bytes,bytes)`. */
export function selectorOf(signature: string): Hex {
  return `0x${bytesToHex(keccak_256(utf8ToBytes(signature))).slice(0, 8)}`;
}

/** An unsigned integer as one word, without prefix. */
export function uintWord(value: bigint | number): string {
  return BigInt(value).toString(16).padStart(64, '0');
}

/** An address or a short bytes value as one word, without prefix: addresses are padded on the left. */
export function addressWord(address: Hex): string {
  return address.slice(2).toLowerCase().padStart(64, '0');
}

function paddedBytes(hex: Hex): string {
  const digits = hex.slice(2);
  return uintWord(digits.length / 2) + digits.padEnd(Math.ceil(digits.length / 64) * 64, '0');
}

/** Calldata of a function whose parameters are static words followed by `bytes` values. */
export function encodeCall(signature: string, words: readonly string[], blobs: readonly Hex[]): Hex {
  const tails = blobs.map(paddedBytes);
  let offset = 32 * (words.length + blobs.length);
  const heads = tails.map((tail) => {
    const head = uintWord(offset);
    offset += tail.length / 2;
    return head;
  });
  return `${selectorOf(signature)}${[...words, ...heads, ...tails].join('')}`;
}

/** The part of an ABI that names custom errors. */
export type AbiItem = {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly { readonly type: string; readonly name: string }[];
};

const PANICS: Readonly<Record<string, string>> = {
  '1': 'a failed assertion',
  '17': 'an overflow',
  '18': 'a division by zero',
  '33': 'a number that is no value of its enum',
  '49': 'pop of an empty array',
  '50': 'an index outside its array',
  '65': 'too much memory',
};

/** What Solidity itself reverts with: a string, or the number of a panic. */
function describeBuiltin(data: string): string | undefined {
  if (data.startsWith(selectorOf('Error(string)'))) {
    const length = Number(`0x0${data.slice(74, 138)}`);
    // A node may answer anything: as much as is there, and on one line.
    const text = Buffer.from(data.slice(138, 138 + 2 * Math.min(length, 1000)), 'hex').toString('utf8');
    return `"${printableLine(text)}"`;
  }
  if (data.startsWith(selectorOf('Panic(uint256)'))) {
    const code = BigInt(`0x0${data.slice(10, 74)}`).toString();
    return `a panic of its own, code ${code}${PANICS[code] === undefined ? '' : ` (${PANICS[code]})`}`;
  }
  return undefined;
}

/** Explains revert data by the custom errors of the given ABIs: `RouteNotFound(selector 0xdeadbeef)`. */
export function describeRevert(data: string, abis: readonly (readonly AbiItem[])[]): string {
  if (data === '0x' || data === '') return 'it reverted without a reason, most likely for lack of gas';
  const builtin = describeBuiltin(data);
  if (builtin !== undefined) return builtin;
  for (const item of abis.flat()) {
    if (item.type !== 'error' || item.name === undefined) continue;
    const inputs = item.inputs ?? [];
    if (!data.startsWith(selectorOf(`${item.name}(${inputs.map(({ type }) => type).join(',')})`))) continue;
    const values = inputs.map(
      ({ name, type }, i) => `${name} ${describeWord(data.slice(10 + 64 * i, 74 + 64 * i), type)}`,
    );
    return `${item.name}(${values.join(', ')})`;
  }
  return `it reverted with ${data.slice(0, 74)}`;
}

function describeWord(hex: string, type: string): string {
  if (type.startsWith('uint')) return BigInt(`0x${hex === '' ? '0' : hex}`).toString();
  if (type === 'address') return hex.length === 64 ? checksummed(`0x${hex.slice(24)}`) : `0x${hex}`;
  if (type === 'bool') return BigInt(`0x0${hex}`) === 0n ? 'false' : 'true';
  const size = /^bytes(\d+)$/.exec(type)?.[1];
  return `0x${size === undefined ? hex : hex.slice(0, 2 * Number(size))}`;
}
