/**
 * The commands `zkvm prove` and `zkvm aggregate` with real proofs, in processes that are killed and interrupted in the middle, and
 * what the same command does the next time. Minutes.
 */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProver, parseProof, type Proof, provedStatements } from '../../prover/index.ts';
import { type AggregatePath, rootOfPath } from '../../prover/proofs/aggregate.ts';
import { Command, commandProject, type Ended } from '../support/command-line.ts';
import { guest } from '../support/guests.ts';

const ELF = path.resolve(import.meta.dirname, '../../programs/fibonacci/fibonacci.elf');
const GOES_ON =
  /^Error in [a-z ]*hardhat-zkvm: Interrupted; the same command goes on with the proofs that are finished, and "zkvm clean" removes them\.$/m;

let project: Awaited<ReturnType<typeof commandProject>>;
const started: Command[] = [];

before(async () => void (project = await commandProject()));
after(async () => {
  for (const command of started) command.signal('SIGKILL');
  await project.remove();
});

function start(...args: readonly string[]): Command {
  const command = new Command(project.root, ['zkvm', ...args], { ZKVM_CACHE_DIR: path.join(project.root, 'cache') });
  started.push(command);
  return command;
}

const runs = (): Promise<string[]> => readdir(path.join(project.root, 'cache/runs'));

async function readProof(file: string): Promise<Proof> {
  return parseProof(await readFile(path.join(project.root, file)));
}

/** Reads a proof and verifies it. */
async function goodProof(file: string): Promise<Proof> {
  const proof = await readProof(file);
  const prover = await createProver();
  await prover.verify(proof);
  await prover.close();
  return proof;
}

function assertInterrupted({ code, stdout, stderr }: Ended): void {
  assert.equal(code, 1, stderr);
  assert.match(stderr, GOES_ON);
  assert.doesNotMatch(stderr, /\n\s+at /);
  assert.equal(stdout, '');
}

describe('commands whose process is ended in the middle', () => {
  // 2,009,984 instructions, two shards.
  const proving = ['prove', ELF, '--input', 'u32:400000', '--mode', 'compressed', '--out'] as const;

  it('zkvm prove goes on with what the killed process had finished, and leaves nothing', async () => {
    const first = start(...proving, 'long.json');
    await first.until(/^ {2}execute: \d/m);
    // One beside it begins anew and is ended with Ctrl-C.
    const beside = start(...proving, 'beside.json');
    await beside.until(/^ {2}execute: \d/m);
    assert.equal((await runs()).length, 2);
    beside.signal('SIGINT');
    assertInterrupted(await beside.ended);

    await first.until(/^ {2}lift, shard 1 of 2: /m);
    await sleep(2000);
    first.signal('SIGKILL');
    assert.equal((await first.ended).signal, 'SIGKILL');
    const [run = ''] = await runs();
    const folder = path.join(project.root, 'cache/runs', run);
    const left = await readdir(folder);
    assert.equal(left.filter((name) => /^owner-\d+$/.test(name)).length, 1);
    assert.equal(left.filter((name) => name.startsWith('span-')).length, 1);
    // What it may have been writing.
    await writeFile(path.join(folder, `core-${'00'.repeat(32)}.0badcafe.tmp`), 'half');
    await writeFile(path.join(folder, `job-${'00'.repeat(32)}.0badcafe.tmp`), '');

    const { code, stdout, stderr } = await start(...proving, 'long.json').ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^ {2}Going on where an earlier run .* ended: 1 of 2 shards are proved\.$/m);
    assert.doesNotMatch(stderr, /execute|shard 1 of 2|made again/);
    for (const part of ['core, shard 2 of 2', 'lift, shard 2 of 2', 'join', 'finish'])
      assert.match(stderr, new RegExp(`^  ${part}: \\d`, 'm'));
    assert.match(stdout, /^fibonacci proved in mode compressed: 2,009,984 cycles, /);
    // Also what the one beside it had left.
    assert.deepEqual(await runs(), []);
    await goodProof('long.json');
    assert.ok(!(await readdir(project.root)).some((name) => /beside|tmp/.test(name)));
  });

  it('zkvm aggregate does so with checks of proofs', async () => {
    const small = await start('prove', ELF, '--input', 'u32:10', '--mode', 'compressed', '--out', 'small.json').ended;
    assert.equal(small.code, 0, small.stderr);
    const aggregating = ['aggregate', 'long.json', 'small.json', '--mode', 'compressed', '--out', 'both.json'];
    const first = start(...aggregating);
    await first.until(/^ {2}lift: \d/m);
    first.signal('SIGINT');
    assertInterrupted(await first.ended);
    const second = start(...aggregating);
    await second.until(/^ {2}check, statement 1 of 2: /m);
    second.signal('SIGKILL');
    assert.match((await second.ended).stderr, /ended: finished are core, lift\.$/m);

    const { code, stderr } = await start(...aggregating).ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /ended: finished are core, lift, check\.$/m);
    assert.doesNotMatch(stderr, /execute|core: |lift: |statement 1 of 2/);
    for (const part of ['check, statement 2 of 2', 'join', 'finish-checked'])
      assert.match(stderr, new RegExp(`^  ${part}: \\d`, 'm'));
    assert.deepEqual(await runs(), []);

    const proof = await goodProof('both.json');
    const statements = provedStatements([await readProof('long.json'), await readProof('small.json')]);
    const paths = JSON.parse(await readFile(path.join(project.root, 'both.paths.json'), 'utf8')) as {
      readonly root: string;
      readonly statements: readonly { readonly path: AggregatePath }[];
    };
    const roots = statements.map((statement, i) => rootOfPath(statement, paths.statements[i]!.path));
    assert.deepEqual([...roots, paths.root], Array(3).fill(proof.publicValues.slice(0, 66)));
    const prover = await createProver();
    assert.equal(statements[1]?.vkey, (await prover.programKey(guest('fibonacci'))).vkey);
    await prover.close();
  });
});
