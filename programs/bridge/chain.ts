/** Blocks with a state of our own making, and proofs from them as a node gives them. For the sample and the tests. */
import { createBlockHeader, type BlockHeader } from '@ethereumjs/block';
import { Common, Hardfork, Mainnet } from '@ethereumjs/common';
import { createMerkleProof, MerklePatriciaTrie } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { createAccount, createAddressFromString, type Account } from '@ethereumjs/util';
import { getBytes, hexlify, keccak256, toBeArray, toBeHex, toQuantity } from 'ethers';
import type { EthProof } from './input.ts';

export type Chain = {
  readonly header: BlockHeader;
  readonly contract: string;
  readonly account: Account;
  readonly state: MerklePatriciaTrie;
  readonly storage: MerklePatriciaTrie;
};

/** Storage of a contract: values that are not zero, by slot. */
export type Storage = ReadonlyMap<bigint, bigint>;

/** 32 bytes that depend on a name and a number. */
export function derived(name: string, index = 0): string {
  return keccak256(new TextEncoder().encode(`${name} ${index}`));
}

/** The last block of a chain with one contract that has this storage, and so many other accounts. */
export async function makeChain(storage: Storage, otherAccounts: number): Promise<Chain> {
  const storageTrie = new MerklePatriciaTrie({ useKeyHashing: true });
  for (const [slot, value] of storage) {
    await storageTrie.put(getBytes(toBeHex(slot, 32)), RLP.encode(toBeArray(value)));
  }
  const state = new MerklePatriciaTrie({ useKeyHashing: true });
  for (let index = 0; index < otherAccounts; index += 1) {
    const other = createAccount({ nonce: index % 50, balance: BigInt(derived('balance', index)) >> 180n });
    await state.put(getBytes(derived('address', index)).subarray(12), other.serialize());
  }
  const contract = `0x${derived('contract').slice(26)}`;
  const account = createAccount({
    nonce: 1,
    balance: 10n ** 18n,
    storageRoot: storageTrie.root(),
    codeHash: getBytes(derived('code')),
  });
  await state.put(getBytes(contract), account.serialize());
  return { header: makeHeader(state.root()), contract, account, state, storage: storageTrie };
}

/** A header with all fields that a block of the mainnet has today. */
function makeHeader(stateRoot: Uint8Array): BlockHeader {
  const hash = (name: string): Uint8Array => getBytes(derived(name));
  const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });
  return createBlockHeader(
    {
      parentHash: hash('parent'),
      coinbase: createAddressFromString('0x4838b106fce9647bdf1e7877bf73ce8b0bad5f97'),
      stateRoot,
      transactionsTrie: hash('transactions'),
      receiptTrie: hash('receipts'),
      logsBloom: getBytes(derived('bloom').slice(0, 66) + derived('bloom', 1).slice(2).repeat(7)),
      number: 24_000_000n,
      gasLimit: 60_000_000n,
      gasUsed: 31_234_567n,
      timestamp: 1_767_225_611n,
      extraData: new TextEncoder().encode('hardhat-zkvm'),
      mixHash: hash('randao'),
      baseFeePerGas: 1_234_567_890n,
      withdrawalsRoot: hash('withdrawals'),
      blobGasUsed: 786_432n,
      excessBlobGas: 0n,
      parentBeaconBlockRoot: hash('beacon'),
      requestsHash: hash('requests'),
    },
    { common },
  );
}

/** What a node answers to `eth_getProof` for the contract and these slots. */
export async function getProof(chain: Chain, slots: readonly bigint[]): Promise<EthProof> {
  const { account } = chain;
  const storageProof: EthProof['storageProof'][number][] = [];
  for (const slot of slots) {
    const key = getBytes(toBeHex(slot, 32));
    const encoded = await chain.storage.get(key);
    const value = encoded === null ? '0x' : hexlify(RLP.decode(encoded) as Uint8Array);
    storageProof.push({
      key: toBeHex(slot, 32),
      value: toQuantity(value),
      proof: await proofNodes(chain.storage, key),
    });
  }
  return {
    address: chain.contract,
    nonce: toQuantity(account.nonce!),
    balance: toQuantity(account.balance!),
    storageHash: hexlify(account.storageRoot!),
    codeHash: hexlify(account.codeHash!),
    accountProof: await proofNodes(chain.state, getBytes(chain.contract)),
    storageProof,
  };
}

/** The encoded nodes on the way to a key. Those that stand within their parents are left out, as nodes do. */
async function proofNodes(trie: MerklePatriciaTrie, key: Uint8Array): Promise<string[]> {
  const nodes = await createMerkleProof(trie, key);
  return nodes.filter((node, index) => index === 0 || node.length >= 32).map((node) => hexlify(node));
}

/** Slots that are proved in the sample: the supply of a token, a balance, and a slot that is zero. */
export const SAMPLE_SLOTS: readonly bigint[] = [2n, BigInt(derived('holder', 7)), 3n];

/** The chain of the sample: a token with 400 holders, among 2,000 accounts. */
export function sampleChain(): Promise<Chain> {
  const holders = Array.from({ length: 400 }, (_, index): [bigint, bigint] => [
    BigInt(derived('holder', index)),
    BigInt(derived('tokens', index)) >> 170n,
  ]);
  const supply = holders.reduce((sum, [, tokens]) => sum + tokens, 0n);
  return makeChain(new Map([...holders, [2n, supply]]), 2000);
}
