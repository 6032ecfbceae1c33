/**
 * Hashing with Poseidon2-KB-16: rate = first 8 lanes, capacity = last 8, overwrite mode, whole blocks only.
 *
 * Every input length is fixed by the caller's static parameters and stands in the capacity, so padding with zeros is
 * injective. Uses never share a capacity: leaves carry tag 1 and their width, other uses the hash of a domain string.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { P, add } from '../field/koalabear.ts';
import { WIDTH, permute } from './poseidon2-koalabear.ts';

export const RATE = 8;
/** Elements of a digest, and of the capacity. */
export const DIGEST_LENGTH = 8;
/** Capacity tag of Merkle leaves; domain strings hash to a full capacity and do not collide with (1, width, 0, ...). */
export const LEAF_TAG = 1;

/** Capacity of a domain string: sha256, each 4 bytes little-endian, lower 31 bits, reduced mod p. */
export function domainCapacity(domain: string): number[] {
  const bytes = sha256(new TextEncoder().encode(domain));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: DIGEST_LENGTH }, (_, i) => (view.getUint32(4 * i, true) & 0x7fffffff) % P);
}

/** Absorbs `values` in blocks of eight, the last one padded with zeros (an empty input is one zero block). */
export function sponge(capacity: readonly number[], values: ArrayLike<number>): number[] {
  if (capacity.length !== WIDTH - RATE) {
    throw new RangeError(`"capacity" expected ${WIDTH - RATE} elements, got ${capacity.length}`);
  }
  const state = [...Array.from({ length: RATE }, () => 0), ...capacity];
  let at = 0;
  do {
    for (let i = 0; i < RATE; i++) state[i] = values[at + i] ?? 0;
    permute(state);
    at += RATE;
  } while (at < values.length);
  return state.slice(0, DIGEST_LENGTH);
}

/** Capacity of the leaf sponge for rows of `width` base elements: (1, width, 0, ...). */
export function leafCapacity(width: number): number[] {
  return [LEAF_TAG, width, 0, 0, 0, 0, 0, 0];
}

/** Digest of one matrix row. */
export function hashRow(row: ArrayLike<number>): number[] {
  return sponge(leafCapacity(row.length), row);
}

/** Domain string of `hashFelts`: the length is part of it, so that m and m || 0 differ. */
export function hashDomain(domain: string, length: number): string {
  return `hash:${domain}:${length}`;
}

/** Digest of a static number of base elements under a domain. */
export function hashFelts(domain: string, values: readonly number[]): number[] {
  return sponge(domainCapacity(hashDomain(domain, values.length)), values);
}

/** Two-to-one compression: permute(left || right) + (left || right), first 8 lanes. */
export function compress(left: readonly number[], right: readonly number[]): number[] {
  const state = [...left, ...right];
  if (state.length !== WIDTH) throw new RangeError(`"left" and "right" expected 8 elements each, got ${state.length}`);
  permute(state);
  return left.map((x, i) => add(x, state[i]!));
}
