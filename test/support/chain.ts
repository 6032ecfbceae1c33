/** Contracts on an in-process chain, for tests: deployment, gas, and the names of custom errors. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { AbiCoder } from 'ethers';
import type { BaseContract, Contract, ContractTransactionResponse, Interface, TransactionReceipt } from 'ethers';
import hre from 'hardhat';
import type { VerifierKey } from '../../prover/api.ts';

/** A new chain of its own with default accounts. */
export async function newChain() {
  const connection = await hre.network.create();
  const signers = await connection.ethers.getSigners();
  const [first, second, third] = signers;
  assert.ok(first && second && third);
  const deploy = async (name: string, ...args: unknown[]): Promise<Contract> => {
    const contract = await connection.ethers.deployContract(name, args);
    await contract.waitForDeployment();
    return contract as unknown as Contract;
  };
  return { connection, ethers: connection.ethers, signers: [first, second, third] as const, deploy };
}

/** The constructor argument of `ZkVerifier` as ethers wants it. */
export function keyArgument(key: VerifierKey): unknown[] {
  return [key.alpha, key.beta, key.gamma, key.delta, key.ic.flat(), key.controlRoot, key.insecureSetup];
}

/** sha256 with its three top bits cleared, as contracts compute it. */
export function digestOf(publicValues: string): bigint {
  const hash = createHash('sha256')
    .update(Buffer.from(publicValues.slice(2), 'hex'))
    .digest('hex');
  return BigInt(`0x${hash}`) & ((1n << 253n) - 1n);
}

/** ABI encoding of unsigned words. */
export function words(...values: (bigint | number)[]): string {
  return AbiCoder.defaultAbiCoder().encode(
    values.map(() => 'uint256'),
    values,
  );
}

function revertData(error: unknown): string | undefined {
  for (let at = error as { data?: unknown; cause?: unknown } | undefined; at; at = at.cause as typeof at) {
    if (typeof at.data === 'string') return at.data;
    const inner = at.data as { data?: unknown } | undefined;
    if (typeof inner?.data === 'string') return inner.data;
  }
  return undefined;
}

/** Asserts that a call reverts with the named custom error of `contract`, and returns its arguments. */
export async function rejectsWith(promise: Promise<unknown>, contract: BaseContract, name: string): Promise<unknown[]> {
  let caught: unknown;
  try {
    await promise;
  } catch (error) {
    caught = error;
  }
  assert.ok(caught !== undefined, `expected ${name}, got success`);
  const data = revertData(caught);
  assert.ok(
    data !== undefined,
    `expected ${name}, got ${caught instanceof Error ? caught.message : JSON.stringify(caught)}`,
  );
  const parsed = (contract.interface as Interface).parseError(data);
  assert.equal(parsed?.name ?? data, name);
  return [...((parsed?.args ?? []) as readonly unknown[])];
}

/** Sends a transaction that must succeed; `response` is what a contract's function gives, which ethers does not type. */
export async function send(response: Promise<unknown>): Promise<TransactionReceipt> {
  const receipt = await ((await response) as ContractTransactionResponse).wait();
  assert.ok(receipt !== null && receipt.status === 1);
  return receipt;
}
