import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import { createOnChain } from '../../plugin/internal/on-chain.ts';
import { BYTECODE } from '../../plugin/internal/artifacts.ts';
import type { Hex, Proof, SetupInfo } from '../../plugin/types.ts';
import { verifierHash } from '../../prover/groth16/verifier-key.ts';
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
  const stored = await connection.provider.request({
    method: 'eth_getStorageAt',
    params: [consumer.address, '0x0', 'latest'],
  });
  assert.equal(BigInt(String(stored)), 1n);
  await assert.rejects(
    chain.submit(proof, { to: consumer.address, function: 'nothing' }),
    refusal(/refused by the contract/),
  );
});

test('records addresses of chains that stay, and refuses damaged records', async (t) => {
  const { hre, root } = await project(t);
  const connection = await hre.network.create();
  const chain = createOnChain(connection.provider, hre.config.zkvm, false, setup);
  const { record, gateway } = await chain.deploy();
  assert.equal(record, path.join(root, 'deployments', '31337.json'));
  const recorded = JSON.parse(await readFile(record, 'utf8'));
  assert.equal(recorded.gateway, gateway.address);
  await chain.submit(proof);
  await mkdir(path.dirname(record), { recursive: true });
  for (const bad of [
    '',
    '{}',
    JSON.stringify({ ...recorded, version: 2 }),
    JSON.stringify({ ...recorded, chainId: 1 }),
  ]) {
    await writeFile(record, bad);
    await assert.rejects(chain.deploy(), refusal(/not a deployment record/));
  }
});

test('a record of a chain that was started afresh is not trusted', async (t) => {
  const { hre } = await project(t);
  const first = createOnChain((await hre.network.create()).provider, hre.config.zkvm, false, setup);
  await first.deploy();
  const second = createOnChain((await hre.network.create()).provider, hre.config.zkvm, false, setup);
  assert.equal((await second.deploy()).gateway.reused, false);
});

test('development keys and the mock stay away from public chains', async (t) => {
  const { hre } = await project(t);
  const connection = await hre.network.create({ override: { chainId: 1 } });
  const chain = createOnChain(connection.provider, hre.config.zkvm, true, setup);
  await assert.rejects(chain.deploy(), refusal(/development setup/));
  await assert.rejects(chain.deploy({ mock: true }), refusal(/local chains only/));
  assert.equal((await chain.deploy({ allowInsecureSetup: true })).insecureSetup, true);
  await assert.rejects(chain.deployBytecode(BYTECODE.mock), refusal(/LocalChainsOnly\(received 1\)/));
});

test('mock: connection.zkvm deploys it and its proofs are routed', async (t) => {
  const { hre } = await project(t);
  const { zkvm } = await hre.network.create();
  await zkvm.deploy({ mock: true });
  await zkvm.submit({ ...proof, proof: zkvm.mockProof(VKEY, VALUES) });
  await assert.rejects(zkvm.submit({ ...proof, proof: zkvm.mockProof(VKEY, '0x') }), refusal(/InvalidProof/));
});
