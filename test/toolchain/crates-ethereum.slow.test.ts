/** alloy and reth in guests: headers, transactions of every type and whole blocks, against ethers and ethereumjs. */
import { createBlockHeader } from '@ethereumjs/block';
import type { BlockHeader } from '@ethereumjs/block';
import { Common, Hardfork, Mainnet } from '@ethereumjs/common';
import { MerklePatriciaTrie } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { AbiCoder, Interface, Transaction, Wallet, getBytes, hexlify, keccak256 } from 'ethers';
import type { TransactionLike } from 'ethers';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildCrate, panic, succeed } from '../support/crates.ts';
import { rustOrSkip } from '../support/rust.ts';

const CODER = AbiCoder.defaultAbiCoder();
const ERC20 = new Interface(['function transfer(address to, uint256 amount) returns (bool)']);
const TO = '0x00000000000000000000000000000000deadbeef';
const wallets = [1, 2, 3, 4, 5, 6].map((key) => new Wallet(`0x${String(key).padStart(64, '0')}`));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** One transaction of each type, signed by ethers, the i-th by the i-th wallet. Some move tokens, one creates a contract. */
function transactions(): Transaction[] {
  const data = ERC20.encodeFunctionData('transfer', [TO, 2n ** 200n + 7n]);
  const fees = { maxFeePerGas: 30n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n };
  const common = { chainId: 1, nonce: 9, gasLimit: 900_000n, to: TO, value: 10n ** 18n };
  const access = [{ address: TO, storageKeys: [hexlify(filled(1)), hexlify(filled(2))] }];
  const authorization = wallets[1]!.authorizeSync({ address: TO, nonce: 3, chainId: 1 });
  const all: TransactionLike<string>[] = [
    { ...common, type: 0, gasPrice: 30n * 10n ** 9n, data },
    { ...common, type: 0, chainId: 0, gasPrice: 30n * 10n ** 9n, to: null, data: '0x6001600255' },
    { ...common, type: 1, gasPrice: 30n * 10n ** 9n, accessList: access },
    { ...common, type: 2, ...fees, accessList: access, data, value: 0n },
    { ...common, type: 3, ...fees, maxFeePerBlobGas: 5n, blobVersionedHashes: [`0x01${'ab'.repeat(31)}`] },
    { ...common, type: 4, ...fees, authorizationList: [authorization], data },
  ];
  return all.map((like, i) => {
    const transaction = Transaction.from(like);
    transaction.signature = wallets[i]!.signingKey.sign(transaction.unsignedHash);
    return transaction;
  });
}

function makeHeader(hardfork: string, fields: Parameters<typeof createBlockHeader>[0] = {}): BlockHeader {
  const common = new Common({ chain: Mainnet, hardfork });
  const isLater = (fork: string): boolean => common.gteHardfork(fork);
  return createBlockHeader(
    {
      parentHash: filled(3),
      stateRoot: filled(4),
      receiptTrie: filled(5),
      number: 23_000_000n,
      gasLimit: 45_000_000n,
      gasUsed: 21_234_567n,
      timestamp: 1_750_000_000n,
      extraData: utf8('hardhat-zkvm'),
      baseFeePerGas: 1_234_567_890n,
      ...(isLater(Hardfork.Shanghai) ? { withdrawalsRoot: filled(6) } : {}),
      ...(isLater(Hardfork.Cancun)
        ? { blobGasUsed: 131_072n, excessBlobGas: 0n, parentBeaconBlockRoot: filled(7) }
        : {}),
      ...(isLater(Hardfork.Prague) ? { requestsHash: filled(8) } : {}),
      ...fields,
    },
    { common },
  );
}

/** The root of a trie that maps each index to an encoding. */
async function rootOf(encodings: readonly Uint8Array[]): Promise<Uint8Array> {
  const trie = new MerklePatriciaTrie();
  for (const [i, encoding] of encodings.entries()) await trie.put(RLP.encode(i), encoding);
  return trie.root();
}

/** A block of these transactions with two withdrawals, whose header has their roots. */
async function makeBlock(signed: readonly Transaction[], change: Record<string, Uint8Array> = {}) {
  const withdrawals = [7, 8].map((index) => [index, index + 100, getBytes(TO), Uint8Array.of(1, index, 0, 0)]);
  const header = makeHeader(Hardfork.Prague, {
    transactionsTrie: await rootOf(signed.map(({ serialized }) => getBytes(serialized))),
    withdrawalsRoot: await rootOf(withdrawals.map((withdrawal) => RLP.encode(withdrawal))),
    ...change,
  });
  const list = signed.map(({ type, serialized }) => (type === 0 ? RLP.decode(serialized) : getBytes(serialized)));
  return { hash: header.hash(), bytes: RLP.encode([header.raw(), list, [], withdrawals]) };
}

it('alloy decodes and hashes headers of several forks as ethereumjs does', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const { program } = await buildCrate('alloy');
  for (const fork of [Hardfork.London, Hardfork.Shanghai, Hardfork.Cancun, Hardfork.Prague]) {
    const header = makeHeader(fork);
    const bytes = header.serialize();
    const { publicValues, cycles } = succeed(program, [utf8('header'), bytes]);
    const values = CODER.decode(['uint64', 'bytes32', 'bytes32', 'bytes32', 'uint256'], publicValues).toArray();
    const burnt = 1_234_567_890n * 21_234_567n;
    assert.deepEqual(
      values,
      [23_000_000n, hexlify(header.hash()), hexlify(filled(4)), hexlify(filled(3)), burnt],
      fork,
    );
    t.diagnostic(`${fork}: ${cycles} cycles`);
    panic(program, [utf8('header'), bytes.slice(0, -1)], /a header: InputTooShort/);
  }
});

it('alloy decodes transactions of every type, and recovers who signed them', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const { program } = await buildCrate('alloy');
  const types = ['uint8', 'bytes32', 'address', 'uint64', 'uint64', 'address', 'uint256'];
  for (const [i, transaction] of transactions().entries()) {
    const { publicValues, cycles } = succeed(program, [utf8('transaction'), getBytes(transaction.serialized)]);
    const call = transaction.data.startsWith('0xa9059cbb')
      ? ERC20.decodeFunctionData('transfer', transaction.data)
      : undefined;
    const expected = [
      transaction.type,
      transaction.hash,
      wallets[i]!.address,
      9,
      transaction.chainId,
      call?.[0] ?? `0x${'00'.repeat(20)}`,
      call?.[1] ?? 0n,
    ];
    assert.equal(hexlify(publicValues), CODER.encode(types, expected), `type ${transaction.type}`);
    t.diagnostic(`type ${transaction.type}: ${cycles} cycles`);
  }
  // An s above half of the curve's order: not a signature of Ethereum's.
  const [legacy] = transactions();
  const fields = RLP.decode(legacy!.serialized) as Uint8Array[];
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  fields[8] = getBytes(`0x${(order - BigInt(hexlify(fields[8]!))).toString(16)}`);
  panic(program, [utf8('transaction'), RLP.encode(fields)], /a signature/);
});

it("reth's types seal a block, check its roots and recover all senders", async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const { program } = await buildCrate('reth');
  const signed = transactions();
  const { hash, bytes } = await makeBlock(signed);
  const { publicValues, cycles } = succeed(program, [bytes]);
  t.diagnostic(`${cycles} cycles for ${signed.length} transactions`);
  const empty = keccak256('0x80');
  // Nonce, balance in wei, root of the storage, hash of the code: of an account with the first withdrawal's gwei.
  const balance = BigInt(0x01070000) * 10n ** 9n;
  const account = RLP.encode([0, balance, getBytes(empty), getBytes(keccak256('0x'))]);
  const expected = [hexlify(hash), 23_000_000, bytes.length, wallets.map(({ address }) => address), account];
  assert.equal(hexlify(publicValues), CODER.encode(['bytes32', 'uint64', 'uint64', 'address[]', 'bytes'], expected));
  const wrong = await makeBlock(signed, { transactionsTrie: filled(9) });
  panic(program, [wrong.bytes], /the root of the transactions/);
});
