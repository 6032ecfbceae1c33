import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import { createFileAtomically } from '../../plugin/internal/files/atomic.ts';
import { checkProofTarget, writePaths, writeProof, type ProofTarget } from '../../plugin/internal/tasks/proof-files.ts';
import type { Proof } from '../../plugin/types.ts';

const PROOF: Proof = {
  format: 'hardhat-zkvm-proof',
  version: 1,
  mode: 'core',
  vkey: `0x00${'12'.repeat(31)}`,
  publicValues: '0x05',
  exitCode: 0,
  proof: 'AAAA',
  stats: { cycles: 1, seconds: {}, peakMemoryBytes: 0, securityBits: 100 },
};

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hardhat-zkvm-test-'));
  t.after(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true });
  });
  return folder;
}

const to = (out: string, force = false): ProofTarget => ({ program: 'p', mode: 'core', out, force });
const byName = (folder: string, force = false): ProofTarget => ({
  program: path.join(folder, 'p'),
  mode: 'core',
  out: undefined,
  force,
});
const refusal = (pattern: RegExp) => (error: unknown) =>
  HardhatPluginError.isHardhatPluginError(error) && pattern.test(error.message);

test('names tell statements apart, and never depend on anything but what the file shows', async (t) => {
  const folder = await temporary(t);
  const names = [];
  const others: readonly Partial<Proof>[] = [
    {},
    { publicValues: '0x06' },
    { exitCode: 1 },
    { vkey: `0x00${'13'.repeat(31)}` },
  ];
  for (const change of others) names.push((await writeProof({ ...PROOF, ...change }, byName(folder))).file);
  assert.equal(new Set(names).size, 4);
  for (const name of names) assert.match(name, /\/p\.core\.[0-9a-f]{8}\.proof\.json$/);
  // Another run of the same statement, with other proof bytes and costs.
  const again = await writeProof({ ...PROOF, proof: 'BBBB' }, byName(folder));
  assert.deepEqual(again, { file: names[0]?.replace('.proof.json', '-2.proof.json'), taken: names[0] });
  assert.equal((JSON.parse(await readFile(names[0] ?? '', 'utf8')) as Proof).proof, 'AAAA');
  const forced = await writeProof({ ...PROOF, proof: 'CCCC' }, byName(folder, true));
  assert.deepEqual(forced, { file: names[0] });
  assert.equal((JSON.parse(await readFile(forced.file, 'utf8')) as Proof).proof, 'CCCC');
  assert.equal((await readdir(folder)).length, 5);
});

test('what could not be written is refused before proving', async (t) => {
  const folder = await temporary(t);
  const file = path.join(folder, 'taken.json');
  await writeFile(file, 'mine');
  await symlink(path.join(folder, 'nowhere'), path.join(folder, 'link.json'));
  await checkProofTarget(to(path.join(folder, 'free.json')));
  await assert.rejects(checkProofTarget(to(file)), refusal(/is there already: .*--force/));
  await assert.rejects(checkProofTarget(to(path.join(folder, 'link.json'))), refusal(/is there already/));
  await checkProofTarget(to(file, true));
  for (const force of [false, true]) {
    await assert.rejects(checkProofTarget(to(folder, force)), refusal(/is a folder/));
    await assert.rejects(checkProofTarget(to('/dev/null', force)), refusal(/is not a regular file/));
    await assert.rejects(checkProofTarget(to(path.join(folder, 'no/x.json'), force)), refusal(/there is no folder/));
    await assert.rejects(checkProofTarget(to(path.join(file, 'x.json'), force)), refusal(/is not a folder|no folder/));
  }
  assert.deepEqual((await readdir(folder)).toSorted(), ['link.json', 'taken.json']);
});

test('a name that was taken meanwhile costs no proof', async (t) => {
  const folder = await temporary(t);
  const file = path.join(folder, 'mine.json');
  const runs = Array.from({ length: 8 }, (_, i) => writeProof({ ...PROOF, proof: String(i) }, to(file)));
  const written = await Promise.all(runs);
  assert.equal(new Set(written.map(({ file: name }) => name)).size, 8);
  const contents = await Promise.all(written.map(async (one) => JSON.parse(await readFile(one.file, 'utf8')) as Proof));
  assert.deepEqual(
    contents.map(({ proof }) => proof),
    ['0', '1', '2', '3', '4', '5', '6', '7'],
  );
  assert.equal(written.filter(({ taken }) => taken === undefined).length, 1);
  // No temporary file stays.
  assert.equal((await readdir(folder)).length, 8);
});

test('paths go beside their proof, under its name, and cost no aggregate when that is taken', async (t) => {
  const folder = await temporary(t);
  const names: string[] = [];
  for (const out of ['a.proof.json', 'a.proof.json', 'b.json', 'c']) {
    const { file } = await writeProof(PROOF, to(path.join(folder, out)));
    names.push(path.basename((await writePaths({ root: file }, file, false)).file));
  }
  assert.deepEqual(names, ['a.paths.json', 'a-2.paths.json', 'b.paths.json', 'c.paths.json']);
  const proof = path.join(folder, 'a.proof.json');
  const again = await writePaths({ root: 'again' }, proof, false);
  assert.deepEqual(again, {
    file: path.join(folder, 'a-3.paths.json'),
    taken: path.join(folder, 'a.paths.json'),
  });
  await writePaths({ root: 'forced' }, proof, true);
  assert.deepEqual(JSON.parse(await readFile(path.join(folder, 'a.paths.json'), 'utf8')), { root: 'forced' });
  const gone = path.join(folder, 'gone', `${path.basename(folder)}.json`);
  let saved = '';
  await assert.rejects(writePaths({ root: 'saved' }, gone, false), (error: Error) => {
    saved = /The paths were saved as (\S+) instead\.$/.exec(error.message)?.[1] ?? '';
    return saved !== '';
  });
  assert.deepEqual(JSON.parse(await readFile(saved, 'utf8')), { root: 'saved' });
  await rm(saved);
});

test('a folder that went away while proving costs no proof', async (t) => {
  const folder = await temporary(t);
  const name = `${path.basename(folder)}.json`;
  let saved = '';
  await assert.rejects(writeProof(PROOF, to(path.join(folder, 'gone', name))), (error: Error) => {
    saved = /The proof was saved as (\S+) instead\.$/.exec(error.message)?.[1] ?? '';
    return saved !== '';
  });
  assert.deepEqual(JSON.parse(await readFile(saved, 'utf8')), PROOF);
  await rm(saved);
});

test('creating is exclusive and complete', async (t) => {
  const folder = await temporary(t);
  const file = path.join(folder, 'x');
  assert.equal(await createFileAtomically(file, 'one'), true);
  assert.equal(await createFileAtomically(file, 'two'), false);
  await mkdir(path.join(folder, 'd'));
  assert.equal(await createFileAtomically(path.join(folder, 'd'), 'three'), false);
  assert.equal(await readFile(file, 'utf8'), 'one');
  assert.deepEqual((await readdir(folder)).toSorted(), ['d', 'x']);
});
