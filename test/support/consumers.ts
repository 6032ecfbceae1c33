/** The contracts of `rollup` and `oracle` on a chain, with inputs for them, and what their programs must commit, by other code. */
import {
  AbiCoder,
  concat,
  hexlify,
  id,
  keccak256,
  sha256,
  solidityPacked,
  TypedDataEncoder,
  type Contract,
} from 'ethers';
import { oracleDomain, oracleInput, SAMPLE_REPORTERS, samplePrices } from '../../programs/oracle/input.ts';
import {
  rollupDomain,
  rollupInput,
  sampleBatch,
  SAMPLE_WALLETS,
  stateRoot,
  type Account,
} from '../../programs/rollup/input.ts';
import type { Hex } from '../../prover/index.ts';
import type { newChain } from './chain.ts';

type Chain = Awaited<ReturnType<typeof newChain>>;

/** A contract, an input that is signed for it, and what the program makes of it. */
export type Consumer = {
  readonly contract: Contract;
  readonly input: readonly Uint8Array[];
  readonly publicValues: Hex;
};

const CODER = AbiCoder.defaultAbiCoder();
const [ALICE, BOB, CAROL, OPERATOR] = SAMPLE_WALLETS.map(({ address }) => address) as [string, string, string, string];
const NEWCOMER = `0x${'c0'.repeat(20)}`;
const ETHER = 10n ** 18n;

/** What the sample's three transfers make of its accounts, worked out by hand. */
const AFTER_SAMPLE: readonly Account[] = [
  { address: ALICE, nonce: 5n, balance: (7n * ETHER) / 10n - 1000n },
  { address: BOB, nonce: 1n, balance: (3n * ETHER) / 10n },
  { address: CAROL, nonce: 12n, balance: 4n * ETHER - 2500n },
  { address: NEWCOMER, nonce: 0n, balance: ETHER },
  { address: OPERATOR, nonce: 0n, balance: 3507n },
];

/** The data of the sample's batch, as a contract gets them. */
const SAMPLE_DATA = concat(
  (
    [
      [ALICE, BOB, (4n * ETHER) / 10n, 1000n, 4n],
      [CAROL, NEWCOMER, ETHER, 2500n, 11n],
      [BOB, ALICE, ETHER / 10n, 0n, 0n],
    ] as const
  ).map((transfer) => solidityPacked(['address', 'address', 'uint128', 'uint128', 'uint64'], transfer)),
) as Hex;

const chainId = async ({ ethers }: Chain): Promise<bigint> => (await ethers.provider.getNetwork()).chainId;

/** `RollupExample` at the state before the sample's batch, which is signed for it. */
export async function rollupConsumer(
  chain: Chain,
  verifier: string,
  vkey: string,
): Promise<Consumer & { readonly data: Hex; readonly newRoot: Hex }> {
  const { accounts } = sampleBatch();
  const oldRoot = hexlify(stateRoot(accounts));
  const contract = await chain.deploy('RollupExample', verifier, vkey, oldRoot);
  const context = { chainId: await chainId(chain), contract: await contract.getAddress() };
  const untouched = accounts.filter(({ address }) => !AFTER_SAMPLE.some((account) => account.address === address));
  const newRoot = hexlify(stateRoot([...untouched, ...AFTER_SAMPLE])) as Hex;
  const domain = TypedDataEncoder.hashDomain(rollupDomain(context.chainId, context.contract));
  const publicValues = CODER.encode(
    ['bytes32', 'bytes32', 'bytes32', 'bytes32', 'uint32', 'address'],
    [domain, oldRoot, newRoot, sha256(SAMPLE_DATA), 3, OPERATOR],
  ) as Hex;
  return { contract, input: [rollupInput(sampleBatch(context))], publicValues, data: SAMPLE_DATA, newRoot };
}

/** The median of the sample's five prices. */
export const SAMPLE_MEDIAN = 312_744_050_000n;

/** `OracleExample` for the sample's reporters and rules, and five reports that are signed for it and a time. */
export async function oracleConsumer(chain: Chain, verifier: string, vkey: string, asOf: bigint): Promise<Consumer> {
  const reporters = SAMPLE_REPORTERS.map(({ address }) => address);
  const contract = await chain.deploy('OracleExample', verifier, vkey, 'ETH/USD', 5, 60, reporters);
  const context = { chainId: await chainId(chain), contract: await contract.getAddress(), asOf };
  const domain = TypedDataEncoder.hashDomain(oracleDomain(context.chainId, context.contract));
  const policy = keccak256(CODER.encode(['uint32', 'uint64', 'address[]'], [5, 60, reporters]));
  const publicValues = CODER.encode(
    ['bytes32', 'bytes32', 'bytes32', 'uint128', 'uint64', 'uint32'],
    [domain, policy, id('ETH/USD'), SAMPLE_MEDIAN, asOf, 5],
  ) as Hex;
  return { contract, input: [oracleInput(samplePrices(context))], publicValues };
}

/** Seconds since 1970 of the chain's last block. */
export async function chainTime({ ethers }: Chain): Promise<bigint> {
  return BigInt((await ethers.provider.getBlock('latest'))!.timestamp);
}

/** Mines the next block at a time, in seconds since 1970. */
export async function atTime({ ethers }: Chain, time: bigint): Promise<void> {
  await ethers.provider.send('evm_setNextBlockTimestamp', [Number(time)]);
}
