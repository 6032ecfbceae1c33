/** Tasks that need no proving key, in a project whose key cache is empty; and proof files as people have them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { HardhatPluginError } from 'hardhat/plugins';
import { errorCode } from '../../plugin/internal/errors.ts';
import { groth16Verifier } from '../../prover/index.ts';
import { verifierHash } from '../../prover/groth16/key/verifier-key.ts';
import { forgedProof } from '../support/forged-groth16.ts';
import { project } from '../support/project.ts';

const VKEY = `0x00${'12'.repeat(31)}` as const;
const PUBLIC_VALUES = `0x${'00'.repeat(31)}2a` as const;

async function emptyCache(t: TestContext) {
  const cacheDir = path.join('cache', 'keys');
  const made = await project(t, { zkvm: { cacheDir } });
  const cache = path.resolve(made.root, cacheDir);
  // Making the key would take minutes and leave it there.
  t.after(() => assert.equal(existsSync(cache), false, 'nothing was made'));
  return made;
}

const refusal = (pattern: RegExp, code: string) => (error: unknown) => {
  assert.ok(HardhatPluginError.isHardhatPluginError(error), String(error));
  assert.match(error.message, pattern);
  assert.equal(errorCode(error), code);
  return true;
};

test('deploying and verifying need no proving key, on chain and off', async (t) => {
  const { root, hre } = await emptyCache(t);
  const start = performance.now();
  const connection = await hre.network.create();
  const deployment = await connection.zkvm.deploy();
  assert.equal(deployment.selector, verifierHash(groth16Verifier()).slice(0, 10));
  assert.equal(deployment.insecureSetup, true);

  const proof = await forgedProof(VKEY, PUBLIC_VALUES);
  const file = path.join(root, 'proof.json');
  await writeFile(file, JSON.stringify(proof));
  const report = await hre.zkvm.verify(await hre.zkvm.readProof(file), { vkey: VKEY });
  assert.deepEqual([report.vkey, report.publicValues, report.exitCode], [VKEY, PUBLIC_VALUES, 0]);
  const submission = await connection.zkvm.submit(proof);
  assert.equal(submission.target, 'verifier');

  const other = { ...proof, publicValues: `0x${'00'.repeat(31)}2b` } as const;
  await assert.rejects(hre.zkvm.verify(other), { code: 'groth16' });
  await assert.rejects(connection.zkvm.submit(other), /InvalidProof/);
  await assert.rejects(hre.zkvm.verify({ ...proof, exitCode: 1 }), { code: 'statement' });
  const another = `0x00${'13'.repeat(31)}` as const;
  await assert.rejects(hre.zkvm.verify(proof, { vkey: another }), { code: 'program-key' });
  assert.ok(performance.now() - start < 60_000);
});

test('proof files are read as they are, and refused with their name and the reason', async (t) => {
  const { root, hre } = await emptyCache(t);
  const proof = await forgedProof(VKEY, PUBLIC_VALUES);
  const text = JSON.stringify(proof, null, 2);
  const file = path.join(root, 'proof.json');
  const powershell = Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}\r\n`, 'utf16le');
  await writeFile(file, powershell);
  assert.deepEqual(await hre.zkvm.readProof(file), proof);

  const read = async (contents: string | Uint8Array): Promise<unknown> => {
    await writeFile(file, contents);
    return hre.zkvm.readProof(file);
  };
  await assert.rejects(
    read(text.slice(0, 300)),
    refusal(/proof\.json: The proof is damaged: .* cut off/, 'BAD_PROOF_FILE'),
  );
  await assert.rejects(read(''), refusal(/proof\.json: The proof file is empty\./, 'BAD_PROOF_FILE'));
  await assert.rejects(read(text.replace('"version": 1', '"version": 7')), refusal(/another version/, 'PROOF_VERSION'));
  await assert.rejects(hre.zkvm.readProof(path.join(root, 'none.json')), { code: 'ENOENT' });
  await mkdir(path.join(root, 'folder'));
  await assert.rejects(hre.zkvm.readProof(path.join(root, 'folder')), { code: 'EISDIR' });
  // Refused by what is read of it: eight gigabytes that are nowhere on the disk.
  const start = performance.now();
  await truncate(file, 8 * 2 ** 30);
  await assert.rejects(hre.zkvm.readProof(file), refusal(/too large to be a proof/, 'PLUGIN'));
  assert.ok(performance.now() - start < 60_000);
});

test('a proof is read from a pipe', { skip: process.platform === 'win32' }, async (t) => {
  const { root, hre } = await emptyCache(t);
  const proof = await forgedProof(VKEY, PUBLIC_VALUES);
  const pipe = path.join(root, 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  const [read] = await Promise.all([hre.zkvm.readProof(pipe), writeFile(pipe, JSON.stringify(proof))]);
  assert.deepEqual(read, proof);
});
