/** The little ABI coding that the plugin needs, so that it depends on no other plugin. */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Hex } from '../types.ts';

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

type AbiItem = {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly { readonly type: string; readonly name: string }[];
};

/** Explains revert data by the custom errors of the given ABIs: `RouteNotFound(selector 0xdeadbeef)`. */
export function describeRevert(data: string, abis: readonly (readonly AbiItem[])[]): string {
  if (data === '0x' || data === '') return 'it reverted without a reason, most likely for lack of gas';
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
  if (type === 'address') return `0x${hex.slice(24)}`;
  const size = /^bytes(\d+)$/.exec(type)?.[1];
  return `0x${size === undefined ? hex : hex.slice(0, 2 * Number(size))}`;
}
