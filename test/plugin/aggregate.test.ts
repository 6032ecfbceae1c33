/** `--proof` and `zkvm aggregate`: what they refuse, and what an execution is told. Real proofs are the slow tests' work. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, it, type TestContext } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { aggregateInput } from '../../prover/proofs/aggregate.ts';
import { provedStatements } from '../../prover/proofs/composition.ts';
import { proofText } from '../../prover/proofs/file.ts';
import type { Proof } from '../../prover/index.ts';
import { proofOf } from '../support/file-proofs.ts';
import { project } from '../support/project.ts';

const ELF = path.resolve(import.meta.dirname, '../../programs/aggregate/aggregate.elf');

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

  it('refuses before proving to write where something is, be it in the place of the paths', async (t) => {
    const { root, run, file } = await withProofs(t, proofs);
    await writeFile(file('many.paths.json'), 'mine');
    await mkdir(file('folder.paths.json'));
    const before = await readdir(root);
    const out = (name: string, more: object = {}) =>
      run('aggregate', { proofs: [file('a.json')], out: file(name), quiet: true, ...more });
    await refuses(out('a.json'), /a\.json is there already: choose another --out, or pass --force/);
    for (const name of ['many.proof.json', 'many.json', 'many'])
      await refuses(out(name), /many\.paths\.json is there already: choose another --out, or pass --force/);
    await refuses(
      out('folder.json', { force: true }),
      /folder\.paths\.json, where the paths of --out \S+folder\.json go, is a folder/,
    );
    // With --force it is the proof that is looked at.
    await refuses(
      out('many.json', { force: true, noResume: true }),
      /^Proof 1 of 1, on which the program relies, is refused/,
    );
    assert.deepEqual(await readdir(root), before);
    assert.equal(await readFile(file('many.paths.json'), 'utf8'), 'mine');
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
      /^Proof 1 of 1, on which the program relies, is refused, that of program 0x[0-9a-f]{64} with public values 0x01: The proof is damaged/,
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
