/** Builders of the input of `oracle`. */
import { bcs } from '@mysten/bcs';
import {
  SigningKey,
  TypedDataEncoder,
  Wallet,
  getBytes,
  type Signature,
  type TypedDataDomain,
  type TypedDataField,
} from 'ethers';

const Report = bcs.struct('Report', {
  reporter: bcs.u32(),
  price: bcs.u128(),
  time: bcs.u64(),
  publicKey: bcs.byteVector(),
  rs: bcs.byteVector(),
});

const Address = bcs.fixedArray(20, bcs.u8());

const Input = bcs.struct('Input', {
  policy: bcs.struct('Policy', { threshold: bcs.u32(), maxAge: bcs.u64(), reporters: bcs.vector(Address) }),
  chainId: bcs.u64(),
  contract: Address,
  pair: bcs.string(),
  asOf: bcs.u64(),
  reports: bcs.vector(Report),
});

/** The typed data that a reporter signs: `wallet.signTypedData(oracleDomain(...), REPORT_TYPES, { pair, price, time })`. */
export const REPORT_TYPES: Record<string, TypedDataField[]> = {
  Report: [
    { name: 'pair', type: 'string' },
    { name: 'price', type: 'uint128' },
    { name: 'time', type: 'uint64' },
  ],
};

/** The signing domain of a contract. */
export function oracleDomain(chainId: bigint, contract: string): TypedDataDomain {
  return { name: 'hardhat-zkvm oracle', version: '1', chainId, verifyingContract: contract };
}

export type SignedPrice = {
  /** Position in the list of reporters. */
  readonly reporter: number;
  readonly price: bigint;
  /** Seconds since 1970. */
  readonly time: bigint;
  readonly signature: Signature;
};

export type OracleInput = {
  /** Addresses in ascending order. */
  readonly policy: { readonly threshold: number; readonly maxAge: bigint; readonly reporters: readonly string[] };
  readonly chainId: bigint;
  readonly contract: string;
  readonly pair: string;
  readonly asOf: bigint;
  /** In the order of the reporters. */
  readonly reports: readonly SignedPrice[];
};

/** The input item. */
export function oracleInput(input: OracleInput): Uint8Array {
  const domain = oracleDomain(input.chainId, input.contract);
  const address = (text: string): number[] => [...getBytes(text)];
  return Input.serialize({
    ...input,
    contract: address(input.contract),
    policy: { ...input.policy, reporters: input.policy.reporters.map(address) },
    reports: input.reports.map(({ reporter, price, time, signature }) => {
      const hash = TypedDataEncoder.hash(domain, REPORT_TYPES, { pair: input.pair, price, time });
      return {
        reporter,
        price,
        time,
        publicKey: getBytes(SigningKey.recoverPublicKey(hash, signature)).subarray(1),
        rs: getBytes(signature.r + signature.s.slice(2)),
      };
    }),
  }).toBytes();
}

/** Seven reporters with keys that everybody knows, in the order of their addresses. For samples and tests only. */
export const SAMPLE_REPORTERS: readonly Wallet[] = Array.from(
  { length: 7 },
  (_, index) => new Wallet(`0x${String(index + 1).repeat(64)}`),
).sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));

/** A report as a reporter of the sample signs it. */
export function signPrice(
  reporter: number,
  price: bigint,
  time: bigint,
  context: Pick<OracleInput, 'chainId' | 'contract' | 'pair'>,
): SignedPrice {
  const domain = oracleDomain(context.chainId, context.contract);
  const hash = TypedDataEncoder.hash(domain, REPORT_TYPES, { pair: context.pair, price, time });
  return { reporter, price, time, signature: SAMPLE_REPORTERS[reporter]!.signingKey.sign(hash) };
}

/** For which contract and time the sample is: a contract of nobody, on a chain that everybody has. */
const SAMPLE_CONTEXT = { chainId: 31337n, contract: `0x${'5f'.repeat(20)}`, asOf: 1_767_225_600n };

/** Five of the seven reporters of the sample, prices with eight decimal places. For the sample's contract and time, or for others. */
export function samplePrices({
  chainId,
  contract,
  asOf,
}: Pick<OracleInput, 'chainId' | 'contract' | 'asOf'> = SAMPLE_CONTEXT): OracleInput {
  const context = { chainId, contract, pair: 'ETH/USD' };
  const prices: [reporter: number, price: bigint, age: bigint][] = [
    [0, 312_744_050_000n, 4n],
    [1, 312_731_000_000n, 11n],
    [3, 312_750_120_000n, 0n],
    [4, 299_000_000_000n, 58n],
    [6, 312_748_990_000n, 23n],
  ];
  return {
    ...context,
    policy: { threshold: 5, maxAge: 60n, reporters: SAMPLE_REPORTERS.map(({ address }) => address) },
    asOf,
    reports: prices.map(([reporter, price, age]) => signPrice(reporter, price, asOf - age, context)),
  };
}

/** The input in sample.bin. */
export function sampleInput(): Uint8Array[] {
  return [oracleInput(samplePrices())];
}
