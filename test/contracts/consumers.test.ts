import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Contract } from 'ethers';
import { mockProof } from '../../plugin/internal/chain/mock-proof.ts';
import type { Hex } from '../../prover/api.ts';
import { keyArgument, newChain, rejectsWith, send, words, digestOf } from '../support/chain.ts';
import { toyGroth16 } from '../support/toy-groth16.ts';

const VKEY: Hex = `0x00${'cd'.repeat(31)}`;
const VALUES = words(10, 34, 55) as Hex;
let chain: Awaited<ReturnType<typeof newChain>>;
let gateway: Contract;
let mock: Contract;

beforeEach(async () => {
  chain = await newChain();
  gateway = await chain.deploy('ZkVerifierGateway', chain.signers[0].address);
  mock = await chain.deploy('MockZkVerifier');
  await send(gateway.getFunction('addRoute')(await mock.getAddress()));
});

test('the mock is routed like the real verifier and refuses what the mock proof does not name', async () => {
  const verify = (vkey: string, values: string, proof: string) =>
    gateway.getFunction('verifyProof').staticCall(vkey, values, proof);
  const proof = mockProof(VKEY, VALUES);
  await verify(VKEY, VALUES, proof);
  await rejectsWith(verify(`0x00${'ce'.repeat(31)}`, VALUES, proof), mock, 'InvalidProof');
  await rejectsWith(verify(VKEY, words(10, 34, 56), proof), mock, 'InvalidProof');
  await rejectsWith(verify(VKEY, VALUES, `${proof.slice(0, -1)}1`), mock, 'InvalidProof');
  await rejectsWith(verify(VKEY, VALUES, proof.slice(0, -2)), mock, 'InvalidProofLength');
});

test('the mock cannot be deployed on a public chain', async () => {
  const { default: hre } = await import('hardhat');
  const connection = await hre.network.create({ override: { chainId: 1 } });
  await rejectsWith(connection.ethers.deployContract('MockZkVerifier'), mock, 'LocalChainsOnly');
});

test('consumers store what a proof told them, and nothing when it is refused', async () => {
  const toy = await toyGroth16();
  const real = await chain.deploy('ZkVerifier', keyArgument(toy.key));
  await send(gateway.getFunction('addRoute')(await real.getAddress()));
  const fibonacci = await chain.deploy('FibonacciExample', await gateway.getAddress(), VKEY);
  const proof = toy.prove(BigInt(VKEY), digestOf(VALUES));
  await rejectsWith(fibonacci.getFunction('submitProof')(words(10, 34, 56), proof), real, 'InvalidProof');
  await rejectsWith(fibonacci.getFunction('submitProof')(words(10, 34), proof), fibonacci, 'UnexpectedPublicValues');
  assert.equal(await fibonacci.getFunction('n')(), 0n);
  await send(fibonacci.getFunction('submitProof')(VALUES, proof));
  assert.equal(await fibonacci.getFunction('n')(), 10n);
  assert.equal(await fibonacci.getFunction('previous')(), 34n);
  assert.equal(await fibonacci.getFunction('current')(), 55n);

  const sum = await chain.deploy('SumExample', await real.getAddress(), VKEY);
  await send(sum.getFunction('submitProof')(VALUES, proof));
  assert.equal(await sum.getFunction('count')(), 1n);
  assert.equal(await sum.getFunction('publicValues')(), VALUES);
});
