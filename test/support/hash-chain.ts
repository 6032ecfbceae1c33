/** What the program `hash-chain` has to commit, by @noble/hashes. */
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { AbiCoder } from 'ethers';
import type { Hex } from '../../prover/index.ts';

/** Public values for chains of n links from these 32 bytes on. */
export function hashChainValues(n: number, seed: Uint8Array): Hex {
  let [shaEnd, keccakEnd] = [seed, seed];
  for (let i = 0; i < n; i++) {
    shaEnd = sha256(shaEnd);
    keccakEnd = keccak_256(keccakEnd);
  }
  const values = [n, seed, shaEnd, keccakEnd];
  return AbiCoder.defaultAbiCoder().encode(['uint32', 'bytes32', 'bytes32', 'bytes32'], values) as Hex;
}
