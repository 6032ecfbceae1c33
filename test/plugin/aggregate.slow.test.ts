/**
 * `zkvm aggregate` as a whole: proofs of three programs, one of them of two shards, become one Groth16 proof, the contract accepts
 * it once, and then answers for each statement; a consumer learns from it. About ten minutes.
 */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hexlify, sha256, type Contract } from 'ethers';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { hashChainInput } from '../../programs/hash-chain/input.ts';
import type { AggregatedStatement, Hex, Proof } from '../../plugin/types.ts';
import { rejectsWith, send, words } from '../support/chain.ts';
import { hashChainValues } from '../support/hash-chain.ts';
import { project } from '../support/project.ts';
import { realChain, refusesForgeries, withByte } from '../support/real-chain.ts';

const PROGRAMS = path.resolve(import.meta.dirname, '../../programs');
/** Five instructions a step: more than one shard holds. */
const LONG = 360_000;
const LINKS = 3;
const SEED = new Uint8Array(32).fill(7);

/** What `fibonacci` commits for n, by other code. */
function fibonacciValues(n: number): Hex {
  let [previous, current] = [1, 0];
  for (let i = 0; i < n; i += 1) [previous, current] = [current, (previous + current) >>> 0];
  return words(n, previous, current) as Hex;
}

/** In the order of the command line: five leaves, of which the last has no neighbour on two levels. */
const RUNS = [
  { name: 'fibonacci', input: 'u32:10', publicValues: fibonacciValues(10) },
  { name: 'hash-chain', input: hexlify(hashChainInput(LINKS, SEED)), publicValues: hashChainValues(LINKS, SEED) },
  { name: 'fibonacci', input: `u32:${LONG}`, publicValues: fibonacciValues(LONG) },
  { name: 'add', input: undefined, publicValues: '0x' },
  { name: 'fibonacci', input: 'u32:20', publicValues: fibonacciValues(20) },
] as const;

type Paths = { readonly root: Hex; readonly statements: readonly (AggregatedStatement & { readonly file: string })[] };

describe('an aggregate of five proofs', () => {
  let root: string;
  let hre: HardhatRuntimeEnvironment;
  let chain: Awaited<ReturnType<typeof realChain>>;
  let aggregates: Contract;
  let consumer: Contract;
  let proof: Proof;
  let paths: Paths;
  let remove: () => Promise<void>;

  const file = (name: string): string => path.join(root, name);
  const elf = (name: string): string => file(`${name}.elf`);

  /** Runs a task and gives what it prints with --json. */
  async function task(name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { log } = console;
    const printed: string[] = [];
    console.log = (line: string): void => void printed.push(line);
    try {
      await hre.tasks.getTask(['zkvm', name]).run({ ...args, quiet: true, json: true });
    } finally {
      console.log = log;
    }
    return JSON.parse(printed.join('\n')) as Record<string, unknown>;
  }

  const isProven = (
    { vkey, publicDigest, path: way }: AggregatedStatement,
    at: Contract = aggregates,
  ): Promise<boolean> => at.getFunction('isProven').staticCall(vkey, publicDigest, way) as Promise<boolean>;
  const submit = (to: Contract, publicValues: string, proofBytes: string): Promise<unknown> =>
    to.getFunction('submitProof').send(publicValues, proofBytes);
  const learn = (publicValues: string, way: AggregatedStatement['path']): Promise<unknown> =>
    consumer.getFunction('learn').send(publicValues, way);

  before(async () => {
    const made = await project({ after: (undo: () => Promise<void>) => void (remove = undo) });
    ({ root, hre } = made);
    mkdirSync(file('proofs'));
    for (const name of new Set([...RUNS.map((run) => run.name), 'aggregate']))
      copyFileSync(path.join(PROGRAMS, name, `${name}.elf`), elf(name));
    chain = await realChain();
    const vkey = await hre.zkvm.vkey(elf('aggregate'));
    aggregates = await chain.deploy('AggregateVerifier', await chain.gateway.getAddress(), vkey);
    const fibonacci = await hre.zkvm.vkey(elf('fibonacci'));
    consumer = await chain.deploy('AggregatedFibonacciExample', await aggregates.getAddress(), fibonacci);
  });
  after(() => remove());

  it('is made by the tasks, of one or of several shards and programs, with the paths beside it', async () => {
    const files = RUNS.map((_, i) => file(`proofs/${i}.json`));
    for (const [i, { name, input, publicValues }] of RUNS.entries()) {
      const made = await task('prove', { program: elf(name), input, mode: 'compressed', out: files[i] });
      assert.equal(made['publicValues'], publicValues);
      const { seconds } = made['stats'] as Proof['stats'];
      assert.equal('join' in seconds, input === `u32:${LONG}`, 'the long one alone has several shards');
    }
    const out = file('many.proof.json');
    const start = performance.now();
    const made = await task('aggregate', { proofs: files, out });
    console.log(`aggregate: ${((performance.now() - start) / 1000).toFixed(0)} s, ${JSON.stringify(made['stats'])}`);
    assert.deepEqual([made['file'], made['paths'], made['mode']], [out, file('many.paths.json'), 'groth16']);
    proof = await hre.zkvm.readProof(out);
    paths = JSON.parse(readFileSync(file('many.paths.json'), 'utf8')) as Paths;
    assert.equal(proof.publicValues, `${paths.root}${words(RUNS.length).slice(2)}`);
    assert.deepEqual(
      paths.statements.map((one) => [one.file, one.publicValues, one.publicDigest]),
      RUNS.map(({ publicValues }, i) => [files[i], publicValues, sha256(publicValues)]),
    );
    assert.equal(new Set(paths.statements.map(({ vkey }) => vkey)).size, 3);
    assert.deepEqual(
      paths.statements.map(({ path: { siblings } }) => siblings.length),
      [3, 3, 3, 3, 1],
    );
    await hre.zkvm.verify(proof, { vkey: await hre.zkvm.vkey(elf('aggregate')) });
  });

  it('proves nothing before it is on chain, and is accepted once, under its own name alone', async () => {
    for (const statement of paths.statements) assert.equal(await isProven(statement), false);
    await rejectsWith(learn(RUNS[0].publicValues, paths.statements[0]!.path), consumer, 'NotProven');
    await refusesForgeries(chain, proof, undefined, aggregates, (...values) => submit(aggregates, ...values));
    // Of a contract that waits for another program.
    const others = await chain.deploy('AggregateVerifier', await chain.gateway.getAddress(), withByte(proof.vkey, 31));
    await rejectsWith(submit(others, proof.publicValues, proof.proof), others, 'InvalidProof');
    for (const statement of paths.statements) assert.equal(await isProven(statement), false);

    const to = (await aggregates.getAddress()) as Hex;
    const { target, gasUsed } = await chain.zkvm.submit(proof, { to });
    assert.equal(target, 'consumer');
    assert.ok(gasUsed < 265_000n, String(gasUsed));
    console.log(`aggregate: gas ${gasUsed}`);
    assert.deepEqual(
      await rejectsWith(submit(aggregates, proof.publicValues, proof.proof), aggregates, 'AlreadyAccepted'),
      [paths.root],
    );
  });

  it('then proves each statement by its path, and no other program, public values or path', async () => {
    for (const [i, statement] of paths.statements.entries()) {
      assert.equal(await isProven(statement), true, `leaf ${i}`);
      const { vkey, publicDigest, publicValues, path: way } = statement;
      const byValues = aggregates.getFunction('isProvenValues');
      assert.equal(await byValues.staticCall(vkey, publicValues, way), true);
      assert.equal(await byValues.staticCall(vkey, `${publicValues}00`, way), false);
      const wrong: AggregatedStatement[] = [
        ...paths.statements.flatMap((other) => (other.vkey === vkey ? [] : [{ ...statement, vkey: other.vkey }])),
        ...paths.statements.flatMap((other, j) => (i === j ? [] : [{ ...statement, path: other.path }])),
        ...paths.statements.flatMap((other, j) =>
          i === j ? [] : [{ ...statement, publicDigest: other.publicDigest }],
        ),
        { ...statement, vkey: withByte(vkey, 31) as Hex },
        { ...statement, publicDigest: withByte(publicDigest, 0) as Hex },
        { ...statement, path: { ...way, sides: way.sides ^ 1 } },
        { ...statement, path: { ...way, siblings: way.siblings.slice(0, -1) } },
        { ...statement, path: { ...way, siblings: way.siblings.with(0, withByte(way.siblings[0]!, 9) as Hex) } },
      ];
      for (const [k, bad] of wrong.entries()) assert.equal(await isProven(bad), false, `leaf ${i}, ${k}`);
    }
  });

  it('teaches a consumer what its program proved, whatever the length of the run, and nothing else', async () => {
    const [ten, chained, long, , twenty] = paths.statements;
    assert.ok(ten !== undefined && chained !== undefined && long !== undefined && twenty !== undefined);
    for (const { publicValues, path: way } of [ten, long, twenty]) {
      await rejectsWith(learn(withByte(publicValues, -1), way), consumer, 'NotProven');
      await rejectsWith(learn(publicValues, chained.path), consumer, 'NotProven');
      await send(learn(publicValues, way));
    }
    const fibonacci = consumer.getFunction('fibonacci');
    assert.equal(await fibonacci(10), 55n);
    assert.equal(await fibonacci(20), 6765n);
    assert.equal(`0x${fibonacciValues(LONG).slice(-64)}`, words((await fibonacci(LONG)) as bigint));
    await rejectsWith(learn(chained.publicValues, chained.path), consumer, 'UnexpectedPublicValues');
  });

  it('stays accepted when its verifier is frozen, which stops new aggregates, and tells since when it is', async () => {
    const next = await chain.deploy('AggregateVerifier', await chain.gateway.getAddress(), proof.vkey);
    await send(chain.gateway.getFunction('freezeRoute')(chain.selector));
    await rejectsWith(submit(next, proof.publicValues, proof.proof), next, 'RouteIsFrozen');
    assert.equal(await isProven(paths.statements[2]!), true);
    assert.ok(((await aggregates.getFunction('acceptedAt')(paths.root)) as bigint) > 0n);
    assert.equal(await aggregates.getFunction('acceptedAt')(sha256('0x')), 0n);
  });
});
