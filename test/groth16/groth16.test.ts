/** The adapter of snarkjs: the suite of every implementation, and what is its own: key file, JSON, setup scalars. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { R, mod, pow } from '../../prover/field/bn254.ts';
import { circuitDigest, logDomain } from '../../prover/groth16/circuit/r1cs/digest.ts';
import { proofOfWords, wordsOfProof } from '../../prover/groth16/key/points.ts';
import { verifyingKeySha256 } from '../../prover/groth16/key/verifier-key.ts';
import { keyFromJson, keyToJson, proofFromJson, proofToJson } from '../../prover/groth16/snarkjs/json.ts';
import snarkjs from '../../prover/groth16/snarkjs/prover.ts';
import { insecureToxicWaste, lagrangeAt } from '../../prover/groth16/snarkjs/setup-scalars.ts';
import { INSECURE_MARK, writeInsecureKey } from '../../prover/groth16/snarkjs/setup.ts';
import { windowBits } from '../../prover/groth16/snarkjs/setup-points.ts';
import { VERIFYING_KEY } from '../../prover/system/generated/groth16-key.ts';
import { circuit, testGroth16Prover } from './prover-suite.ts';

testGroth16Prover(snarkjs);

test('a key file is marked, and belongs to one circuit', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-groth16-'));
  try {
    const file = path.join(directory, 'key.zkey');
    const stages = new Set<string>();
    await writeInsecureKey(circuit(1n), file, { onProgress: ({ stage }) => stages.add(stage) });
    assert.deepEqual([...stages], ['scalars', 'ic', 'coefficients', 'a', 'b1', 'b2', 'c', 'h']);
    assert.ok((await readFile(file)).includes(INSECURE_MARK));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  assert.equal(circuitDigest(circuit(1n)), circuitDigest(circuit(2n)));
  assert.notEqual(circuitDigest(circuit(1n)), circuitDigest(circuit(1n, 4)));
});

test('proofs and keys survive the JSON, and every coordinate has a place of its own', () => {
  const words = Array.from({ length: 8 }, (_, i) => BigInt(i + 1));
  const proof = proofOfWords(words);
  assert.deepEqual(wordsOfProof(proof), words);
  assert.deepEqual(proofFromJson(proofToJson(proof)), proof);
  assert.deepEqual(keyFromJson(keyToJson(VERIFYING_KEY)), VERIFYING_KEY);
  assert.throws(() => proofOfWords(words.slice(1)), RangeError);
  assert.throws(() => proofOfWords([...words, 9n]), RangeError);
  // The hash covers every coordinate.
  const hashes = new Set([verifyingKeySha256(VERIFYING_KEY)]);
  const { alpha, beta, gamma, delta, ic } = VERIFYING_KEY;
  for (const name of ['x', 'y'] as const) {
    hashes.add(verifyingKeySha256({ ...VERIFYING_KEY, alpha: { ...alpha, [name]: 1n } }));
    for (const i of ic.keys()) {
      hashes.add(verifyingKeySha256({ ...VERIFYING_KEY, ic: ic.with(i, { ...ic[i]!, [name]: 1n }) }));
    }
    for (const part of ['real', 'imaginary'] as const) {
      for (const [key, point] of Object.entries({ beta, gamma, delta })) {
        const changed = { ...point, [name]: { ...point[name], [part]: 1n } };
        hashes.add(verifyingKeySha256({ ...VERIFYING_KEY, [key]: changed }));
      }
    }
  }
  assert.equal(hashes.size, 1 + 2 + 8 + 12);
});

test('nothing of the product but its folder names the library, and one line that chooses it', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const files = globSync(['prover/**/*.ts', 'plugin/**/*.ts', 'contracts/**/*.sol'], { cwd: root });
  assert.ok(files.length > 200);
  const naming = files
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !file.startsWith('prover/groth16/snarkjs/'))
    .flatMap((file) =>
      readFileSync(path.join(root, file), 'utf8')
        .split('\n')
        .filter((line) => /snarkjs/i.test(line))
        .map((line) => `${file}: ${line}`),
    );
  assert.deepEqual(naming, ["prover/groth16/default-prover.ts: export { default } from './snarkjs/prover.ts';"]);
});

test('Lagrange values interpolate', () => {
  const root = pow(5n, (R - 1n) / 8n);
  const tau = 123456789n;
  const values = lagrangeAt(tau, 3, root, 0, 1);
  // sum L_i(tau) w^(i k) = tau^k for k < 8.
  for (let k = 0n; k < 8n; k++) {
    assert.equal(mod(values.reduce((s, v, i) => s + v * pow(root, BigInt(i) * k), 0n)), pow(tau, k));
  }
  const odd = lagrangeAt(tau, 3, root, 1, 2);
  assert.deepEqual(
    odd,
    values.filter((_, i) => i % 2 === 1),
  );
});

test('domain, windows and secrets', () => {
  assert.equal(2 ** logDomain(circuit(1n)) >= circuit(1n).constraintCount + 4, true);
  assert.ok(windowBits(2000, 2) < windowBits(4_000_000, 2));
  const a = insecureToxicWaste('one');
  assert.notEqual(a.tau, insecureToxicWaste('two').tau);
  assert.equal(new Set(Object.values(a)).size, 5);
});
