/** Mock proofs, for tests against `MockZkVerifier` on local chains. They prove nothing. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Hex } from '../../prover/api-types.ts';

/** `VERIFIER_HASH` of the mock. */
export const MOCK_HASH: Hex = `0x${bytesToHex(sha256(utf8ToBytes('hardhat-zkvm/mock/1')))}`;

/** The proof bytes that `MockZkVerifier` accepts for this key and these public values. 260 bytes. */
export function mockProof(vkey: Hex, publicValues: Hex): Hex {
  const digest = sha256(hexToBytes(publicValues.slice(2)));
  digest[0] = (digest[0] ?? 0) & 0x1f;
  return `${MOCK_HASH.slice(0, 10) as Hex}${vkey.slice(2)}${bytesToHex(digest)}${'00'.repeat(192)}`;
}
