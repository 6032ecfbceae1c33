/**
 * Programs of several shards on a chain: Groth16 proofs of three transfers (`rollup`) and of five reports (`oracle`), accepted by
 * contracts that believe them through gateway and verifier, and refused for anything else. Five minutes a proof.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Contract } from 'ethers';
import { createProver, loadProgram, type Program, type Proof, type Prover } from '../../prover/index.ts';
import { rejectsWith, send } from '../support/chain.ts';
import { atTime, chainTime, oracleConsumer, rollupConsumer, SAMPLE_MEDIAN } from '../support/consumers.ts';
import { realChain, refusesForgeries } from '../support/real-chain.ts';
import { programFile } from '../support/samples.ts';

const load = (name: string): Program => loadProgram(programFile(name, `${name}.elf`)!);

describe('programs of several shards, on chain', () => {
  const stages: string[] = [];
  let chain: Awaited<ReturnType<typeof realChain>>;
  let prover: Prover;
  let rollup: { readonly consumer: Awaited<ReturnType<typeof rollupConsumer>>; readonly proof: Proof };
  let oracle: { readonly consumer: Awaited<ReturnType<typeof oracleConsumer>>; readonly proof: Proof };
  let asOf: bigint;

  before(async () => {
    chain = await realChain();
    prover = await createProver({
      onProgress: ({ stage, status }) => {
        if (status === 'done' && stage !== 'setup') stages.push(stage);
      },
    });
  });
  after(() => prover.close());

  const vkeyOf = async (name: string): Promise<string> => (await prover.programKey(load(name))).vkey;

  async function prove(name: string, input: readonly Uint8Array[]): Promise<Proof> {
    stages.length = 0;
    const start = performance.now();
    const proof = await prover.prove(load(name), input, { mode: 'groth16' });
    console.log(`${name}: ${proof.stats.cycles} cycles, ${((performance.now() - start) / 1000).toFixed(0)} s`);
    console.log(JSON.stringify(proof.stats));
    return proof;
  }

  /** How often each stage ran for the last proof. */
  const count = (): Record<string, number> =>
    Object.fromEntries([...new Set(stages)].map((stage) => [stage, stages.filter((one) => one === stage).length]));

  const THREE_SHARDS = { execute: 1, core: 3, lift: 3, join: 2, finish: 1, wrap: 1, groth16: 1, verify: 1 };

  it('three transfers are proved, and the contract of the rollup goes to the state after them', async () => {
    const gateway = await chain.gateway.getAddress();
    const consumer = await rollupConsumer(chain, gateway, await vkeyOf('rollup'));
    const proof = await prove('rollup', consumer.input);
    rollup = { consumer, proof };
    assert.deepEqual(count(), THREE_SHARDS);
    assert.deepEqual([proof.publicValues, proof.exitCode], [consumer.publicValues, 0]);
    const { contract, data, newRoot } = consumer;
    const advance = (to: Contract): Promise<unknown> =>
      to.getFunction('advance').send(proof.publicValues, proof.proof, data);
    // The same batch, and a contract for which it is not signed.
    const other = await rollupConsumer(chain, gateway, await vkeyOf('rollup'));
    await rejectsWith(advance(other.contract), contract, 'AnotherDomain');
    const { gasUsed } = await send(advance(contract));
    assert.equal(await contract.getFunction('root')(), newRoot);
    await rejectsWith(advance(contract), contract, 'AnotherState');
    console.log(`rollup: gas ${gasUsed}`);
  });

  it('five reports are proved, and the contract of the oracle has their median', async () => {
    // The proof is there before its time has come, however long it takes.
    asOf = (await chainTime(chain)) + 36_000n;
    const consumer = await oracleConsumer(chain, await chain.gateway.getAddress(), await vkeyOf('oracle'), asOf);
    const proof = await prove('oracle', consumer.input);
    oracle = { consumer, proof };
    assert.deepEqual(count(), THREE_SHARDS);
    assert.deepEqual([proof.publicValues, proof.exitCode], [consumer.publicValues, 0]);
    const { contract } = consumer;
    const target = (await contract.getAddress()) as `0x${string}`;
    await rejectsWith(
      contract.getFunction('submitProof').send(proof.publicValues, proof.proof),
      contract,
      'NotCurrent',
    );
    await atTime(chain, asOf + 30n);
    const { target: kind, gasUsed } = await chain.zkvm.submit(proof, { to: target });
    assert.equal(kind, 'consumer');
    assert.deepEqual(
      [await contract.getFunction('price')(), await contract.getFunction('time')()],
      [SAMPLE_MEDIAN, asOf],
    );
    await rejectsWith(contract.getFunction('submitProof').send(proof.publicValues, proof.proof), contract, 'NotNewer');
    console.log(`oracle: gas ${gasUsed}`);
  });

  it('the chain refuses other public values, another key, a changed proof and that of the other program', async () => {
    const { contract } = rollup.consumer;
    const root = (await contract.getFunction('root')()) as string;
    await refusesForgeries(chain, rollup.proof, oracle.proof, contract, (publicValues, proofBytes) =>
      contract.getFunction('advance').send(publicValues, proofBytes, rollup.consumer.data),
    );
    assert.equal(await contract.getFunction('root')(), root);
    const prices = oracle.consumer.contract;
    await refusesForgeries(chain, oracle.proof, rollup.proof, prices, (publicValues, proofBytes) =>
      prices.getFunction('submitProof').send(publicValues, proofBytes),
    );
    assert.equal(await prices.getFunction('time')(), asOf);
    // A contract that believes the other program.
    const gateway = await chain.gateway.getAddress();
    const believes = await oracleConsumer(chain, gateway, rollup.proof.vkey, asOf);
    const { publicValues, proof } = oracle.proof;
    await rejectsWith(
      believes.contract.getFunction('submitProof').send(publicValues, proof),
      believes.contract,
      'InvalidProof',
    );
  });
});
