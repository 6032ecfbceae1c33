/** Transactions over EIP-1193, with errors a person can read. */
import { setTimeout } from 'node:timers/promises';
import type { EthereumProvider } from 'hardhat/types/providers';
import { pluginError } from '../errors.ts';
import type { Hex } from '../../types.ts';
import { describeRevert, explainRevert, type AbiItem } from './abi.ts';
import { checksummed, isAddress } from './address.ts';
import { ABIS } from './artifacts.ts';
import { printableLine } from '../text/printable.ts';

/** The part of a receipt that is used here. */
export type Receipt = {
  readonly status: Hex;
  readonly gasUsed: Hex;
  readonly contractAddress: Hex | null;
  readonly transactionHash: Hex;
};

/** What is sent; `signal` ends the wait for its block, not the transaction. */
export type Transaction = { readonly to?: Hex; readonly data: Hex };

/** How often a receipt is asked for, and for how long. A transaction whose fee is too low has no end of its own. */
export type Patience = { readonly pollMilliseconds: number; readonly mostMilliseconds: number };
const PATIENCE: Patience = { pollMilliseconds: 500, mostMilliseconds: 15 * 60_000 };
/** A node that does not know a transaction so many times in a row has dropped it. */
const UNKNOWN_LIMIT = 20;

/** Revert data of an RPC error, wherever the node puts it. */
function revertData(error: unknown): string | undefined {
  const isHex = (value: unknown): value is string => typeof value === 'string' && /^0x[0-9a-fA-F]*$/.test(value);
  for (let at: unknown = error, depth = 0; at instanceof Object && depth < 5; depth += 1) {
    const { data, cause } = at as { data?: unknown; cause?: unknown };
    if (isHex(data)) return data.toLowerCase();
    const inner = (data as { data?: unknown } | undefined)?.data;
    if (isHex(inner)) return inner.toLowerCase();
    at = cause;
  }
  return undefined;
}

/** A chain as the plugin uses it. What a node answers is not trusted to have the right form, nor to be printable. */
export class Rpc {
  readonly #provider: EthereumProvider;
  readonly #moreErrors: () => Promise<readonly (readonly AbiItem[])[]>;
  readonly #patience: Patience;

  /** `moreErrors` gives the ABIs of the user's contracts; it is called when ours do not explain a refusal. */
  constructor(
    provider: EthereumProvider,
    moreErrors: () => Promise<readonly (readonly AbiItem[])[]> = async () => [],
    patience: Patience = PATIENCE,
  ) {
    this.#provider = provider;
    this.#moreErrors = moreErrors;
    this.#patience = patience;
  }

  /** A request whose failure is one sentence that begins with `what`. */
  async #request(what: string, method: string, params: unknown[] = []): Promise<unknown> {
    try {
      return await this.#provider.request({ method, params });
    } catch (error) {
      throw await this.#explain(what, error);
    }
  }

  async #explain(what: string, error: unknown): Promise<Error> {
    // Hardhat says itself what is wrong with its networks.
    if (error instanceof Error && error.name === 'HardhatError') return error;
    const data = revertData(error);
    const message = error instanceof Error ? error.message : String(error);
    if (data === undefined)
      return pluginError(`${what} failed: ${printableLine(message)}.`.replace(/\.\.$/, '.'), error);
    const reason = explainRevert(data, ABIS) ?? describeRevert(data, await this.#moreErrors());
    return pluginError(`${what} was refused by the contract: ${reason}.`, error);
  }

  async #hex(what: string, method: string, params: unknown[] = []): Promise<Hex> {
    const answer = await this.#request(what, method, params);
    if (typeof answer === 'string' && /^0x[0-9a-fA-F]*$/.test(answer)) return answer.toLowerCase() as Hex;
    throw pluginError(`${what} failed: the node's answer to ${method} is not hex.`);
  }

  async chainId(): Promise<number> {
    return Number(await this.#hex("Asking for the chain's id", 'eth_chainId'));
  }

  /** The account that transactions come from, with its checksum. */
  async sender(): Promise<Hex> {
    const accounts = await this.#request('Asking for accounts', 'eth_accounts');
    const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
    if (!isAddress(first))
      throw pluginError('The network has no account to send from: set `accounts` for it in the Hardhat config.');
    return checksummed(first);
  }

  /** Code at an address, in lower case; `0x` where there is none. */
  async code(address: Hex): Promise<Hex> {
    return this.#hex(`Reading the code at ${address}`, 'eth_getCode', [address, 'latest']);
  }

  async call(to: Hex, data: Hex): Promise<Hex> {
    return this.#hex(`A call of ${to}`, 'eth_call', [{ to, data }, 'latest']);
  }

  /** Answer of a node to a method it may not have; undefined where it refuses. */
  async optional(method: string, params: unknown[] = []): Promise<unknown> {
    try {
      return await this.#provider.request({ method, params });
    } catch {
      return undefined;
    }
  }

  /** What only simulated networks do, such as `hardhat_setCode`. */
  async simulate(method: string, params: unknown[]): Promise<void> {
    await this.#request(`The simulated network's ${method}`, method, params);
  }

  /**
   * Sends a transaction and waits until it is in a block. Errors: one sentence when it reverts, when the node drops it, when it
   * is in no block after a quarter of an hour, and at once when the signal aborts.
   */
  async send(what: string, transaction: Transaction, signal?: AbortSignal): Promise<Receipt> {
    signal?.throwIfAborted();
    const from = await this.sender();
    const sending = this.#hex(what, 'eth_sendTransaction', [{ from, ...transaction }]);
    const hash = await unlessAborted(
      sending,
      signal,
      'Interrupted while a transaction was sent; it may be in a block.',
    );
    const waiting = `transaction ${hash} was sent and may still come into a block`;
    const receipt = await unlessAborted(this.#receipt(what, hash, signal), signal, `Interrupted; ${waiting}.`);
    if (receipt.status !== '0x1') throw pluginError(`${what} was refused by the contract in transaction ${hash}.`);
    return receipt;
  }

  async #receipt(what: string, hash: Hex, signal: AbortSignal | undefined): Promise<Receipt> {
    const end = Date.now() + this.#patience.mostMilliseconds;
    for (let unknown = 0; ;) {
      const found = await this.#request(`Asking for the receipt of transaction ${hash}`, ...receiptOf(hash));
      if (isReceipt(found)) return found;
      if (found !== null) throw pluginError(`${what} was sent, and the node's receipt of transaction ${hash} is none.`);
      const known = await this.optional('eth_getTransactionByHash', [hash]);
      unknown = known === null ? unknown + 1 : 0;
      if (unknown >= UNKNOWN_LIMIT)
        throw pluginError(`${what} failed: the node has dropped transaction ${hash}, for example for too low a fee.`);
      if (Date.now() >= end)
        throw pluginError(`${what} is in no block yet: transaction ${hash} was sent and may still come into one.`);
      await setTimeout(this.#patience.pollMilliseconds, undefined, signal === undefined ? {} : { signal });
    }
  }
}

const receiptOf = (hash: Hex): [string, unknown[]] => ['eth_getTransactionReceipt', [hash]];

/** Whether a node's answer has the parts that are used. */
function isReceipt(answer: unknown): answer is Receipt {
  if (typeof answer !== 'object' || answer === null) return false;
  const { status, gasUsed, transactionHash } = answer as Partial<Record<keyof Receipt, unknown>>;
  const isHex = (value: unknown): boolean => typeof value === 'string' && /^0x[0-9a-f]+$/i.test(value);
  return isHex(status) && isHex(gasUsed) && isHex(transactionHash);
}

/** The result of some work, or an error with a sentence as soon as the signal aborts; the work is left to itself. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, sentence: string): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(pluginError(sentence));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
