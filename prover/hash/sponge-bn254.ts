/**
 * Hashing with Poseidon2-BN-8: base elements packed eight per scalar; a rate-7, capacity-1 overwrite sponge; leaves of
 * rows. Lengths are static everywhere, so padding with zeros is injective.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { RATE, WIDTH, compress, permute } from './poseidon2-bn254.ts';

/** Base elements in one scalar. Soundness: 8 * 31 = 248 bits < log r, so packing 31-bit values is injective. */
export const PACK = 8;
/** Bits of one packed element. */
export const PACK_BITS = 31n;
/** Capacity tag of long leaves, above the row width; domain strings start a capacity with a full hash instead. */
export const LEAF_TAG = 1n << 32n;

/** sum_j felts[from + j] * 2^(31 j) over at most eight elements. */
export function packScalar(felts: ArrayLike<number>, from = 0): bigint {
  let scalar = 0n;
  for (let j = Math.min(PACK, felts.length - from) - 1; j >= 0; j--) {
    scalar = (scalar << PACK_BITS) | BigInt(felts[from + j] ?? 0);
  }
  return scalar;
}

/** Scalars of a row, the last one padded with zero elements. */
export function packRow(row: ArrayLike<number>): bigint[] {
  return Array.from({ length: Math.ceil(row.length / PACK) }, (_, i) => packScalar(row, PACK * i));
}

/** Capacity of a domain string: the first 31 bytes of its sha256, big-endian (248 bits, canonical). */
export function domainCapacity(domain: string): bigint {
  const bytes = sha256(new TextEncoder().encode(domain)).subarray(0, 31);
  return bytes.reduce((acc, byte) => (acc << 8n) | BigInt(byte), 0n);
}

/** Capacity of the leaf sponge for rows of `width` base elements. */
export function leafCapacity(width: number): bigint {
  return LEAF_TAG + BigInt(width);
}

/** Digest of a row: one scalar stands for itself, two to eight go through one compression, more through the sponge. */
export function hashRow(row: ArrayLike<number>): bigint {
  const scalars = packRow(row);
  if (scalars.length === 0) throw new RangeError('"row" expected at least one element, got 0');
  if (scalars.length === 1) return scalars[0] ?? 0n;
  if (scalars.length <= WIDTH) return compress(scalars);
  let state = [...new Array<bigint>(RATE).fill(0n), leafCapacity(row.length)];
  for (let at = 0; at < scalars.length; at += RATE) {
    for (let i = 0; i < RATE; i++) state[i] = scalars[at + i] ?? 0n;
    state = permute(state);
  }
  return state[0] ?? 0n;
}
