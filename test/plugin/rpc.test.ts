/** Waiting for a transaction ends: in a block, dropped, after a time, or at Ctrl-C. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import type { EthereumProvider } from 'hardhat/types/providers';
import { Rpc } from '../../plugin/internal/chain/rpc.ts';

const HASH = `0x${'ab'.repeat(32)}`;
const RECEIPT = { status: '0x1', gasUsed: '0x5208', contractAddress: null, transactionHash: HASH };

const refusal = (pattern: RegExp) => (error: unknown) =>
  HardhatPluginError.isHardhatPluginError(error) && pattern.test(error.message);

/** A node that answers as it is told: values, or functions of the number of the call. */
function node(answers: Readonly<Record<string, unknown>>) {
  const calls = new Map<string, number>();
  const request = async ({ method }: { method: string }): Promise<unknown> => {
    const count = calls.get(method) ?? 0;
    calls.set(method, count + 1);
    const answer = { eth_accounts: [`0x${'11'.repeat(20)}`], eth_sendTransaction: HASH, ...answers }[method];
    return typeof answer === 'function' ? (answer as (count: number) => unknown)(count) : answer;
  };
  const patience = { pollMilliseconds: 1, mostMilliseconds: 200 };
  return { rpc: new Rpc({ request } as unknown as EthereumProvider, undefined, patience), calls };
}

const send = (rpc: Rpc, signal?: AbortSignal) => rpc.send('The proof', { data: '0x' }, signal);

test('a receipt that comes late is waited for', async () => {
  const { rpc, calls } = node({
    eth_getTransactionReceipt: (count: number) => (count < 5 ? null : RECEIPT),
    eth_getTransactionByHash: {},
  });
  assert.equal((await send(rpc)).gasUsed, '0x5208');
  assert.equal(calls.get('eth_getTransactionReceipt'), 6);
});

test('a transaction that never comes into a block ends with a sentence, and so does one that the node dropped', async () => {
  const never = { eth_getTransactionReceipt: null };
  await assert.rejects(
    send(node({ ...never, eth_getTransactionByHash: {} }).rpc),
    refusal(/^The proof is in no block yet: transaction 0x(?:ab)+ was sent and may still come into one\.$/),
  );
  await assert.rejects(
    send(node({ ...never, eth_getTransactionByHash: null }).rpc),
    refusal(/the node has dropped transaction 0x(?:ab)+/),
  );
});

test('a transaction that is unknown for a moment is not given up', async () => {
  const { rpc } = node({
    eth_getTransactionReceipt: (count: number) => (count < 30 ? null : RECEIPT),
    eth_getTransactionByHash: (count: number) => (count % 15 === 14 ? {} : null),
  });
  assert.equal((await send(rpc)).status, '0x1');
});

test('an interruption ends the wait at once, wherever it is', async () => {
  const hang = (): Promise<never> => new Promise(() => undefined);
  const cases = [
    [{ eth_sendTransaction: hang }, /^Interrupted while a transaction was sent/],
    [{ eth_getTransactionReceipt: hang }, /^Interrupted; transaction 0x(?:ab)+ was sent/],
    [{ eth_getTransactionReceipt: null, eth_getTransactionByHash: {} }, /^Interrupted; transaction 0x(?:ab)+ was sent/],
  ] as const;
  for (const [answers, words] of cases) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const start = performance.now();
    await assert.rejects(send(node(answers).rpc, controller.signal), refusal(words));
    assert.ok(performance.now() - start < 5000);
  }
  const aborted = AbortSignal.abort();
  const { rpc, calls } = node({});
  await assert.rejects(send(rpc, aborted), { name: 'AbortError' });
  assert.equal(calls.get('eth_sendTransaction'), undefined);
});

test('answers that are no receipts are refused', async () => {
  for (const answer of [1, 'receipt', {}, { ...RECEIPT, gasUsed: undefined }, { ...RECEIPT, status: 1 }])
    await assert.rejects(send(node({ eth_getTransactionReceipt: answer }).rpc), refusal(/receipt of transaction/));
  const reverted = node({ eth_getTransactionReceipt: { ...RECEIPT, status: '0x0' } });
  await assert.rejects(send(reverted.rpc), refusal(/was refused by the contract in transaction/));
});
