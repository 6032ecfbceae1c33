import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Contract } from 'ethers';
import { ZeroAddress } from 'ethers';
import { digestOf, keyArgument, newChain, rejectsWith, send, words } from '../support/chain.ts';
import { toyGroth16 } from '../support/toy-groth16.ts';

const PUBLIC_VALUES = words(10, 34, 55);
const VKEY = `0x00${'ab'.repeat(31)}`;
const toy = await toyGroth16();
const proof = toy.prove(BigInt(VKEY), digestOf(PUBLIC_VALUES));
const selector = proof.slice(0, 10);

let chain: Awaited<ReturnType<typeof newChain>>;
let gateway: Contract;
let verifier: Contract;

const call = (name: string, ...args: unknown[]) => send(gateway.getFunction(name)(...args));
const as = (index: 0 | 1 | 2) => gateway.connect(chain.signers[index]) as Contract;
const verify = (bytes: string = proof, values = PUBLIC_VALUES) =>
  gateway.getFunction('verifyProof').staticCall(VKEY, values, bytes);

beforeEach(async () => {
  chain = await newChain();
  gateway = await chain.deploy('ZkVerifierGateway', chain.signers[0].address);
  verifier = await chain.deploy('ZkVerifier', keyArgument(toy.key));
  await call('addRoute', await verifier.getAddress());
});

test('routes good proofs and passes errors of the verifier on', async () => {
  await verify();
  await rejectsWith(verify(proof, words(1)), verifier, 'InvalidProof');
  await rejectsWith(verify(proof.slice(0, -2)), verifier, 'InvalidProofLength');
  const route = (await gateway.getFunction('routes')(selector)) as { verifier: string; frozen: boolean };
  assert.equal(route.verifier, await verifier.getAddress());
  assert.equal(route.frozen, false);
});

test('proofs without a route and without a selector have named errors', async () => {
  const unknown = `0xdeadbeef${proof.slice(10)}`;
  assert.deepEqual(await rejectsWith(verify(unknown), gateway, 'RouteNotFound'), ['0xdeadbeef']);
  for (const short of ['0x', '0x12', '0x123456'])
    assert.deepEqual(await rejectsWith(verify(short), gateway, 'ProofTooShort'), [BigInt(short.length / 2 - 1), 4n]);
});

test('a frozen route stays frozen and its selector is never used again', async () => {
  await call('freezeRoute', selector);
  await rejectsWith(verify(), gateway, 'RouteIsFrozen');
  await rejectsWith(call('freezeRoute', selector), gateway, 'RouteIsFrozen');
  const twin = await chain.deploy('ZkVerifier', keyArgument(toy.key));
  await rejectsWith(call('addRoute', await twin.getAddress()), gateway, 'RouteAlreadyExists');
  await rejectsWith(call('freezeRoute', '0x01020304'), gateway, 'RouteNotFound');
});

test('two versions live side by side', async () => {
  const second = await toyGroth16(77n);
  const other = await chain.deploy('ZkVerifier', keyArgument(second.key));
  await call('addRoute', await other.getAddress());
  await verify(second.prove(BigInt(VKEY), digestOf(PUBLIC_VALUES)));
  await verify();
  // A proof under the selector of the other version is refused by that version.
  await rejectsWith(verify(second.prove(0n, 0n).slice(0, 10) + proof.slice(10)), other, 'InvalidProof');
});

test('only contracts with a hash can be added', async () => {
  await rejectsWith(call('addRoute', chain.signers[1].address), gateway, 'VerifierHasNoCode');
  await assert.rejects(call('addRoute', await gateway.getAddress()), /function selector was not recognized/);
});

test('only the owner adds, freezes, resumes and names a guardian', async () => {
  const stranger = as(1);
  const address = await verifier.getAddress();
  for (const [name, ...args] of [
    ['addRoute', address],
    ['freezeRoute', selector],
    ['setGuardian', address],
    ['transferOwnership', address],
    ['renounceOwnership'],
    ['resume'],
    ['stop'],
  ] as const)
    await rejectsWith(stranger.getFunction(name)(...args), gateway, 'Unauthorized');
});

test('stop refuses everything until resume; the guardian may stop but not resume', async () => {
  await call('setGuardian', chain.signers[1].address);
  await send(as(1).getFunction('stop')());
  await rejectsWith(verify(), gateway, 'GatewayIsStopped');
  await rejectsWith(as(1).getFunction('resume')(), gateway, 'Unauthorized');
  await rejectsWith(call('renounceOwnership'), gateway, 'GatewayIsStopped');
  await call('resume');
  await verify();
  await rejectsWith(call('resume'), gateway, 'GatewayIsNotStopped');
});

test('ownership moves in two steps, and an offer can be taken back', async () => {
  await call('transferOwnership', chain.signers[1].address);
  assert.equal(await gateway.getFunction('owner')(), chain.signers[0].address);
  await rejectsWith(as(2).getFunction('acceptOwnership')(), gateway, 'Unauthorized');
  await call('transferOwnership', ZeroAddress);
  await rejectsWith(as(1).getFunction('acceptOwnership')(), gateway, 'Unauthorized');
  await call('transferOwnership', chain.signers[1].address);
  await send(as(1).getFunction('acceptOwnership')());
  assert.equal(await gateway.getFunction('owner')(), chain.signers[1].address);
  await rejectsWith(call('freezeRoute', selector), gateway, 'Unauthorized');
});

test('renouncing keeps routes and takes the guardian away', async () => {
  await call('setGuardian', chain.signers[1].address);
  await call('renounceOwnership');
  await verify();
  await rejectsWith(as(1).getFunction('stop')(), gateway, 'Unauthorized');
  await rejectsWith(call('addRoute', await verifier.getAddress()), gateway, 'Unauthorized');
});

test('whole transactions stay inside the gas budget', async () => {
  const direct = await send(verifier.getFunction('verifyProof').send(VKEY, PUBLIC_VALUES, proof));
  const routed = await send(gateway.getFunction('verifyProof').send(VKEY, PUBLIC_VALUES, proof));
  assert.ok(direct.gasUsed <= 232_000n, `direct ${direct.gasUsed}`);
  assert.ok(routed.gasUsed <= 240_000n, `gateway ${routed.gasUsed}`);
  console.log(`gas: direct ${direct.gasUsed}, gateway ${routed.gasUsed}`);
});

test('large public values get enough gas through the gateway', async () => {
  const values = `0x${'a5'.repeat(100_000)}`;
  await verify(toy.prove(BigInt(VKEY), digestOf(values)), values);
});

test('a verifier that burns gas cannot take more than its share', async () => {
  const burner = await chain.deploy('GasBurner');
  await call('addRoute', await burner.getAddress());
  const data = gateway.interface.encodeFunctionData('verifyProof', [
    VKEY,
    PUBLIC_VALUES,
    `0x0badf00d${proof.slice(10)}`,
  ]);
  await chain.signers[0]
    .sendTransaction({ to: await gateway.getAddress(), data, gasLimit: 16_000_000n })
    .catch(() => null);
  const block = await chain.ethers.provider.getBlock('latest');
  const receipt = await chain.ethers.provider.getTransactionReceipt(String(block?.transactions[0]));
  assert.equal(receipt?.status, 0);
  assert.ok(receipt.gasUsed < 450_000n, `${receipt.gasUsed}`);
  await rejectsWith(
    gateway.getFunction('verifyProof').staticCall(VKEY, PUBLIC_VALUES, `0x0badf00d${proof.slice(10)}`),
    gateway,
    'VerifierFailed',
  );
});

test('starving the gateway of gas never reports a wrong proof', async () => {
  const names = new Set<string>();
  for (let gas = 40_000n; gas <= 280_000n; gas += 5_000n) {
    try {
      await gateway.getFunction('verifyProof').staticCall(VKEY, PUBLIC_VALUES, proof, { gasLimit: gas });
      names.add('accepted');
    } catch (error) {
      const data = (error as { data?: string }).data ?? '0x';
      names.add((gateway.interface.parseError(data) ?? verifier.interface.parseError(data))?.name ?? 'out of gas');
    }
  }
  assert.ok(names.has('accepted') && names.has('InsufficientGas') && !names.has('InvalidProof'), [...names].join());
});
