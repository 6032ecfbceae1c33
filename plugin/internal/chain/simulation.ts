/** What can be done only to networks that are simulated in this process. */
import type { Hex } from '../../types.ts';
import { uintWord } from './abi.ts';
import { checksummed } from './address.ts';
import { RUNTIME } from './artifacts.ts';
import { sha256Hex } from '../sha256.ts';
import type { Rpc } from './rpc.ts';

/** `SIMULATED_SLOT` of the mock. */
const SIMULATED_SLOT: Hex = `0x${sha256Hex('hardhat-zkvm/mock/simulated')}`;

/** Where the mock is put: an address for which nobody has a key. */
const MOCK_ADDRESS: Hex = checksummed(`0x${sha256Hex('hardhat-zkvm/mock/address').slice(-40)}`);

/**
 * Puts the mock on a simulated chain whose id is that of a public one, such as a fork. Its constructor refuses such ids, so
 * its code is set, and the chain's id is written where only a simulator can write.
 */
export async function placeMock(rpc: Rpc, chainId: number): Promise<Hex> {
  await rpc.simulate('hardhat_setCode', [MOCK_ADDRESS, RUNTIME.mock]);
  await rpc.simulate('hardhat_setStorageAt', [MOCK_ADDRESS, SIMULATED_SLOT, uintWord(chainId)]);
  return MOCK_ADDRESS;
}
