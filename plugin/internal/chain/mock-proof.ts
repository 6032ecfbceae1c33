/** Mock proofs, for tests against `MockZkVerifier` on local chains. They prove nothing. */
import { pluginError } from '../errors.ts';
import { sha256Hex } from '../sha256.ts';
import type { Hex } from '../../types.ts';

/** `VERIFIER_HASH` of the mock. */
export const MOCK_HASH: Hex = `0x${sha256Hex('hardhat-zkvm/mock/1')}`;

/**
 * The proof bytes that `MockZkVerifier` accepts for this key and these public values. 260 bytes. Errors: a plugin error for
 * a key that is no bytes32 and for values that are no bytes in hex.
 */
export function mockProof(vkey: Hex, publicValues: Hex): Hex {
  if (!/^0x[0-9a-fA-F]{64}$/.test(vkey)) throw pluginError('mockProof: the key is not 0x and 64 hex digits.');
  if (!/^0x(?:[0-9a-fA-F]{2})*$/.test(publicValues))
    throw pluginError('mockProof: the public values are not 0x and two hex digits per byte.');
  const digest = Buffer.from(sha256Hex(Buffer.from(publicValues.slice(2), 'hex')), 'hex');
  digest[0] = (digest[0] ?? 0) & 0x1f;
  return `${MOCK_HASH.slice(0, 10) as Hex}${vkey.slice(2).toLowerCase()}${digest.toString('hex')}${'00'.repeat(192)}`;
}
