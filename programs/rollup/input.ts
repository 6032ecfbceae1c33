/** Builders of the input of `rollup`. */
import { bcs, type BcsType } from '@mysten/bcs';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import {
  SigningKey,
  TypedDataEncoder,
  Wallet,
  computeAddress,
  getBytes,
  toBeHex,
  type Signature,
  type TypedDataDomain,
  type TypedDataField,
} from 'ethers';

export type Account = {
  readonly address: string;
  readonly nonce: bigint;
  /** Below 2^128. */
  readonly balance: bigint;
};

export type SignedTransfer = {
  readonly to: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly nonce: bigint;
  readonly signature: Signature;
};

export type Batch = {
  readonly chainId: bigint;
  readonly contract: string;
  /** Who gets the fees. */
  readonly operator: string;
  /** All accounts of the state before. */
  readonly accounts: readonly Account[];
  readonly transfers: readonly SignedTransfer[];
};

/** A tree of which only a part is known, as in src/state.rs. */
export type Tree =
  | { readonly Empty: true }
  | { readonly Hidden: Uint8Array }
  | { readonly Account: { readonly address: Uint8Array; readonly nonce: bigint; readonly balance: bigint } }
  | { readonly Branch: readonly [Tree, Tree] };

const Address = bcs.bytes(20);
const TreeType: BcsType<unknown, Tree> = bcs
  .enum('Tree', {
    Empty: null,
    Hidden: bcs.bytes(32),
    Account: bcs.struct('Account', { address: Address, nonce: bcs.u64(), balance: bcs.u128() }),
    Branch: bcs.lazy(() => bcs.tuple([TreeType, TreeType])),
  })
  .transform<unknown, Tree>({ input: (tree) => tree });

const Input = bcs.struct('Input', {
  chainId: bcs.u64(),
  contract: Address,
  operator: Address,
  state: TreeType,
  transfers: bcs.vector(
    bcs.struct('Transfer', {
      to: Address,
      amount: bcs.u128(),
      fee: bcs.u128(),
      nonce: bcs.u64(),
      publicKey: bcs.byteVector(),
      rs: bcs.byteVector(),
    }),
  ),
});

/** The typed data that a sender signs: `wallet.signTypedData(rollupDomain(...), TRANSFER_TYPES, { to, amount, fee, nonce })`. */
export const TRANSFER_TYPES: Record<string, TypedDataField[]> = {
  Transfer: [
    { name: 'to', type: 'address' },
    { name: 'amount', type: 'uint128' },
    { name: 'fee', type: 'uint128' },
    { name: 'nonce', type: 'uint64' },
  ],
};

/** The signing domain of a contract. */
export function rollupDomain(chainId: bigint, contract: string): TypedDataDomain {
  return { name: 'hardhat-zkvm rollup', version: '1', chainId, verifyingContract: contract };
}

/** What the sender of a transfer signs. */
export function transferHash(
  context: Pick<Batch, 'chainId' | 'contract'>,
  { to, amount, fee, nonce }: Omit<SignedTransfer, 'signature'>,
): string {
  const domain = rollupDomain(context.chainId, context.contract);
  return TypedDataEncoder.hash(domain, TRANSFER_TYPES, { to, amount, fee, nonce });
}

/** The input item. Of the accounts it shows those that the batch needs. */
export function rollupInput(batch: Batch): Uint8Array {
  const keys = batch.transfers.map((transfer) =>
    SigningKey.recoverPublicKey(transferHash(batch, transfer), transfer.signature),
  );
  const addresses = [...keys.map(computeAddress), ...batch.transfers.map(({ to }) => to)];
  if (batch.transfers.some(({ fee }) => fee > 0n)) addresses.push(batch.operator);
  return encodeInput(batch, stateTree(batch.accounts, addresses), keys);
}

/** The input item with a given tree and given public keys of the senders (65 bytes, the first of them 4). */
export function encodeInput(batch: Batch, state: Tree, publicKeys: readonly string[]): Uint8Array {
  return Input.serialize({
    chainId: batch.chainId,
    contract: getBytes(batch.contract),
    operator: getBytes(batch.operator),
    state,
    transfers: batch.transfers.map(({ to, amount, fee, nonce, signature }, index) => ({
      to: getBytes(to),
      amount,
      fee,
      nonce,
      publicKey: getBytes(publicKeys[index]!).subarray(1),
      rs: getBytes(signature.r + signature.s.slice(2)),
    })),
  }).toBytes();
}

type Keyed = { readonly key: Uint8Array; readonly account: Account };

const keyOf = (address: string): Uint8Array => sha256(getBytes(address));

const bitOf = (key: Uint8Array, depth: number): number => (key[depth >> 3]! >> (7 - (depth & 7))) & 1;

/** The tree of these accounts, of which it shows what it takes to find or add the given addresses. */
export function stateTree(accounts: readonly Account[], shown: readonly string[]): Tree {
  const keyed = accounts.map((account) => ({ key: keyOf(account.address), account }));
  return subtree(keyed, shown.map(keyOf), 0);
}

/** The root of the tree of these accounts, 32 bytes. */
export function stateRoot(accounts: readonly Account[]): Uint8Array {
  return rootOf(stateTree(accounts, []));
}

function subtree(accounts: readonly Keyed[], shown: readonly Uint8Array[], depth: number): Tree {
  const [first] = accounts;
  if (first === undefined) return { Empty: true };
  const { address, nonce, balance } = first.account;
  const half = (bit: number): Tree =>
    subtree(
      accounts.filter(({ key }) => bitOf(key, depth) === bit),
      shown.filter((key) => bitOf(key, depth) === bit),
      depth + 1,
    );
  const tree: Tree =
    accounts.length === 1
      ? { Account: { address: getBytes(address), nonce, balance } }
      : { Branch: [half(0), half(1)] };
  return shown.length > 0 ? tree : { Hidden: rootOf(tree) };
}

function rootOf(tree: Tree): Uint8Array {
  if ('Empty' in tree) return new Uint8Array(32);
  if ('Hidden' in tree) return tree.Hidden;
  if ('Branch' in tree) return sha256(concatBytes(Uint8Array.of(1), ...tree.Branch.map(rootOf)));
  const { address, nonce, balance } = tree.Account;
  return sha256(concatBytes(Uint8Array.of(0), address, getBytes(toBeHex(nonce, 8)), getBytes(toBeHex(balance, 16))));
}

/** People with keys that everybody knows. For samples and tests only. */
export const SAMPLE_WALLETS: readonly Wallet[] = Array.from(
  { length: 4 },
  (_, index) => new Wallet(`0x${String(index + 1).repeat(64)}`),
);

/** A transfer as one of the sample's people signs it. */
export function signTransfer(
  sender: number,
  transfer: Omit<SignedTransfer, 'signature'>,
  context: Pick<Batch, 'chainId' | 'contract'>,
): SignedTransfer {
  return { ...transfer, signature: SAMPLE_WALLETS[sender]!.signingKey.sign(transferHash(context, transfer)) };
}

/** Three transfers among 60 accounts: to an account, to a new one, and back. */
export function sampleBatch(): Batch {
  const context = { chainId: 31337n, contract: `0x${'5f'.repeat(20)}` };
  const [alice, bob, carol, operator] = SAMPLE_WALLETS.map(({ address }) => address) as [
    string,
    string,
    string,
    string,
  ];
  const others = Array.from({ length: 56 }, (_, index) => ({
    address: `0x${toBeHex(BigInt(index + 1) * 0x9e3779b97f4a7c15n, 20).slice(2)}`,
    nonce: BigInt(index % 20),
    balance: BigInt(index) * 10n ** 15n,
  }));
  return {
    ...context,
    operator,
    accounts: [
      { address: alice, nonce: 4n, balance: 10n ** 18n },
      { address: bob, nonce: 0n, balance: 0n },
      { address: carol, nonce: 11n, balance: 5n * 10n ** 18n },
      { address: operator, nonce: 0n, balance: 7n },
      ...others,
    ],
    transfers: [
      signTransfer(0, { to: bob, amount: 4n * 10n ** 17n, fee: 1000n, nonce: 4n }, context),
      signTransfer(2, { to: `0x${'c0'.repeat(20)}`, amount: 10n ** 18n, fee: 2500n, nonce: 11n }, context),
      signTransfer(1, { to: alice, amount: 10n ** 17n, fee: 0n, nonce: 0n }, context),
    ],
  };
}

/** One transfer without a fee: a batch that fits in one proof. Its item is in single.bin. */
export function singleBatch(): Batch {
  const batch = sampleBatch();
  const [transfer] = batch.transfers;
  return { ...batch, transfers: [signTransfer(0, { ...transfer!, fee: 0n }, batch)] };
}

/** The input in sample.bin. */
export function sampleInput(): Uint8Array[] {
  return [rollupInput(sampleBatch())];
}
