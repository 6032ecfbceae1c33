import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { R, mod, pow } from '../../prover/field/bn254.ts';
import { permute } from '../../prover/hash/poseidon2-bn254.ts';
import { exportVerifyingKey, proveGroth16, verifyGroth16 } from '../../prover/groth16/snarkjs/prove.ts';
import { rangedWire } from '../../prover/groth16/circuit/r1cs/bits.ts';
import { addLinear, constLinear } from '../../prover/groth16/circuit/r1cs/linear.ts';
import { permuteCircuit } from '../../prover/groth16/circuit/r1cs/poseidon.ts';
import { ConstraintSystem } from '../../prover/groth16/circuit/r1cs/system.ts';
import { insecureToxicWaste, lagrangeAt, logDomain } from '../../prover/groth16/snarkjs/setup-scalars.ts';
import { INSECURE_MARK, circuitDigest, writeInsecureKey } from '../../prover/groth16/snarkjs/setup.ts';
import { windowBits } from '../../prover/groth16/snarkjs/setup-points.ts';
import type { SnarkjsVerifyingKey } from '../../prover/groth16/key/verifier-key.ts';

/** Knowledge of eight 31-bit values whose permutation starts with the first public input; the second one is their sum. */
function circuit(seed: bigint, publicCount = 3): ConstraintSystem {
  const system = new ConstraintSystem({ publicCount, mode: 'witness' });
  const inputs = Array.from({ length: 8 }, (_, i) => (seed * 7919n * BigInt(i + 1)) % (1n << 31n));
  const outputs = permute(inputs);
  system.setPublic(0, outputs[0]!);
  system.setPublic(
    1,
    inputs.reduce((a, b) => a + b, 0n),
  );
  system.setPublic(2, 5n);
  const wires = inputs.map((x) => rangedWire(system, x, 31, 'bound', 'input').int);
  const negated = (i: number): ReturnType<typeof constLinear> => ({
    ...system.publicInput(i),
    coeffs: [-1n],
    value: -system.publicInput(i).value,
  });
  system.enforceZero(addLinear(permuteCircuit(system, wires)[0]!, negated(0)), 'output');
  const sum = wires.reduce((acc, w) => addLinear(acc, w), constLinear(0n));
  system.enforceZero(addLinear(sum, negated(1)), 'sum');
  const third = system.publicInput(2);
  system.enforce(third, third, constLinear(25n), 'square');
  return system;
}

let directory = '';
let keyPath = '';
let key: SnarkjsVerifyingKey;
before(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'zkvm-groth16-'));
  keyPath = path.join(directory, 'key.zkey');
  const stages = new Set<string>();
  await writeInsecureKey(circuit(1n), keyPath, { onProgress: ({ stage }) => stages.add(stage) });
  assert.deepEqual([...stages], ['scalars', 'ic', 'coefficients', 'a', 'b1', 'b2', 'c', 'h']);
  key = await exportVerifyingKey(keyPath);
});
after(() => rm(directory, { recursive: true, force: true }));

test('proofs of two witnesses verify under the development key; other inputs, aliases and points do not', async () => {
  for (const seed of [1n, 12345n]) {
    const system = circuit(seed);
    const { proof, publicInputs } = await proveGroth16(system, keyPath);
    assert.deepEqual(publicInputs, system.values.slice(1, 4));
    assert.equal(await verifyGroth16(key, publicInputs, proof), true);
    for (const i of [0, 1, 2]) {
      assert.equal(
        await verifyGroth16(
          key,
          publicInputs.map((x, j) => (i === j ? mod(x + 1n) : x)),
          proof,
        ),
        false,
      );
      assert.equal(
        await verifyGroth16(
          key,
          publicInputs.map((x, j) => (i === j ? x + R : x)),
          proof,
        ),
        false,
      );
    }
    assert.equal(await verifyGroth16(key, publicInputs.slice(0, 2), proof), false);
    const swapped = { ...proof, pi_a: proof.pi_c, pi_c: proof.pi_a };
    assert.equal(await verifyGroth16(key, publicInputs, swapped), false);
  }
});

test('a violated witness is refused before proving', async () => {
  const system = circuit(3n);
  system.values[5] = mod(system.values[5]! + 1n);
  await assert.rejects(proveGroth16(system, keyPath), { code: 'GROTH16_WITNESS' });
});

test('the same circuit gives the same key bytes and digest whatever the witness and the threads', async () => {
  const { readFile } = await import('node:fs/promises');
  const other = path.join(directory, 'other.zkey');
  await writeInsecureKey(circuit(99n), other, { threads: 1 });
  const bytes = await readFile(keyPath);
  assert.ok(bytes.equals(await readFile(other)));
  assert.ok(bytes.includes(INSECURE_MARK));
  assert.equal(circuitDigest(circuit(1n)), circuitDigest(circuit(2n)));
  assert.notEqual(circuitDigest(circuit(1n)), circuitDigest(circuit(1n, 4)));
});

test('setup can be aborted', async () => {
  const controller = new AbortController();
  const target = path.join(directory, 'aborted.zkey');
  await assert.rejects(
    writeInsecureKey(circuit(1n), target, { signal: controller.signal, onProgress: () => controller.abort() }),
    { name: 'AbortError' },
  );
  await assert.rejects(proveGroth16(circuit(1n), keyPath, { signal: controller.signal }), { name: 'AbortError' });
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
