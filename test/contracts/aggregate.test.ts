/** `AggregateVerifier` and a contract that relies on it, against the TypeScript tree. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ContractFactory, keccak256, sha256, type Contract } from 'ethers';
import { mockProof } from '../../plugin/internal/chain/mock-proof.ts';
import type { Hex } from '../../prover/api.ts';
import { aggregateTree, leafOf, type AggregatePath } from '../../prover/proofs/aggregate.ts';
import type { ProvedStatement } from '../../prover/vm/syscalls/chain.ts';
import { keyArgument, newChain, rejectsWith, send, words, digestOf } from '../support/chain.ts';
import { blocksOf } from '../support/documents.ts';
import { compile } from '../support/solidity.ts';
import { toyGroth16 } from '../support/toy-groth16.ts';

const AGGREGATE: Hex = `0x00${'a9'.repeat(31)}`;
const FIBONACCI: Hex = `0x00${'f1'.repeat(31)}`;
const REPOSITORY = new URL('../../', import.meta.url).pathname;
const ZERO: Hex = `0x${'00'.repeat(32)}`;
let chain: Awaited<ReturnType<typeof newChain>>;
let mock: Contract;
let aggregates: Contract;

/** The public values of fibonacci, in which n tells them apart. */
const values = (n: number): Hex => words(n, 10 * n, 11 * n) as Hex;
const statement = (n: number, vkey = FIBONACCI): ProvedStatement => ({
  vkey,
  publicDigest: sha256(values(n)) as Hex,
});
const statements = (count: number): ProvedStatement[] =>
  Array.from({ length: count }, (_, n) => statement(n, n % 3 === 2 ? `0x00${'c0'.repeat(31)}` : FIBONACCI));
const publicValues = (root: Hex, count: number | bigint): Hex => `${root}${words(count).slice(2)}` as Hex;

const submit = (data: Hex, vkey = AGGREGATE): Promise<unknown> =>
  aggregates.getFunction('submitProof').send(data, mockProof(vkey, data));

/** Puts a tree over statements into the contract. */
async function accept(list: readonly ProvedStatement[]): Promise<readonly AggregatePath[]> {
  const { root, paths } = aggregateTree(list);
  await send(submit(publicValues(root, list.length)));
  return paths;
}

const isProven = ({ vkey, publicDigest }: ProvedStatement, path: AggregatePath): Promise<boolean> =>
  aggregates.getFunction('isProven').staticCall(vkey, publicDigest, path) as Promise<boolean>;

beforeEach(async () => {
  chain = await newChain();
  const gateway = await chain.deploy('ZkVerifierGateway', chain.signers[0].address);
  mock = await chain.deploy('MockZkVerifier');
  await send(gateway.getFunction('addRoute')(await mock.getAddress()));
  aggregates = await chain.deploy('AggregateVerifier', await gateway.getAddress(), AGGREGATE);
});

test('every statement of a tree of any size is proven, and no other one, and none before its proof', async () => {
  for (let count = 1; count <= 17; count++) {
    const list = statements(count).map((one) => ({
      ...one,
      publicDigest: keccak256(`${one.publicDigest}${count.toString(16).padStart(2, '0')}`) as Hex,
    }));
    const { paths } = aggregateTree(list);
    assert.equal(await isProven(list[0]!, paths[0]!), false);
    await accept(list);
    for (const [i, path] of paths.entries()) {
      const one = list[i]!;
      assert.ok(await isProven(one, path), `${i} of ${count}`);
      assert.ok(!(await isProven({ ...one, vkey: AGGREGATE }, path)));
      assert.ok(!(await isProven({ ...one, publicDigest: ZERO }, path)));
      const other = (i + 1) % count;
      if (other !== i) assert.ok(!(await isProven(one, paths[other]!)), `${i} at ${other} of ${count}`);
    }
  }
});

test('a path is refused that is too short or long, has another side or sibling, or bits beyond its siblings', async () => {
  const list = statements(7);
  const paths = await accept(list);
  for (const [i, path] of paths.entries()) {
    const { sides, siblings } = path;
    const one = list[i]!;
    const wrong: readonly AggregatePath[] = [
      { sides, siblings: siblings.slice(1) },
      { sides: Math.floor(sides / 2), siblings: siblings.slice(1) },
      { sides: sides % 2 ** (siblings.length - 1), siblings: siblings.slice(0, -1) },
      { sides, siblings: [...siblings, ZERO] },
      { sides, siblings: [leafOf(one), ...siblings] },
      { sides: sides + 2 ** siblings.length, siblings },
      ...siblings.map((_, at) => ({ sides: sides ^ (1 << at), siblings })),
      ...siblings.map((sibling, at) => ({ sides, siblings: siblings.with(at, keccak256(sibling) as Hex) })),
      { sides: 0, siblings: [] },
      { sides: 0, siblings: Array.from({ length: 300 }, () => ZERO) },
    ];
    for (const [k, bad] of wrong.entries()) assert.ok(!(await isProven(one, bad)), `${i}, ${k}`);
    assert.ok(await isProven(one, path));
  }
});

test('a node cannot be read as a leaf, nor a leaf as a node over leaves of its prover', async () => {
  // A program may commit any digest: one whose key and digest are two halves of a node is a leaf, and not that node.
  const inner = statements(2);
  const [left, right] = inner.map(leafOf) as [Hex, Hex];
  const disguised: ProvedStatement = { vkey: left, publicDigest: right };
  const list = [disguised, statement(5)];
  const [path] = (await accept(list)) as [AggregatePath, AggregatePath];
  assert.ok(await isProven(disguised, path));
  // Under it nothing is proven: the path that would go on from the node to its leaf.
  assert.ok(!(await isProven(inner[0]!, { sides: 2 * path.sides, siblings: [right, ...path.siblings] })));
  assert.ok(!(await isProven(inner[1]!, { sides: 2 * path.sides + 1, siblings: [left, ...path.siblings] })));

  // And a true node is no leaf: its two halves as key and digest lead elsewhere.
  const four = statements(4).map((one) => ({ ...one, vkey: `0x00${'44'.repeat(31)}` as Hex }));
  const paths = await accept(four);
  const node: ProvedStatement = { vkey: leafOf(four[0]!), publicDigest: leafOf(four[1]!) };
  const { sides, siblings } = paths[0]!;
  assert.ok(!(await isProven(node, { sides: Math.floor(sides / 2), siblings: siblings.slice(1) })));
});

test('a proof is accepted once, by anyone, and of the aggregating program alone', async () => {
  const { root } = aggregateTree(statements(3));
  const data = publicValues(root, 3);
  assert.equal(await aggregates.getFunction('acceptedAt')(root), 0n);
  await rejectsWith(submit(data, FIBONACCI), mock, 'InvalidProof');
  await rejectsWith(
    aggregates.getFunction('submitProof').send(data, mockProof(AGGREGATE, publicValues(root, 4))),
    mock,
    'InvalidProof',
  );
  assert.equal(await aggregates.getFunction('acceptedAt')(root), 0n);
  const stranger = aggregates.connect(chain.signers[2]) as Contract;
  const receipt = await send(stranger.getFunction('submitProof').send(data, mockProof(AGGREGATE, data)));
  const event = receipt.logs.map((log) => aggregates.interface.parseLog(log)).find((log) => log !== null);
  assert.deepEqual([event?.name, ...(event?.args ?? [])], ['AggregateAccepted', root, 3n]);
  const block = await chain.ethers.provider.getBlock(receipt.blockNumber);
  assert.equal(await aggregates.getFunction('acceptedAt')(root), BigInt(block?.timestamp ?? 0));
  assert.deepEqual(await rejectsWith(submit(data), aggregates, 'AlreadyAccepted'), [root]);
});

test('malformed public values are refused before the proof is looked at', async () => {
  const root = aggregateTree(statements(3)).root;
  for (const bad of ['0x', root, `${publicValues(root, 3)}00`, publicValues(root, 3).slice(0, -2)] as const) {
    const expected = [BigInt((bad.length - 2) / 2), 64n];
    assert.deepEqual(await rejectsWith(submit(bad as Hex), aggregates, 'UnexpectedPublicValues'), expected);
  }
  await rejectsWith(submit(publicValues(root, 0)), aggregates, 'EmptyAggregate');
  const address = await aggregates.getAddress();
  await rejectsWith(chain.deploy('AggregateVerifier', address, ZERO), aggregates, 'ProgramKeyCannotBeZero');
});

test('a consumer learns from an accepted aggregate what its own program proved', async () => {
  const consumer = await chain.deploy('AggregatedFibonacciExample', await aggregates.getAddress(), FIBONACCI);
  const list = [statement(10), statement(11, AGGREGATE), statement(12)];
  const { paths } = aggregateTree(list);
  const learn = (n: number, i: number): Promise<unknown> => consumer.getFunction('learn').send(values(n), paths[i]);
  await rejectsWith(learn(10, 0), consumer, 'NotProven');
  await accept(list);
  await send(learn(10, 0));
  await send(learn(12, 2));
  assert.equal(await consumer.getFunction('fibonacci')(10), 110n);
  assert.equal(await consumer.getFunction('fibonacci')(12), 132n);
  // Proved, but by another program.
  await rejectsWith(learn(11, 1), consumer, 'NotProven');
  await rejectsWith(learn(13, 0), consumer, 'NotProven');
  await rejectsWith(consumer.getFunction('learn').send(words(1, 2), paths[0]), consumer, 'UnexpectedPublicValues');
});

test('what was accepted outlives its verifier, and a consumer can leave out what came in since some time', async () => {
  const list = statements(4).map((one, n) => ({ ...one, vkey: FIBONACCI, publicDigest: sha256(values(n)) as Hex }));
  const [early, late] = [list.slice(0, 2), list.slice(2)];
  const earlyPaths = await accept(early);
  const latePaths = await accept(late);

  const [page] = blocksOf(REPOSITORY, 'docs/aggregation.md').filter(({ language }) => language === 'solidity');
  const { abi, bytecode } = compile({ 'CarefulConsumer.sol': page!.text }).get('CarefulConsumer')!;
  const [owner, guardian] = chain.signers;
  const factory = new ContractFactory([...abi], bytecode, owner);
  const careful = (await factory.deploy(await aggregates.getAddress(), FIBONACCI, guardian.address)) as Contract;
  await careful.waitForDeployment();
  const requireProven = (n: number, path: AggregatePath): Promise<unknown> =>
    careful.getFunction('requireProven').staticCall(values(n), path);
  const acceptedAt = async (n: number, path: AggregatePath): Promise<bigint> => {
    const root: unknown = await aggregates.getFunction('rootOf')(FIBONACCI, sha256(values(n)), path);
    return aggregates.getFunction('acceptedAt')(root) as Promise<bigint>;
  };
  const bad = await acceptedAt(2, latePaths[0]!);
  assert.ok((await acceptedAt(0, earlyPaths[0]!)) < bad);

  const gateway = await chain.ethers.getContractAt(
    'ZkVerifierGateway',
    (await aggregates.getFunction('VERIFIER')()) as string,
  );
  const selector = mockProof(AGGREGATE, '0x').slice(0, 10);
  for (const [end, error] of [
    [() => gateway.getFunction('stop')(), 'GatewayIsStopped'],
    [() => gateway.getFunction('resume')(), undefined],
    [() => gateway.getFunction('freezeRoute')(selector), 'RouteIsFrozen'],
  ] as const) {
    await send(end());
    if (error !== undefined) await rejectsWith(submit(publicValues(ZERO, 1)), aggregates, error);
    for (const [n, path] of [...earlyPaths, ...latePaths].entries()) {
      assert.ok(await isProven(list[n]!, path));
      await requireProven(n, path);
    }
  }

  await assert.rejects(send(careful.getFunction('distrust')(bad)), /reverted/);
  await send((careful.connect(guardian) as Contract).getFunction('distrust')(bad));
  for (const [n, path] of earlyPaths.entries()) await requireProven(n, path);
  for (const [n, path] of latePaths.entries())
    assert.deepEqual(await rejectsWith(requireProven(n + 2, path), careful, 'Distrusted'), [bad]);
  await rejectsWith(requireProven(0, latePaths[0]!), careful, 'NotProven');
});

test('one proof on chain costs what another does, and a statement out of 1,024 a few hashes', async () => {
  const toy = await toyGroth16();
  const verifier = await chain.deploy('ZkVerifier', keyArgument(toy.key));
  aggregates = await chain.deploy('AggregateVerifier', await verifier.getAddress(), AGGREGATE);
  const consumer = await chain.deploy('AggregatedFibonacciExample', await aggregates.getAddress(), FIBONACCI);
  const list = Array.from({ length: 1024 }, (_, n) => statement(n));
  const { root, paths } = aggregateTree(list);
  const data = publicValues(root, list.length);
  const proof = toy.prove(BigInt(AGGREGATE), digestOf(data));
  const { gasUsed } = await send(aggregates.getFunction('submitProof').send(data, proof));
  assert.ok(gasUsed <= 256_000n, `submit ${gasUsed}`);
  const [one, path] = [list[777]!, paths[777]!];
  assert.ok(await isProven(one, path));
  const learn = await send(consumer.getFunction('learn').send(values(777), path));
  assert.ok(learn.gasUsed <= 65_000n, `learn ${learn.gasUsed}`);
  console.log(`gas: submit ${gasUsed}, learn ${learn.gasUsed}`);
});
