import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import type { EthereumProvider } from 'hardhat/types/providers';
import { BYTECODE } from '../../plugin/internal/chain/artifacts.ts';
import { createOnChain } from '../../plugin/internal/chain/on-chain.ts';
import { mockProof } from '../../plugin/internal/chain/mock-proof.ts';
import type { Hex, Proof, SetupInfo, ZkvmConfig } from '../../plugin/types.ts';
import { project } from '../support/project.ts';
import { toyGroth16 } from '../support/toy-groth16.ts';

const VKEY: Hex = `0x00${'12'.repeat(31)}`;
const MOCK_PROOF: Proof = {
  format: 'hardhat-zkvm-proof',
  version: 1,
  mode: 'groth16',
  vkey: VKEY,
  publicValues: '0x',
  exitCode: 0,
  proof: mockProof(VKEY, '0x'),
  stats: { cycles: 1, seconds: {}, peakMemoryBytes: 0, securityBits: 100 },
};
const RECORD = { format: 'hardhat-zkvm-deployment', version: 1, chainId: 31337, verifiers: {} };

const toySetup = async (): Promise<SetupInfo> => ({
  keyFile: '',
  keyHash: '0x',
  keyBytes: 0,
  constraints: 1,
  logDomain: 1,
  created: false,
  seconds: 0,
  verifier: (await toyGroth16()).key,
});

const ORIGIN = 'http://127.0.0.1:8545';
const OTHER_ORIGIN = 'http://127.0.0.1:8546';

const refusal = (pattern: RegExp) => (error: unknown) =>
  HardhatPluginError.isHardhatPluginError(error) && pattern.test(error.message);

/** `Error(string)` with the text ESC [31mno. */
const ERROR_STRING = `0x08c379a0${'20'.padStart(64, '0')}${'7'.padStart(64, '0')}${Buffer.from('\u001b[31mno').toString('hex').padEnd(64, '0')}`;

const noSetup = (): Promise<never> => Promise.reject(new Error('the mock needs no keys'));

/** The connection of a node that is not in this process. */
function connect(provider: EthereumProvider, config: ZkvmConfig, origin: string | undefined = ORIGIN) {
  return createOnChain(provider, config, false, noSetup, origin === undefined ? {} : { origin });
}

/** A node that has no methods of development nodes. */
function plainNode(provider: EthereumProvider): EthereumProvider {
  const request: EthereumProvider['request'] = ({ method, params }) =>
    method === 'hardhat_metadata'
      ? Promise.reject(new Error('the method hardhat_metadata does not exist'))
      : provider.request({ method, ...(params === undefined ? {} : { params }) });
  return new Proxy(provider, {
    get: (target, name) => (name === 'request' ? request : (Reflect.get(target, name) as unknown)),
  });
}

async function records(config: ZkvmConfig): Promise<string[]> {
  return (await readdir(config.deployments)).toSorted();
}

async function fresh(t: TestContext, chainId = 31337) {
  const { hre } = await project(t);
  const connection = async () => (await hre.network.create({ override: { chainId } })).provider;
  return { config: hre.config.zkvm, connection };
}

test('each development node has a record of its own', async (t) => {
  const { config, connection } = await fresh(t);
  const [one, two] = [await connection(), await connection()];
  const first = await connect(one, config).deploy({ mock: true });
  const second = await connect(two, config, OTHER_ORIGIN).deploy({ mock: true });
  assert.deepEqual([first.gateway.reused, second.gateway.reused], [false, false]);
  assert.deepEqual([first.notes, second.notes], [[], []]);
  assert.match(path.basename(first.record ?? ''), /^31337-[0-9a-f]{8}\.json$/);
  assert.notEqual(first.record, second.record);
  const again = await connect(one, config).deploy({ mock: true });
  assert.deepEqual([again.gateway.reused, again.record, again.notes], [true, first.record, []]);
  const { gateway, verifiers } = JSON.parse(await readFile(first.record ?? '', 'utf8')) as {
    gateway: string;
    verifiers: Record<string, { address: string }>;
  };
  assert.equal(gateway, first.gateway.address);
  assert.equal(verifiers[first.selector]?.address, first.verifier.address);
  assert.equal((await records(config)).length, 2);
});

test('after a restart with another contract at the address, the record is set aside with a line', async (t) => {
  const { config, connection } = await fresh(t);
  const before = await connect(await connection(), config).deploy({ mock: true });
  for (const what of ['mock', 'verifier-like', 'nothing'] as const) {
    const provider = await connection();
    const now = connect(provider, config);
    if (what === 'mock') await now.deployBytecode(BYTECODE.mock);
    // A contract that answers everything with nothing: PUSH1 1, PUSH1 12, RETURN ... STOP.
    if (what === 'verifier-like') await now.deployBytecode('0x6001600c60003960016000f300');
    const after = await now.deploy({ mock: true });
    assert.equal(after.gateway.reused, false, what);
    assert.equal(after.notes.length, 1, what);
    assert.match(after.notes[0] ?? '', /31337-\w{8}\.json was of a node .* set aside as .*\.stale-\d\.json\.$/);
    await now.submit(MOCK_PROOF);
    assert.equal((await records(config)).filter((name) => !name.includes('stale')).length, 1, what);
  }
  assert.notEqual((await records(config)).length, 1);
  assert.ok(before.record !== undefined);
});

test('a snapshot from before the deployment makes the record stale', async (t) => {
  const { config, connection } = await fresh(t);
  const provider = await connection();
  const snapshot: unknown = await provider.request({ method: 'evm_snapshot' });
  const chain = connect(provider, config);
  const { record } = await chain.deploy({ mock: true });
  await provider.request({ method: 'evm_revert', params: [snapshot] });
  const again = await chain.deploy({ mock: true });
  assert.deepEqual([again.gateway.reused, again.record, again.notes.length], [false, record, 1]);
  assert.deepEqual(await records(config), [
    path.basename(record ?? ''),
    path.basename(record ?? '').replace('.json', '.stale-1.json'),
  ]);
});

test('a node that kept its chain over a restart keeps its gateway', async (t) => {
  const { config, connection } = await fresh(t);
  const provider = await connection();
  const first = await connect(provider, config).deploy({ mock: true });
  // The same chain under another name, as a node that loads its state has.
  const again = await connect(plainNode(provider), config).deploy({ mock: true });
  assert.deepEqual([again.gateway.reused, again.notes], [true, []]);
  assert.notEqual(again.record, first.record);
  // At another place it could be anybody's.
  const elsewhere = await connect(plainNode(await connection()), config, OTHER_ORIGIN).deploy({ mock: true });
  assert.equal(elsewhere.gateway.reused, false);
});

test('a fork on a development node does not touch the record of the public chain', async (t) => {
  const { config, connection } = await fresh(t, 1);
  await mkdir(config.deployments, { recursive: true });
  const file = path.join(config.deployments, '1.json');
  const text = JSON.stringify({ ...RECORD, chainId: 1, gateway: `0x${'11'.repeat(20)}` });
  await writeFile(file, text);
  const provider = await connection();
  const fork = createOnChain(provider, config, false, toySetup, { origin: ORIGIN });
  const { record, notes } = await fork.deploy({ allowInsecureSetup: true });
  assert.match(path.basename(record ?? ''), /^1-[0-9a-f]{8}\.json$/);
  assert.deepEqual(notes, []);
  assert.equal(await readFile(file, 'utf8'), text);
});

test('the record of a public chain is never given up', async (t) => {
  const { config, connection } = await fresh(t, 1);
  const provider = plainNode(await connection());
  const chain = createOnChain(provider, config, false, toySetup, { origin: 'https://rpc.example' });
  const { record, gateway } = await chain.deploy({ allowInsecureSetup: true });
  assert.equal(path.basename(record ?? ''), '1.json');
  const text = await readFile(record ?? '', 'utf8');
  // Where the node is may be secret there.
  assert.doesNotMatch(text, /example/);
  assert.equal((await chain.deploy({ allowInsecureSetup: true })).gateway.reused, true);
  const empty = createOnChain(plainNode(await connection()), config, false, toySetup);
  await assert.rejects(empty.deploy({ allowInsecureSetup: true }), refusal(/there is no contract on chain 1: check/));
  const other = createOnChain(plainNode(await connection()), config, false, toySetup);
  await other.deployBytecode('0x6001600c60003960016000f300');
  await assert.rejects(other.deploy({ allowInsecureSetup: true }), refusal(/is not a gateway of this plugin/));
  assert.equal(await readFile(record ?? '', 'utf8'), text);
  assert.deepEqual(await records(config), ['1.json']);
  assert.ok(gateway.gasUsed > 0n);
});

test('what is no record of the chain is one sentence', async (t) => {
  const { config, connection } = await fresh(t);
  const chain = connect(await connection(), config);
  const { record } = await chain.deploy({ mock: true });
  const good = JSON.parse(await readFile(record ?? '', 'utf8')) as Record<string, unknown>;
  const bad = ['', '{}', 'null', '[]', '7', '{"format":'];
  const changes = [{ version: 2 }, { chainId: 1 }, { gateway: '0x12' }, { gateway: 5 }, { verifiers: null }];
  bad.push(...changes.map((change) => JSON.stringify({ ...good, ...change })));
  bad.push(JSON.stringify({ ...good, verifiers: { '0x12345678': { address: 'x' } } }));
  bad.push(JSON.stringify({ ...good, verifiers: { '0x12345678': null } }));
  for (const text of bad) {
    await writeFile(record ?? '', text);
    await assert.rejects(
      chain.deploy({ mock: true }),
      refusal(/is not a deployment record of chain 31337; move/),
      text,
    );
    await assert.rejects(chain.submit(MOCK_PROOF), refusal(/is not a deployment record/), text);
  }
});

test('the record that all nodes shared in earlier versions is used where it holds, else set aside', async (t) => {
  const { config, connection } = await fresh(t);
  const provider = await connection();
  const { gateway, record } = await connect(provider, config).deploy({ mock: true });
  const shared = path.join(config.deployments, '31337.json');
  await writeFile(shared, JSON.stringify({ ...RECORD, gateway: gateway.address.toLowerCase() }));
  await rm(record ?? '');
  const adopted = await connect(provider, config).deploy({ mock: true });
  assert.deepEqual([adopted.gateway.reused, adopted.gateway.address], [true, gateway.address]);
  await rm(adopted.record ?? '');
  const anew = await connect(await connection(), config, OTHER_ORIGIN).deploy({ mock: true });
  assert.equal(anew.gateway.reused, false);
  assert.match(anew.notes.join(), /31337\.json was of a node .*31337\.stale-1\.json\.$/);
});

test('errors of nodes are one sentence that cannot steer the terminal', async (t) => {
  const { config, connection } = await fresh(t);
  const provider = await connection();
  const answers: readonly (readonly [unknown, RegExp])[] = [
    [new Error('\u001b[2Jupstream\nbroke\u202e'), /failed: \\u\{1b\}\[2Jupstream broke\\u\{202e\}\.$/],
    [Object.assign(new Error('x'), { data: '0x' }), /reverted without a reason/],
    [Object.assign(new Error('x'), { data: ERROR_STRING }), /was refused by the contract: "\\u\{1b\}\[31mno"\.$/],
    [Object.assign(new Error('x'), { data: `0x4e487b71${'0'.repeat(62)}11` }), /code 17 \(an overflow\)/],
    [Object.assign(new Error('x'), { data: '0x08c379a0' }), /refused by the contract: it reverted with 0x08c379a0\.$/],
    [Object.assign(new Error('x'), { data: '0xf208777e' }), /RouteNotFound/],
    ['no error at all', /failed: no error at all\.$/],
  ];
  for (const [answer, pattern] of answers) {
    const node = new Proxy(provider, {
      get: (target, name) => {
        if (name !== 'request') return Reflect.get(target, name) as unknown;
        const request: EthereumProvider['request'] = ({ method, params }) =>
          // oxlint-disable-next-line prefer-promise-reject-errors
          method === 'eth_sendTransaction'
            ? Promise.reject(answer)
            : provider.request({ method, ...(params === undefined ? {} : { params }) });
        return request;
      },
    });
    await assert.rejects(connect(node, config).deploy({ mock: true }), refusal(pattern), String(pattern));
  }
});
