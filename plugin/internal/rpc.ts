/** Transactions over EIP-1193, with errors a person can read. */
import type { EthereumProvider } from 'hardhat/types/providers';
import { pluginError } from '../errors.ts';
import type { Hex } from '../types.ts';
import { describeRevert } from './abi.ts';
import { ABIS } from './artifacts.ts';

/** The part of a receipt that is used here. */
export type Receipt = {
  readonly status: Hex;
  readonly gasUsed: Hex;
  readonly contractAddress: Hex | null;
  readonly transactionHash: Hex;
};

const POLL_MILLISECONDS = 500;

/** Revert data of an RPC error, wherever the node puts it. */
function revertData(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Object && depth < 5; depth += 1) {
    const { data, cause } = at as { data?: unknown; cause?: unknown };
    if (typeof data === 'string' && data.startsWith('0x')) return data;
    const inner = (data as { data?: unknown } | undefined)?.data;
    if (typeof inner === 'string' && inner.startsWith('0x')) return inner;
    at = cause;
  }
  return undefined;
}

/** A chain as the plugin uses it. */
export class Rpc {
  readonly #provider: EthereumProvider;

  constructor(provider: EthereumProvider) {
    this.#provider = provider;
  }

  async chainId(): Promise<number> {
    return Number(await this.#provider.request({ method: 'eth_chainId' }));
  }

  async sender(): Promise<Hex> {
    const accounts = (await this.#provider.request({ method: 'eth_accounts' })) as Hex[];
    const [first] = accounts;
    if (first === undefined)
      throw pluginError('The network has no account to send from: set `accounts` for it in the Hardhat config.');
    return first;
  }

  async code(address: Hex): Promise<Hex> {
    return (await this.#provider.request({ method: 'eth_getCode', params: [address, 'latest'] })) as Hex;
  }

  async call(to: Hex, data: Hex): Promise<Hex> {
    return (await this.#provider.request({ method: 'eth_call', params: [{ to, data }, 'latest'] })) as Hex;
  }

  /** Sends a transaction and waits until it is in a block. Throws one sentence when it reverts. */
  async send(what: string, transaction: { readonly to?: Hex; readonly data: Hex }): Promise<Receipt> {
    const from = await this.sender();
    let hash: Hex;
    try {
      hash = (await this.#provider.request({
        method: 'eth_sendTransaction',
        params: [{ from, ...transaction }],
      })) as Hex;
    } catch (error) {
      const data = revertData(error);
      if (data === undefined) throw pluginError(`${what} failed: ${firstLine(error)}`, error);
      throw pluginError(`${what} was refused by the contract: ${describeRevert(data, ABIS)}.`, error);
    }
    const receipt = await this.#receipt(hash);
    if (receipt.status !== '0x1') throw pluginError(`${what} was refused by the contract in transaction ${hash}.`);
    return receipt;
  }

  async #receipt(hash: Hex): Promise<Receipt> {
    for (;;) {
      const found = await this.#provider.request({ method: 'eth_getTransactionReceipt', params: [hash] });
      if (found !== null) return found as Receipt;
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
