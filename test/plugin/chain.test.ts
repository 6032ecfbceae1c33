import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { getAddress } from 'ethers';
import { HardhatPluginError } from 'hardhat/plugins';
import { encodeCall, GATEWAY, selectorOf } from '../../plugin/internal/chain/abi.ts';
import { checksummed } from '../../plugin/internal/chain/address.ts';
import { mockProof } from '../../plugin/internal/chain/mock-proof.ts';
import { createOnChain } from '../../plugin/internal/chain/on-chain.ts';
import { BYTECODE } from '../../plugin/internal/chain/artifacts.ts';
import type { Hex, Proof, SetupInfo } from '../../plugin/types.ts';
import { verifierHash } from '../../prover/groth16/key/verifier-key.ts';
import { digestOf, words } from '../support/chain.ts';
import { project } from '../support/project.ts';
import { toyGroth16 } from '../support/toy-groth16.ts';

const VKEY: Hex = `0x00${'12'.repeat(31)}`;
const VALUES = words(1, 2, 3) as Hex;
const toy = await toyGroth16();

const proof: Proof = {
  format: 'hardhat-zkvm-proof',
  version: 1,
  mode: 'groth16',
  vkey: VKEY,
  publicValues: VALUES,
  exitCode: 0,
  proof: toy.prove(BigInt(VKEY), digestOf(VALUES)),
  stats: { cycles: 1, seconds: {}, peakMemoryBytes: 0, securityBits: 100 },
};

const setup = async (): Promise<SetupInfo> => ({
  keyFile: '',
  keyHash: '0x',
  keyBytes: 0,
  constraints: 1,
  logDomain: 1,
  created: false,
  seconds: 0,
  verifier: toy.key,
});

const RECORD = { format: 'hardhat-zkvm-deployment', version: 1, chainId: 31337, verifiers: {} };

const refusal = (pattern: RegExp) => (error: unknown) =>
  HardhatPluginError.isHardhatPluginError(error) && pattern.test(error.message);

test('deploys, submits to gateway and verifier, and explains refusals', async (t) => {
  const { hre } = await project(t);
  const connection = await hre.network.create();
  const chain = createOnChain(connection.provider, hre.config.zkvm, true, setup);
  await assert.rejects(chain.submit(proof), refusal(/No gateway is recorded/));
  const deployment = await chain.deploy();
  assert.equal(deployment.selector, verifierHash(toy.key).slice(0, 10));
  assert.equal(deployment.record, undefined);
  const again = await chain.deploy();
  assert.equal(again.verifier.address, deployment.verifier.address);
  assert.equal(again.gateway.reused && again.verifier.reused, true);

  const viaGateway = await chain.submit(proof);
  const direct = await chain.submit(proof, { to: deployment.verifier.address });
  assert.equal(viaGateway.target, 'verifier');
  assert.ok(direct.gasUsed <= 232_000n && viaGateway.gasUsed <= 240_000n, `${direct.gasUsed} ${viaGateway.gasUsed}`);

  const changed: Hex = `0x${VALUES.slice(2, -1)}4`;
  await assert.rejects(
    chain.submit({ ...proof, publicValues: changed }),
    refusal(/refused by the contract: InvalidProof\(\)/),
  );
  await assert.rejects(
    chain.submit({ ...proof, proof: `0xdeadbeef${proof.proof.slice(10)}` }),
    refusal(/RouteNotFound\(selector 0xdeadbeef\)/),
  );
  await assert.rejects(chain.submit({ ...proof, mode: 'core' }), refusal(/--mode groth16/));
  await assert.rejects(chain.submit(proof, { to: `0x${'77'.repeat(20)}` }), refusal(/no contract/));
});

test('consumers are told through submitProof', async (t) => {
  const { hre } = await project(t);
  const connection = await hre.network.create();
  const chain = createOnChain(connection.provider, hre.config.zkvm, true, setup);
  const { gateway } = await chain.deploy();
  const { default: repository } = await import('hardhat');
  const { bytecode } = await repository.artifacts.readArtifact('FibonacciExample');
  const args: Hex = `0x${gateway.address.slice(2).padStart(64, '0')}${VKEY.slice(2)}`;
  const consumer = await chain.deployBytecode(bytecode as Hex, args);
  assert.equal((await chain.submit(proof, { to: consumer.address })).target, 'consumer');
  const stored: unknown = await connection.provider.request({
    method: 'eth_getStorageAt',
    params: [consumer.address, '0x0', 'latest'],
  });
  assert.equal(BigInt(String(stored)), 1n);
  await assert.rejects(
    chain.submit(proof, { to: consumer.address, function: 'nothing' }),
    refusal(/refused by the contract/),
  );
  await assert.rejects(
    chain.submit(proof, { to: consumer.address, function: 'submitProof(bytes,bytes)' }),
    refusal(/is not the name of a function: give the name alone/),
  );
  await assert.rejects(chain.submit({ ...proof, proof: '0x123' }), refusal(/no bytes in hex/));
});

test('development keys and the mock stay away from public chains', async (t) => {
  const { hre } = await project(t);
  const connection = await hre.network.create({ override: { chainId: 1 } });
  const simulated = createOnChain(connection.provider, hre.config.zkvm, true, setup);
  await assert.rejects(simulated.deploy(), refusal(/development setup/));
  assert.equal((await simulated.deploy({ allowInsecureSetup: true })).insecureSetup, true);
  const elsewhere = createOnChain(connection.provider, hre.config.zkvm, false, setup);
  await assert.rejects(elsewhere.deploy({ mock: true }), refusal(/exists on local chains only: .* not on chain 1 of/));
  // Its bytecode alone does not bring it there either.
  await assert.rejects(simulated.deployBytecode(BYTECODE.mock), refusal(/LocalChainsOnly\(received 1\)/));
});

test('the mock works on simulated chains of any id, and only while the simulator says so', async (t) => {
  const { hre } = await project(t);
  for (const chainId of [42161, 10, 1]) {
    const { zkvm, provider } = await hre.network.create({ override: { chainId } });
    const { verifier, gateway } = await zkvm.deploy({ mock: true });
    assert.deepEqual([verifier.gasUsed, verifier.reused], [0n, false]);
    await zkvm.submit({ ...proof, proof: zkvm.mockProof(VKEY, VALUES) });
    await assert.rejects(
      zkvm.submit({ ...proof, proof: zkvm.mockProof(VKEY, '0x') }),
      refusal(/: InvalidProof\(\)\.$/),
    );
    assert.equal((await zkvm.deploy({ mock: true })).verifier.reused, true);
    // The same code at the same address, on a chain where nobody wrote its storage from outside.
    const code: unknown = await provider.request({ method: 'eth_getCode', params: [verifier.address, 'latest'] });
    const other = await hre.network.create({ override: { chainId } });
    await other.provider.request({ method: 'hardhat_setCode', params: [verifier.address, code] });
    const direct = { to: verifier.address };
    const submission = other.zkvm.submit({ ...proof, proof: zkvm.mockProof(VKEY, VALUES) }, direct);
    await assert.rejects(submission, refusal(new RegExp(`LocalChainsOnly\\(received ${chainId}\\)`)));
    assert.notEqual(gateway.address, verifier.address);
  }
});

test('a snapshot that is restored takes the gateway with it, also where another contract follows', async (t) => {
  const { hre } = await project(t);
  const { zkvm, provider } = await hre.network.create();
  let snapshot: unknown = await provider.request({ method: 'evm_snapshot' });
  const first = await zkvm.deploy({ mock: true });
  await provider.request({ method: 'evm_revert', params: [snapshot] });
  snapshot = await provider.request({ method: 'evm_snapshot' });
  assert.deepEqual((await zkvm.deploy({ mock: true })).gateway, first.gateway);
  await provider.request({ method: 'evm_revert', params: [snapshot] });
  assert.equal((await zkvm.deployBytecode(BYTECODE.mock)).address, first.gateway.address);
  const last = await zkvm.deploy({ mock: true });
  assert.equal(last.gateway.reused, false);
  assert.notEqual(last.gateway.address, first.gateway.address);
});

test('mock proofs are made of a key and of bytes', () => {
  assert.equal(mockProof(VKEY.toUpperCase().replace('0X', '0x') as Hex, VALUES), mockProof(VKEY, VALUES));
  assert.throws(() => mockProof('0x1234', VALUES), refusal(/key is not 0x and 64 hex digits/));
  for (const values of ['0x123', 'abcd', '0xzz'] as Hex[])
    assert.throws(() => mockProof(VKEY, values), refusal(/two hex digits per byte/), values);
});

test('a refused proof is named in the errors of a simulated network itself', async (t) => {
  const { hre } = await project(t);
  const { zkvm, provider } = await hre.network.create();
  const { gateway } = await createOnChain(provider, hre.config.zkvm, true, setup).deploy();
  const call = (bytes: Hex, values = VALUES) => {
    const data = encodeCall(GATEWAY, 'verifyProof', [VKEY, values, bytes]);
    return provider.request({ method: 'eth_call', params: [{ to: gateway.address, data }, 'latest'] });
  };
  await call(proof.proof as Hex);
  await assert.rejects(call(proof.proof as Hex, '0x'), /reverted with custom error 'InvalidProof\(\)'/);
  await assert.rejects(call('0xdeadbeef'), /reverted with custom error 'RouteNotFound\(selector 0xdeadbeef\)'/);
  const mock = await zkvm.deploy({ mock: true });
  const data = encodeCall(GATEWAY, 'verifyProof', [VKEY, VALUES, zkvm.mockProof(VKEY, '0x')]);
  const direct = provider.request({ method: 'eth_call', params: [{ to: mock.verifier.address, data }, 'latest'] });
  await assert.rejects(direct, /reverted with custom error 'InvalidProof\(\)'/);
});

test('addresses have checksums, and mistyped ones are refused', async (t) => {
  const { hre } = await project(t);
  const { zkvm } = await hre.network.create();
  const { gateway, verifier, owner } = await zkvm.deploy({ mock: true });
  for (const address of [gateway.address, verifier.address, owner]) assert.equal(address, getAddress(address));
  const mock = { ...proof, proof: zkvm.mockProof(VKEY, VALUES) };
  const lower = gateway.address.toLowerCase() as Hex;
  assert.equal((await zkvm.submit(mock, { to: lower })).to, gateway.address);
  const wrong = gateway.address.replace(/[a-f]/, (digit) => digit.toUpperCase()) as Hex;
  await assert.rejects(zkvm.submit(mock, { to: wrong }), refusal(/wrong checksum/));
  await assert.rejects(zkvm.deploy({ mock: true, owner: wrong }), refusal(/wrong checksum/));
  await assert.rejects(zkvm.deploy({ mock: true, owner: '0x12' }), refusal(/expects an address/));
});

test('an owner is offered the ownership of a new gateway, and never ignored', async (t) => {
  const { hre } = await project(t);
  const { zkvm, provider } = await hre.network.create();
  const [sender, second, third] = ((await provider.request({ method: 'eth_accounts' })) as Hex[]).map(checksummed);
  assert.ok(sender !== undefined && second !== undefined && third !== undefined);
  const made = await zkvm.deploy({ mock: true, owner: second });
  assert.deepEqual([made.owner, made.pendingOwner, made.verifier.reused], [sender, second, false]);
  assert.match(made.notes.join(), new RegExp(`offered to ${second}, who takes it by calling acceptOwnership`));
  assert.equal((await zkvm.deploy({ mock: true, owner: second })).gateway.reused, true);
  await assert.rejects(zkvm.deploy({ mock: true, owner: third }), refusal(new RegExp(`another owner: ${sender}, not`)));
  await provider.request({
    method: 'eth_sendTransaction',
    params: [{ from: second, to: made.gateway.address, data: selectorOf(GATEWAY, 'acceptOwnership') }],
  });
  const taken = await zkvm.deploy({ mock: true, owner: second });
  assert.deepEqual([taken.owner, taken.pendingOwner, taken.notes], [second, undefined, []]);
  await assert.rejects(zkvm.deploy({ mock: true, owner: sender }), refusal(/another owner/));
  // Another verifier needs the owner; that is said before gas is spent on it.
  const chain = createOnChain(provider, hre.config.zkvm, false, setup);
  const file = path.join(hre.config.zkvm.deployments, '31337.json');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ ...RECORD, gateway: made.gateway.address }));
  await assert.rejects(chain.deploy(), refusal(/only its owner 0x\w+ can add one/));
});

test('a consumer of the project that refuses says why', async () => {
  const { default: repository } = await import('hardhat');
  const { zkvm } = await repository.network.create();
  const { gateway } = await zkvm.deploy({ mock: true });
  const { bytecode } = await repository.artifacts.readArtifact('FibonacciExample');
  const args: Hex = `0x${gateway.address.slice(2).padStart(64, '0')}${VKEY.slice(2)}`;
  const { address } = await zkvm.deployBytecode(bytecode as Hex, args);
  const short = words(1) as Hex;
  await assert.rejects(
    zkvm.submit({ ...proof, publicValues: short, proof: zkvm.mockProof(VKEY, short) }, { to: address }),
    refusal(/^The proof was refused by the contract: UnexpectedPublicValues\(/),
  );
});

test('mock: connection.zkvm deploys it and its proofs are routed', async (t) => {
  const { hre } = await project(t);
  const { zkvm } = await hre.network.create();
  await zkvm.deploy({ mock: true });
  await zkvm.submit({ ...proof, proof: zkvm.mockProof(VKEY, VALUES) });
  await assert.rejects(zkvm.submit({ ...proof, proof: zkvm.mockProof(VKEY, '0x') }), refusal(/InvalidProof/));
});
