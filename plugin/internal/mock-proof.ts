/** Mock proofs, for tests against `MockZkVerifier` on local chains. They prove nothing. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Hex } from '../../prover/api-types.ts';

/** First four bytes of the mock verifier's hash, hex without prefix. */
const MOCK_SELECTOR = bytesToHex(sha256(utf8ToBytes('hardhat-zkvm/mock/1'))).slice(0, 8);

/** The proof bytes that `MockZkVerifier` accepts for this key and these public values. 260 bytes. */
export function mockProof(vkey: Hex, publicValues: Hex): Hex {
  const digest = sha256(hexToBytes(publicValues.slice(2)));
  digest[0] = (digest[0] ?? 0) & 0x1f;
  return `0x${MOCK_SELECTOR}${vkey.slice(2)}${bytesToHex(digest)}${'00'.repeat(192)}`;
}
