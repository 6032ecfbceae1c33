/** What `zkvm execute` says of a program that verifies proofs, with and without them; and files that are no proofs, by their names. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import type { Proof } from '../../plugin/types.ts';
import { aggregateInput } from '../../prover/proofs/aggregate.ts';
import { provedStatements } from '../../prover/proofs/composition.ts';
import { project } from '../support/project.ts';

const ELF = path.resolve(import.meta.dirname, '../../programs/aggregate/aggregate.elf');

/** A file that is well formed; nothing here looks at what is in it. */
function fileOf(n: number): Proof {
  return {
    format: 'hardhat-zkvm-proof',
    version: 1,
    mode: 'compressed',
    vkey: `0x${n.toString(16).padStart(64, '0')}`,
    publicValues: `0x${n.toString(16).padStart(4, '0')}`,
    exitCode: 0,
    proof: 'AAAA',
    stats: { cycles: 1, seconds: {}, peakMemoryBytes: 1, securityBits: 100 },
  };
}

const [one, two] = [fileOf(1), fileOf(2)];
const itemOf = (list: readonly Proof[]): Uint8Array => aggregateInput(provedStatements(list));
const inputOf = (...list: readonly Proof[]): string => `0x${Buffer.from(itemOf(list)).toString('hex')}`;

/** A project with the first proof in it. */
async function withProof(t: TestContext) {
  const { root, hre } = await project(t);
  const file = path.join(root, 'one.json');
  await writeFile(file, JSON.stringify(one));
  const run = async (task: string, args: Record<string, unknown>): Promise<string> => {
    const log = t.mock.method(console, 'log', () => undefined);
    try {
      await hre.tasks.getTask(['zkvm', task]).run(args);
      return log.mock.calls.map(({ arguments: printed }) => String(printed[0])).join('\n');
    } finally {
      log.mock.restore();
    }
  };
  return { root, hre, file, run };
}

describe('zkvm execute of a program that verifies proofs', () => {
  it('says what it relies on, and that mode core is not for it', async (t) => {
    const { run, file } = await withProof(t);
    const twice = `${inputOf(one)}${inputOf(one).slice(2)}`;
    const args = { program: ELF, input: twice, proof: file };
    const text = await run('execute', args);
    const { publicDigest } = provedStatements([one])[0]!;
    assert.match(text, /^It relies on one statement:$/m);
    assert.ok(text.includes(`\n  program ${one.vkey}, public values of sha256 ${publicDigest}, 2 times\n`), text);
    assert.match(
      text,
      /^It is proved in one shard \(tier \S+\), and not in mode core, whose proofs hold no other proofs\.$/m,
    );
    assert.doesNotMatch(text, /too many|assumed/i);
    const json = JSON.parse(await run('execute', { ...args, json: true })) as Record<string, unknown>;
    assert.deepEqual(json['statements'], [{ vkey: one.vkey, publicDigest, times: 2, proved: true }]);
    assert.equal((json['proof'] as { core: boolean }).core, false);
  });

  it('runs on with --assume-proofs where one is missing, and says what was assumed', async (t) => {
    const { run, file, hre } = await withProof(t);
    const many = Array.from({ length: 12 }, (_, i) => fileOf(20 + i));
    const args = { program: ELF, input: inputOf(two, one, ...many), proof: file };
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
    const request = { input: [itemOf([two, one])], proofs: [one] };
    const { outcome, verified } = await hre.zkvm.execute(ELF, { ...request, assumeProofs: true });
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
    assert.deepEqual(verified, provedStatements([two, one]));
    // For proving there is no such thing.
    await assert.rejects(hre.zkvm.prove(ELF, { ...request, mode: 'compressed', resume: false }), {
      code: 'GUEST_TRAP',
    });
  });

  it('counts 300 statements, and says into how many shards they fall', { timeout: 120_000 }, async (t) => {
    const { run } = await withProof(t);
    const many = Array.from({ length: 300 }, (_, i) => fileOf(1000 + i));
    const text = await run('execute', { program: ELF, input: inputOf(...many), assumeProofs: true });
    assert.match(text, /halted with exit code 0 after 2\d,\d{3},\d{3} cycles/);
    assert.match(text, /^It relies on 300 statements:$/m);
    assert.match(
      text,
      /^It falls into \d+ shards, and not in mode core, whose proofs hold no other proofs; its proof/m,
    );
    assert.doesNotMatch(text, /too many/);
  });
});

describe('zkvm vkey', () => {
  it('gives the elements of a key, with which a program names it that calls what SP1 calls verify_sp1_proof', async (t) => {
    const { run } = await withProof(t);
    const programs = path.dirname(path.dirname(ELF));
    const json = await run('vkey', { program: path.join(programs, 'add', 'add.elf'), json: true });
    const { vkey, elements } = JSON.parse(json) as { vkey: string; elements: number[] };
    assert.equal(elements.length, 8);
    assert.equal(
      elements.reduce((sum, element, i) => sum + (BigInt(element) << BigInt(31 * i)), 0n),
      BigInt(vkey),
    );
    const words = Buffer.from(Uint32Array.from(elements).buffer).toString('hex');
    const verifier = path.join(programs, 'verify-selftest', 'verify-selftest.elf');
    const input = `text:sp1,0x${words},0x${'11'.repeat(32)}`;
    const said = JSON.parse(await run('execute', { program: verifier, input, assumeProofs: true, json: true })) as {
      statements: unknown;
    };
    assert.deepEqual(said.statements, [{ vkey, publicDigest: `0x${'11'.repeat(32)}`, times: 1, proved: false }]);
  });
});

describe('a proof that is refused', () => {
  it('is named by its place among those that were given', async (t) => {
    const { hre } = await withProof(t);
    // Of one program, with public values that begin alike; the program relies on the second of them.
    const [a, b] = ['01', '02'].map((end): Proof => ({ ...one, publicValues: `0x${'00'.repeat(95)}${end}` }));
    const request = { input: [itemOf([b!])], proofs: [a!, b!], mode: 'compressed', resume: false } as const;
    await assert.rejects(hre.zkvm.prove(ELF, request), {
      code: 'INPUT_PROOF_REFUSED',
      message:
        /^Proof 2 of 2, on which the program relies, is refused, that of program 0x\w+ with public values 0x0+\.\.\.: /,
    });
  });
});

describe('files that are no proofs', () => {
  it('are named, whatever task takes them, and so is one that is given twice', async (t) => {
    const { run, root, file } = await withProof(t);
    const folder = path.join(root, 'folder.json');
    await mkdir(folder);
    const refuses = (promise: Promise<unknown>, message: RegExp): Promise<void> =>
      assert.rejects(promise, (error: unknown) => {
        assert.ok(error instanceof HardhatPluginError, String(error));
        assert.match(error.message, message);
        return true;
      });
    const isFolder = /^Cannot use \S+folder\.json: it is a folder\.$/;
    await refuses(run('aggregate', { proofs: [file, folder] }), isFolder);
    await refuses(run('execute', { program: ELF, proof: folder }), isFolder);
    await refuses(run('prove', { program: ELF, proof: folder, mode: 'compressed' }), isFolder);
    await refuses(run('verify', { proof: folder }), isFolder);
    await refuses(run('inspect', { target: folder }), isFolder);
    await refuses(
      run('verify', { proof: `${root}/none.json` }),
      /^Cannot use \S+none\.json: there is no such file or folder\.$/,
    );
    await refuses(run('aggregate', { proofs: [file, file] }), /one\.json is given twice: name it once\.$/);
    await refuses(
      run('execute', { program: ELF, proof: `${file},${file}` }),
      /one\.json is given twice: name it once\.$/,
    );
  });
});
