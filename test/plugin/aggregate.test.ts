/** `--proof` and `zkvm aggregate`: what they refuse, and what an execution is told. Real proofs are the slow tests' work. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, it, type TestContext } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { aggregateInput, aggregateTree } from '../../prover/proofs/aggregate.ts';
import { provedStatements } from '../../prover/proofs/composition.ts';
import { proofText } from '../../prover/proofs/file.ts';
import type { Proof } from '../../prover/index.ts';
import { keyOfElements } from '../../prover/vm/syscalls/chain.ts';
import { project } from '../support/project.ts';

const ELF = path.resolve(import.meta.dirname, '../../programs/aggregate/aggregate.elf');

/** A file that is well formed, with a proof in it that no verifier accepts. */
function proofOf(n: number, fields: Partial<Proof> = {}): Proof {
  return {
    format: 'hardhat-zkvm-proof',
    version: 1,
    mode: 'compressed',
    vkey: keyOfElements([n, 2, 3, 4, 5, 6, 7, 8]),
    publicValues: `0x${n.toString(16).padStart(2, '0')}`,
    exitCode: 0,
    proof: proofText(new Uint8Array(40).fill(n)),
    stats: { cycles: 1, seconds: {}, peakMemoryBytes: 1, securityBits: 100 },
    ...fields,
  };
}

/** A project with proof files in it, and the program aggregate. */
async function withProofs(t: TestContext, proofs: Readonly<Record<string, Proof>>) {
  const { root, hre } = await project(t);
  const elf = path.join(root, 'aggregate.elf');
  await copyFile(ELF, elf);
  for (const [name, proof] of Object.entries(proofs)) await writeFile(path.join(root, name), JSON.stringify(proof));
  const run = async (task: string, args: Record<string, unknown>): Promise<string> => {
    const log = t.mock.method(console, 'log', () => undefined);
    try {
      await hre.tasks.getTask(['zkvm', task]).run(args);
      return log.mock.calls.map(({ arguments: printed }) => String(printed[0])).join('\n');
    } finally {
      log.mock.restore();
    }
  };
  return { root, hre, elf, run, file: (name: string) => path.join(root, name) };
}

/** One sentence of the plugin, and nothing was written. */
async function refuses(promise: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof HardhatPluginError, String(error));
    assert.match(error.message, message);
    assert.match(error.message, /^[^\n]+$/);
    return true;
  });
}

describe('zkvm aggregate', () => {
  let proofs: Readonly<Record<string, Proof>>;
  beforeEach(() => {
    proofs = {
      'a.json': proofOf(1),
      'same.json': proofOf(1, { proof: proofText(new Uint8Array(8)) }),
      'core.json': proofOf(2, { mode: 'core' }),
      'chain.json': proofOf(3, { mode: 'groth16', proof: `0x${'12'.repeat(260)}` }),
      'failed.json': proofOf(4, { exitCode: 1 }),
    };
  });

  it('refuses what cannot be aggregated, by the name of its file', async (t) => {
    const { root, run, file } = await withProofs(t, proofs);
    const before = await readdir(root);
    const given = (...names: readonly string[]) => run('aggregate', { proofs: names.map(file), quiet: true });
    await refuses(
      given('a.json', 'core.json'),
      /core\.json is of mode core, .* prove it again with --mode compressed\.$/,
    );
    await refuses(given('chain.json'), /chain\.json is of mode groth16, and only compressed proofs/);
    await refuses(given('failed.json', 'a.json'), /failed\.json proves that its program failed with exit code 1:/);
    await refuses(
      given('a.json', 'same.json'),
      /same\.json proves what .*a\.json proves, .*: leave one of them out\.$/,
    );
    await refuses(given('a.json', 'missing.json'), /missing\.json/);
    await refuses(given(), /There is no proof to aggregate/);
    await refuses(run('aggregate', { proofs: [file('a.json')], mode: 'core' }), /no proof of mode core/);
    await refuses(run('aggregate', { proofs: [file('a.json')], mode: 'fast' }), /Unknown mode "fast"/);
    assert.deepEqual(await readdir(root), before);
  });

  it('names a file that cannot be read, and one that is given twice', async (t) => {
    const { run, file, elf } = await withProofs(t, proofs);
    await mkdir(file('folder.json'));
    const folder = /^The proof file \S+folder\.json cannot be read: it is a folder\.$/;
    await refuses(run('aggregate', { proofs: [file('a.json'), file('folder.json')] }), folder);
    await refuses(run('execute', { program: elf, proof: file('folder.json') }), folder);
    await refuses(run('verify', { proof: file('folder.json') }), folder);
    await refuses(run('inspect', { target: file('folder.json') }), folder);
    await refuses(run('verify', { proof: file('none.json') }), /none\.json cannot be read: there is no such file/);
    await refuses(
      run('aggregate', { proofs: [file('a.json'), file('a.json')] }),
      /a\.json is given twice: name it once\.$/,
    );
  });

  it('refuses names that are taken, that of the paths too, before anything is proved', async (t) => {
    const { root, run, file } = await withProofs(t, proofs);
    await writeFile(file('out.paths.json'), 'mine');
    await mkdir(file('folder.paths.json'));
    const before = await readdir(root);
    const given = (out: string, force = false) => run('aggregate', { proofs: [file('a.json')], out: file(out), force });
    await refuses(given('out.proof.json'), /out\.paths\.json is there already: choose another --out, or pass --force/);
    await refuses(given('out.json'), /out\.paths\.json is there already/);
    await refuses(given('a.json'), /a\.json is there already/);
    await refuses(given('folder.json', true), /folder\.paths\.json is a folder/);
    assert.deepEqual(await readdir(root), before);
  });

  it('writes the paths beside the proof, and overwrites nothing unasked', async (t) => {
    const { root, run, file, hre } = await withProofs(t, proofs);
    const [statement] = provedStatements([proofs['a.json']!]);
    const proof = { ...proofOf(9, { mode: 'groth16', proof: `0x${'12'.repeat(260)}` }), publicValues: '0x09' as const };
    const { root: hash, paths } = aggregateTree([statement!]);
    const made = { proof, root: hash, statements: [{ ...statement!, publicValues: '0x01' as const, path: paths[0]! }] };
    t.mock.method(hre.zkvm, 'aggregate', () => Promise.resolve(made));
    t.mock.method(process, 'cwd', () => root);
    const args = { proofs: [file('a.json')], json: true };
    const first = JSON.parse(await run('aggregate', args)) as { file: string; paths: string };
    assert.match(first.file, /^aggregate\.groth16\.[0-9a-f]{8}\.proof\.json$/);
    assert.equal(first.paths, first.file.replace('.proof.json', '.paths.json'));
    const second = JSON.parse(await run('aggregate', args)) as { file: string; paths: string; taken: string };
    assert.deepEqual([second.taken, second.file], [first.file, first.file.replace('.proof', '-2.proof')]);
    assert.equal(second.paths, second.file.replace('.proof.json', '.paths.json'));
    // Paths of a proof that was moved away stay, and those of the new one are not lost.
    await rename(path.join(root, first.file), path.join(root, 'moved.json'));
    const third = JSON.parse(await run('aggregate', args)) as { file: string; paths: string };
    assert.deepEqual([third.file, third.paths], [first.file, first.paths.replace('.paths.json', '.paths-2.json')]);
    const written = JSON.parse(await readFile(path.join(root, third.paths), 'utf8')) as { root: string };
    assert.equal(written.root, hash);
  });

  it('says how it goes on when it is interrupted', async (t) => {
    const { run, file, hre } = await withProofs(t, proofs);
    t.mock.method(hre.zkvm, 'aggregate', () => Promise.reject(new DOMException('aborted', 'AbortError')));
    const given = (noResume: boolean) => run('aggregate', { proofs: [file('a.json')], noResume });
    await refuses(given(false), /^Interrupted; the same command goes on with the proofs that are finished/);
    await refuses(given(true), /^Interrupted; temporary files were removed\.$/);
  });

  it('refuses a proof of another version, and one that is damaged', async (t) => {
    const { root, run, file } = await withProofs(t, proofs);
    await writeFile(file('old.json'), JSON.stringify({ ...proofOf(5), version: 0 }));
    await writeFile(file('torn.json'), JSON.stringify(proofOf(5)).slice(0, 100));
    const before = await readdir(root);
    await refuses(run('aggregate', { proofs: [file('old.json')] }), /old\.json: The proof was made by another version/);
    await refuses(run('aggregate', { proofs: [file('torn.json')] }), /torn\.json: The proof is damaged: .*cut off/);
    // Well formed, and of nothing: found out in seconds, before anything is proved.
    await refuses(
      run('aggregate', { proofs: [file('a.json')], mode: 'compressed', quiet: true, noResume: true }),
      /^A proof that the program relies on is refused, that of program 0x[0-9a-f]{64} with public values 0x01: The proof is damaged/,
    );
    assert.deepEqual(await readdir(root), before);
  });
});

describe('--proof', () => {
  const one = proofOf(1);
  const two = proofOf(2);
  const input = (...list: readonly Proof[]): string =>
    `0x${Buffer.from(aggregateInput(provedStatements(list))).toString('hex')}`;
  const execute = (hre: HardhatRuntimeEnvironment, elf: string, proofs: readonly Proof[], ...list: readonly Proof[]) =>
    hre.zkvm.execute(elf, { input: [Buffer.from(input(...list).slice(2), 'hex')], proofs });

  it('tells zkvm execute what the program can rely on', async (t) => {
    const { run, elf, file } = await withProofs(t, { 'a.json': one, 'b,c.json': two });
    const both = `${file('a.json')}, ${file('b\\,c.json')}`;
    const good = await run('execute', { program: elf, input: input(one, two), proof: both });
    assert.match(good, /halted with exit code 0/);
    const bad = await run('execute', { program: elf, input: input(one, two), proof: file('a.json') });
    assert.match(bad, /proof-missing/);
    assert.match(bad, new RegExp(`the program with key ${two.vkey} `));
    await refuses(run('execute', { program: elf, input: input(one), proof: `${file('a.json')},` }), /name.* is empty/);
  });

  it('lets zkvm execute say what a program relies on, and that mode core is not for it', async (t) => {
    const { run, elf, file } = await withProofs(t, { 'a.json': one });
    const twice = `${input(one)}${input(one).slice(2)}`;
    const args = { program: elf, input: twice, proof: file('a.json') };
    const text = await run('execute', args);
    const { publicDigest } = provedStatements([one])[0]!;
    assert.match(text, /^It relies on one statement:$/m);
    assert.ok(text.includes(`\n  program ${one.vkey}, public values of sha256 ${publicDigest}, 2 times\n`), text);
    assert.match(
      text,
      /^It is proved in one shard \(tier \S+\), and not in mode core, whose proofs hold no other proofs\.$/m,
    );
    assert.doesNotMatch(text, /too many|ASSUMED|assumed/);
    const json = JSON.parse(await run('execute', { ...args, json: true })) as { statements: unknown; proof: unknown };
    assert.deepEqual(json.statements, [{ vkey: one.vkey, publicDigest, times: 2, proved: true }]);
    assert.equal((json.proof as { core: boolean }).core, false);
  });

  it('can be left out while a program is written: --assume-proofs runs on and says what was assumed', async (t) => {
    const { run, elf, file, hre } = await withProofs(t, { 'a.json': one });
    const many = Array.from({ length: 12 }, (_, i) => proofOf(20 + i));
    const args = { program: elf, input: input(two, one, ...many), proof: file('a.json') };
    const stopped = await run('execute', args);
    assert.match(stopped, /proof-missing/);
    assert.match(stopped, /^A run that traps cannot be proved\. .* pass --assume-proofs\.$/m);
    const text = await run('execute', { ...args, assumeProofs: true });
    assert.match(text, /halted with exit code 0/);
    const listed = text.split('\n').filter((line) => /^ {2}program 0x/.test(line));
    assert.equal(listed.length, 10);
    assert.match(listed[0] ?? '', new RegExp(`^ {2}program ${two.vkey}, .* \\(ASSUMED: no proof was given\\)$`));
    assert.match(listed[1] ?? '', new RegExp(`^ {2}program ${one.vkey}, [^(]*$`));
    assert.match(text, /^It relies on 14 statements:$/m);
    assert.match(text, /^ {2}and 4 more, which --json lists$/m);
    assert.match(text, /First prove the 13 statements that were assumed, and give their proofs with --proof\.$/m);
    const json = JSON.parse(await run('execute', { ...args, assumeProofs: true, json: true })) as {
      statements: { proved: boolean }[];
    };
    assert.deepEqual(
      json.statements.map(({ proved }) => proved),
      [false, true, ...many.map(() => false)],
    );
    const items = [aggregateInput(provedStatements([two, one]))];
    const { outcome, verified } = await hre.zkvm.execute(elf, { input: items, proofs: [one], assumeProofs: true });
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
    assert.deepEqual(verified, provedStatements([two, one]));
    // For proving there is no such thing.
    await assert.rejects(hre.zkvm.prove(elf, { input: items, proofs: [one], mode: 'compressed', resume: false }), {
      code: 'GUEST_TRAP',
    });
  });

  it('is the option "proofs" of the library', async (t) => {
    const { hre, elf } = await withProofs(t, {});
    assert.deepEqual((await execute(hre, elf, [one, two], two, one)).verified, provedStatements([two, one]));
    const unused = await execute(hre, elf, [one, two], one);
    assert.match(unused.warnings.join(), new RegExp(`proof of program ${two.vkey} .* was given and not used`));
    const { outcome } = await execute(hre, elf, [one], two);
    assert.equal(outcome.kind === 'trap' && outcome.cause, 'proof-missing');
    await assert.rejects(execute(hre, elf, [one, one], one), { code: 'PROOF_TWICE' });
  });

  it('refuses to prove what has no proof, in mode core, and with a proof that is refused', async (t) => {
    const { hre, elf } = await withProofs(t, {});
    const prove = (mode: 'core' | 'compressed', proofs: readonly Proof[], ...list: readonly Proof[]) =>
      hre.zkvm.prove(elf, { input: [Buffer.from(input(...list).slice(2), 'hex')], proofs, mode, resume: false });
    await assert.rejects(prove('compressed', [one], two), {
      code: 'GUEST_TRAP',
      message: /relies on a proof that is missing/,
    });
    await assert.rejects(prove('core', [one], one), {
      code: 'NO_CORE_PROOF',
      message: /^The program verifies other proofs/,
    });
    await assert.rejects(prove('compressed', [one], one), { name: 'CompositionError', code: 'INPUT_PROOF_REFUSED' });
  });
});
