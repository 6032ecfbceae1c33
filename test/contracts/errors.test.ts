/** Errors by name: what a tool needs to show them ships with the interfaces. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { expect } from 'chai';
import { Contract, Interface, type InterfaceAbi } from 'ethers';
import consumerArtifact from '../../plugin/artifacts/IZkConsumer.json' with { type: 'json' };
import interfaceArtifact from '../../plugin/artifacts/IZkVerifier.json' with { type: 'json' };
import gatewayArtifact from '../../plugin/artifacts/ZkVerifierGateway.json' with { type: 'json' };
import mockArtifact from '../../plugin/artifacts/MockZkVerifier.json' with { type: 'json' };
import verifierArtifact from '../../plugin/artifacts/ZkVerifier.json' with { type: 'json' };
import { mockProof } from '../../plugin/internal/chain/mock-proof.ts';
import type { Hex } from '../../plugin/types.ts';
import { newChain, send, words } from '../support/chain.ts';

/** Every error of `verifyProof`. A change of these selectors breaks whoever matches them. */
const SELECTORS: Readonly<Record<string, string>> = {
  'CoordinateNotInField(uint256,uint256)': '0xdfe2eeb9',
  'GatewayIsStopped()': '0xc4eba20d',
  'InsufficientGas(uint256,uint256)': '0x23e228cb',
  'InvalidProof()': '0x09bde339',
  'InvalidProofLength(uint256,uint256)': '0x301b70fa',
  'LocalChainsOnly(uint256)': '0xec969a7e',
  'ProofTooShort(uint256,uint256)': '0xf381c27c',
  'PublicInputNotInField(uint256,uint256)': '0x420fcb39',
  'RouteIsFrozen(bytes4)': '0xebf10823',
  'RouteNotFound(bytes4)': '0xf208777e',
  'VerifierFailed(address)': '0xa69a023d',
  'VerifierHasNoCode(address)': '0xb3136e47',
  'WrongVerifierSelector(bytes4,bytes4)': '0x988066a1',
};

/** Errors of constructors and of the owner's functions, which no consumer sees. */
const OTHER = [
  'GatewayIsNotStopped()',
  'InvalidVerifyingKey()',
  'RouteAlreadyExists(address)',
  'SelectorCannotBeZero()',
  'Unauthorized(address,address)',
];

function errorsOf({ abi }: { readonly abi: unknown }): Map<string, string> {
  const found = new Map<string, string>();
  new Interface(abi as InterfaceAbi).forEachError((error) => found.set(error.format('sighash'), error.selector));
  return found;
}

test('the interface declares every error of verifyProof, with the selectors it always had', () => {
  const declared = errorsOf(interfaceArtifact);
  assert.deepEqual(Object.fromEntries(declared), SELECTORS);
  assert.deepEqual(errorsOf(consumerArtifact), declared);
  const thrown = new Set(
    [verifierArtifact, gatewayArtifact, mockArtifact].flatMap((artifact) => [...errorsOf(artifact).keys()]),
  );
  assert.deepEqual([...thrown].filter((error) => !declared.has(error)).sort(), OTHER);
});

const VKEY: Hex = `0x00${'cd'.repeat(31)}`;
const VALUES = words(10, 34, 55) as Hex;
let chain: Awaited<ReturnType<typeof newChain>>;
let gateway: Contract;
let consumer: Contract;

beforeEach(async () => {
  chain = await newChain();
  const deployment = await chain.connection.zkvm.deploy({ mock: true });
  // As a user of the package has it: an address and the interface's ABI.
  gateway = new Contract(deployment.gateway.address, interfaceArtifact.abi, chain.signers[0]);
  consumer = await chain.deploy('FibonacciExample', deployment.gateway.address, VKEY);
});

test('revertedWithCustomError works on a consumer and on a gateway with the ABI of the interface', async () => {
  const proof = mockProof(VKEY, VALUES);
  const other = words(10, 34, 56);
  const verify = gateway.getFunction('verifyProof');
  const submit = consumer.getFunction('submitProof');
  await expect(submit(other, proof)).to.be.revertedWithCustomError(consumer, 'InvalidProof');
  await expect(submit(other, proof)).to.be.revertedWithCustomError(gateway, 'InvalidProof');
  await expect(verify(VKEY, other, proof)).to.be.revertedWithCustomError(gateway, 'InvalidProof');
  await expect(verify(VKEY, VALUES, '0x123456'))
    .to.be.revertedWithCustomError(gateway, 'ProofTooShort')
    .withArgs(3, 4);
  await expect(submit(VALUES, `0xdeadbeef${proof.slice(10)}`))
    .to.be.revertedWithCustomError(consumer, 'RouteNotFound')
    .withArgs('0xdeadbeef');
  await expect(verify(VKEY, VALUES, proof.slice(0, -2)))
    .to.be.revertedWithCustomError(gateway, 'InvalidProofLength')
    .withArgs(259, 260);
  await expect(submit(VALUES, proof)).to.emit(consumer, 'FibonacciProved').withArgs(10, 34, 55);
});

test('a frozen route and a stopped gateway are told by name too', async () => {
  const proof = mockProof(VKEY, VALUES);
  const address = await gateway.getAddress();
  const owner = new Contract(address, gatewayArtifact.abi, chain.signers[0]);
  await send(owner.getFunction('freezeRoute')(proof.slice(0, 10)));
  const verify = gateway.getFunction('verifyProof');
  await expect(verify(VKEY, VALUES, proof))
    .to.be.revertedWithCustomError(gateway, 'RouteIsFrozen')
    .withArgs(proof.slice(0, 10));
  await send(owner.getFunction('stop')());
  await expect(verify(VKEY, VALUES, proof)).to.be.revertedWithCustomError(gateway, 'GatewayIsStopped');
});
