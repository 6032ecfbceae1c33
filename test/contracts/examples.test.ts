/** The contracts of `rollup` and `oracle`: what they refuse although its proof is good. The mock stands for the verifier. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, test } from 'node:test';
import { AbiCoder, hexlify, id, type Contract } from 'ethers';
import { mockProof } from '../../plugin/internal/chain/mock-proof.ts';
import { execute, loadProgram, type Hex } from '../../prover/index.ts';
import { newChain, rejectsWith, send } from '../support/chain.ts';
import { atTime, chainTime, oracleConsumer, rollupConsumer, SAMPLE_MEDIAN } from '../support/consumers.ts';
import { blocksOf } from '../support/documents.ts';
import { programFile } from '../support/samples.ts';

const VKEY: Hex = `0x00${'cd'.repeat(31)}`;
const OTHER_WORD = id('another');
const REPOSITORY = new URL('../../', import.meta.url).pathname;

let chain: Awaited<ReturnType<typeof newChain>>;
let mock: string;
beforeEach(async () => {
  chain = await newChain();
  mock = await (await chain.deploy('MockZkVerifier')).getAddress();
});

/** Words of 32 bytes with one of them replaced. */
function withWord(bytes: Hex, index: number, word: string): Hex {
  const at = 2 + 64 * index;
  return `${bytes.slice(0, at)}${word.slice(2)}${bytes.slice(at + 64)}` as Hex;
}

const number = (value: bigint): string => AbiCoder.defaultAbiCoder().encode(['uint256'], [value]);

function publicValuesOf(name: string, input: readonly Uint8Array[]): string {
  const { outcome, publicValues } = execute(loadProgram(programFile(name, `${name}.elf`)!), input);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
  return hexlify(publicValues);
}

/** The page of a program shows the contract as it is. */
function assertShown(program: string, contract: string): void {
  const source = readFileSync(new URL(`../../contracts/examples/${contract}.sol`, import.meta.url), 'utf8');
  const shown = blocksOf(REPOSITORY, `programs/${program}/README.md`).filter(({ language }) => language === 'solidity');
  assert.equal(shown.length, 1);
  const essence = (text: string): string => text.replace(/\s+/g, '');
  assert.ok(
    essence(source).includes(essence(shown[0]!.text)),
    `${program}/README.md shows other code than ${contract}`,
  );
}

describe('RollupExample', () => {
  const advance = (contract: Contract, publicValues: Hex, data: string): Promise<unknown> =>
    contract.getFunction('advance').send(publicValues, mockProof(VKEY, publicValues), data);

  test('takes what the program commits for it, once', async () => {
    const { contract, input, publicValues, data, newRoot } = await rollupConsumer(chain, mock, VKEY);
    assert.equal(publicValuesOf('rollup', input), publicValues);
    const oldRoot = (await contract.getFunction('root')()) as string;
    await send(advance(contract, publicValues, data));
    assert.equal(await contract.getFunction('root')(), newRoot);
    assert.deepEqual(await rejectsWith(advance(contract, publicValues, data), contract, 'AnotherState'), [
      oldRoot,
      newRoot,
    ]);
  });

  test('refuses another domain, state or data, and values without a proof', async () => {
    const { contract, publicValues, data } = await rollupConsumer(chain, mock, VKEY);
    const root = (await contract.getFunction('root')()) as string;
    const other = await rollupConsumer(chain, mock, VKEY);
    await rejectsWith(advance(contract, other.publicValues, data), contract, 'AnotherDomain');
    await rejectsWith(advance(contract, withWord(publicValues, 1, OTHER_WORD), data), contract, 'AnotherState');
    await rejectsWith(advance(contract, publicValues, data.slice(0, -2)), contract, 'AnotherBatch');
    await rejectsWith(advance(contract, publicValues, '0x'), contract, 'AnotherBatch');
    const unproved = contract
      .getFunction('advance')
      .send(withWord(publicValues, 2, OTHER_WORD), mockProof(VKEY, publicValues), data);
    await rejectsWith(unproved, contract, 'InvalidProof');
    assert.equal(await contract.getFunction('root')(), root);
  });

  test('is what the page of the program shows', () => assertShown('rollup', 'RollupExample'));
});

describe('OracleExample', () => {
  const submit = (contract: Contract, publicValues: Hex): Promise<unknown> =>
    contract.getFunction('submitProof').send(publicValues, mockProof(VKEY, publicValues));

  test('takes what the program commits for it, from its time on for a minute, and nothing older afterwards', async () => {
    const asOf = (await chainTime(chain)) + 1000n;
    const { contract, input, publicValues } = await oracleConsumer(chain, mock, VKEY, asOf);
    assert.equal(publicValuesOf('oracle', input), publicValues);
    await atTime(chain, asOf - 1n);
    await rejectsWith(submit(contract, publicValues), contract, 'NotCurrent');
    await atTime(chain, asOf + 60n);
    await send(submit(contract, publicValues));
    assert.deepEqual(
      [await contract.getFunction('price')(), await contract.getFunction('time')()],
      [SAMPLE_MEDIAN, asOf],
    );
    const newer = (time: bigint): Hex => withWord(withWord(publicValues, 3, number(7n)), 4, number(time));
    await atTime(chain, asOf + 90n);
    await rejectsWith(submit(contract, publicValues), contract, 'NotCurrent');
    await send(submit(contract, newer(asOf + 60n)));
    assert.equal(await contract.getFunction('price')(), 7n);
    for (const time of [asOf + 60n, asOf + 59n]) await rejectsWith(submit(contract, newer(time)), contract, 'NotNewer');
  });

  test('refuses another domain, policy or pair, and values without a proof', async () => {
    const asOf = await chainTime(chain);
    const { contract, publicValues } = await oracleConsumer(chain, mock, VKEY, asOf);
    for (const [index, error] of [
      [0, 'AnotherDomain'],
      [1, 'AnotherPolicy'],
      [2, 'AnotherPair'],
    ] as const)
      await rejectsWith(submit(contract, withWord(publicValues, index, OTHER_WORD)), contract, error);
    const unproved = contract
      .getFunction('submitProof')
      .send(withWord(publicValues, 3, number(1n)), mockProof(VKEY, publicValues));
    await rejectsWith(unproved, contract, 'InvalidProof');
    assert.equal(await contract.getFunction('time')(), 0n);
  });

  test('is what the page of the program shows', () => assertShown('oracle', 'OracleExample'));
});
