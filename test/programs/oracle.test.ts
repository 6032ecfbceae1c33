/** The program `oracle` against ethers and a median in TypeScript, and on reports that must not count. */
import { AbiCoder, Signature, TypedDataEncoder, Wallet, hexlify, id, keccak256, toBeHex } from 'ethers';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import {
  REPORT_TYPES,
  oracleDomain,
  oracleInput,
  SAMPLE_REPORTERS,
  samplePrices,
  signPrice,
  type OracleInput,
  type SignedPrice,
} from '../../programs/oracle/input.ts';
import { programFile } from '../support/samples.ts';

const PROGRAM = loadProgram(programFile('oracle', 'oracle.elf')!);
const CODER = AbiCoder.defaultAbiCoder();
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const SAMPLE = samplePrices();
const { asOf } = SAMPLE;

function run(item: Uint8Array): Execution {
  return execute(PROGRAM, [item], { cycleLimit: 200_000_000 });
}

function refuse(message: RegExp, item: Uint8Array): void {
  const { outcome, stderr, publicValues } = run(item);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
  assert.match(new TextDecoder().decode(stderr), message);
  assert.equal(publicValues.length, 0);
}

/** The program must give this median, and what ethers computes for the rest. */
function agree(input: OracleInput, median: bigint): void {
  const { outcome, stderr, publicValues } = run(oracleInput(input));
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(stderr));
  const { threshold, maxAge, reporters } = input.policy;
  const policy = keccak256(CODER.encode(['uint32', 'uint64', 'address[]'], [threshold, maxAge, reporters]));
  const domain = TypedDataEncoder.hashDomain(oracleDomain(input.chainId, input.contract));
  assert.equal(
    hexlify(publicValues),
    CODER.encode(
      ['bytes32', 'bytes32', 'bytes32', 'uint128', 'uint64', 'uint32'],
      [domain, policy, id(input.pair), median, input.asOf, input.reports.length],
    ),
  );
}

/** The sample with other reports, each a reporter, a price and an age, and another threshold. */
function withReports(threshold: number, ...reports: [reporter: number, price: bigint, age?: bigint][]): OracleInput {
  return {
    ...SAMPLE,
    policy: { ...SAMPLE.policy, threshold },
    reports: reports.map(([reporter, price, age = 0n]) => signPrice(reporter, price, asOf - age, SAMPLE)),
  };
}

/** The sample's first report alone, with the bytes of its public key, r or s replaced. */
function forged(replaced: { key?: string; r?: string; s?: string }): Uint8Array {
  const input = { ...SAMPLE, policy: { ...SAMPLE.policy, threshold: 1 }, reports: SAMPLE.reports.slice(0, 1) };
  const item = oracleInput(input);
  const { signature } = SAMPLE.reports[0]!;
  const replace = (from: string, to: string = from): void => {
    const at = Buffer.from(item).indexOf(Buffer.from(from, 'hex'));
    assert.ok(at > 0);
    item.set(Buffer.from(to, 'hex'), at);
  };
  replace(SAMPLE_REPORTERS[0]!.signingKey.publicKey.slice(4), replaced.key);
  replace(signature.r.slice(2), replaced.r);
  replace(signature.s.slice(2), replaced.s);
  return item;
}

describe('oracle', () => {
  it('gives the median of the sample, which one outlier does not move', () => {
    agree(SAMPLE, 312_744_050_000n);
  });

  it('takes what a wallet signs by signTypedData', async () => {
    const domain = oracleDomain(SAMPLE.chainId, SAMPLE.contract);
    const report = { pair: SAMPLE.pair, price: 5n, time: asOf };
    const signed = await SAMPLE_REPORTERS[2]!.signTypedData(domain, REPORT_TYPES, report);
    const input = withReports(1);
    agree({ ...input, reports: [{ reporter: 2, price: 5n, time: asOf, signature: Signature.from(signed) }] }, 5n);
  });

  it('takes the mean of the two in the middle, rounded down, without overflow', () => {
    agree(withReports(2, [0, 9n], [1, 4n]), 6n);
    agree(withReports(4, [0, 100n], [2, 1n], [4, 7n], [6, 9n]), 8n);
    agree(withReports(1, [5, 2n ** 128n - 1n], [6, 2n ** 128n - 2n]), 2n ** 128n - 2n);
    agree(withReports(1, [3, 0n]), 0n);
  });

  it('accepts all seven reporters, and a report as old as the limit', () => {
    const prices = [3n, 1n, 4n, 1n, 5n, 9n, 2n];
    agree(withReports(5, ...prices.map((price, i): [number, bigint, bigint] => [i, price, 10n * BigInt(i)])), 3n);
  });

  it('refuses too few reports and a threshold of zero', () => {
    refuse(/2 reports, fewer than the threshold of 3/, oracleInput(withReports(3, [0, 1n], [1, 1n])));
    refuse(/0 reports, fewer than the threshold of 1/, oracleInput(withReports(1)));
    refuse(/the threshold is zero/, oracleInput(withReports(0)));
  });

  it('refuses a reporter who is counted twice, by position or by address', () => {
    refuse(/reporter 1 reports twice/, oracleInput(withReports(2, [1, 5n], [1, 5n])));
    refuse(/reporter 1 reports twice/, oracleInput(withReports(2, [1, 5n], [1, 6n, 1n])));
    refuse(/the report of reporter 0 comes after that of 1/, oracleInput(withReports(2, [1, 5n], [0, 5n], [1, 6n])));
    const [first, second] = SAMPLE.policy.reporters as [string, string];
    const two = withReports(2, [0, 5n], [1, 5n]);
    const reports = [two.reports[0]!, { ...signPrice(0, 9n, asOf, SAMPLE), reporter: 1 }];
    for (const reporters of [
      [first, first],
      [second, first],
    ]) {
      const item = oracleInput({ ...two, policy: { ...two.policy, reporters }, reports });
      refuse(/the reporters are not in ascending order, each once/, item);
    }
  });

  it('refuses reports from the future and reports that are too old', () => {
    refuse(/the report of reporter 2 is from the future/, oracleInput(withReports(1, [2, 5n, -1n])));
    refuse(/the report of reporter 2 is too old/, oracleInput(withReports(1, [2, 5n, 61n])));
    refuse(/the report of reporter 2 is too old/, oracleInput(withReports(1, [2, 5n, asOf])));
  });

  it('refuses who is no reporter, and reports in the name of another', () => {
    const one = withReports(1, [6, 5n]);
    const reporters = SAMPLE.policy.reporters.slice(0, 6);
    refuse(/there is no reporter 6/, oracleInput({ ...one, policy: { ...one.policy, reporters } }));
    refuse(
      /the report of reporter 0 is not signed by them/,
      oracleInput({ ...one, reports: [{ ...one.reports[0]!, reporter: 0 }] }),
    );
    const stranger = new Wallet(`0x${'ab'.repeat(32)}`);
    const hash = TypedDataEncoder.hash(oracleDomain(SAMPLE.chainId, SAMPLE.contract), REPORT_TYPES, {
      pair: SAMPLE.pair,
      price: 5n,
      time: asOf,
    });
    const reports = [{ reporter: 6, price: 5n, time: asOf, signature: stranger.signingKey.sign(hash) }];
    refuse(/the report of reporter 6 is not signed by them/, oracleInput({ ...one, reports }));
  });

  it('refuses a signature for another price, time, pair, chain or contract', () => {
    const one = withReports(1, [0, 5n]);
    const report = one.reports[0]!;
    const other = /the report of reporter 0 is not signed by them/;
    const withReport = (changed: Partial<SignedPrice>): Uint8Array =>
      oracleInput({ ...one, reports: [{ ...report, ...changed }] });
    refuse(other, withReport({ price: 6n }));
    refuse(other, withReport({ time: asOf - 1n }));
    refuse(other, oracleInput({ ...one, pair: 'BTC/USD' }));
    refuse(other, oracleInput({ ...one, chainId: 1n }));
    refuse(other, oracleInput({ ...one, contract: `0x${'60'.repeat(20)}` }));
  });

  it('refuses the same when the item names the key that signed', () => {
    // Above, oracleInput recovers a key of nobody from the wrong text. Here the key is the reporter's.
    const { price, time } = SAMPLE.reports[0]!;
    const signed = [
      signPrice(0, price + 1n, time, SAMPLE),
      signPrice(0, price, time + 1n, SAMPLE),
      signPrice(0, price, time, { ...SAMPLE, pair: 'ETH/USDC' }),
      signPrice(0, price, time, { ...SAMPLE, chainId: 1n }),
      signPrice(0, price, time, { ...SAMPLE, contract: `0x${'60'.repeat(20)}` }),
    ];
    for (const { signature } of signed) {
      const item = forged({ r: signature.r.slice(2), s: signature.s.slice(2) });
      refuse(/the report of reporter 0 is not signed by them/, item);
    }
  });

  it('refuses the second signature of a report, numbers out of range and keys off the curve', () => {
    const other = /the report of reporter 0 is not signed by them/;
    const word = (value: bigint): string => toBeHex(value, 32).slice(2);
    assert.deepEqual(run(forged({})).outcome, { kind: 'halt', exitCode: 0 });
    refuse(other, forged({ s: word(ORDER - BigInt(SAMPLE.reports[0]!.signature.s)) }));
    for (const number of [word(0n), word(ORDER), 'ff'.repeat(32)]) {
      refuse(other, forged({ r: number }));
      refuse(other, forged({ s: number }));
    }
    const key = SAMPLE_REPORTERS[0]!.signingKey.publicKey.slice(4);
    refuse(other, forged({ key: key.slice(64) + key.slice(0, 64) }));
    refuse(other, forged({ key: '00'.repeat(64) }));
  });

  it('refuses items that are no input', () => {
    const item = oracleInput(SAMPLE);
    refuse(/is no oracle::Input: /, item.subarray(0, -1));
    refuse(/is no oracle::Input: remaining input/, Uint8Array.of(...item, 0));
  });
});
