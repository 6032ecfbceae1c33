/** What every implementation of `Groth16Prover` has to do, on a small circuit. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { mod, Q, R } from '../../prover/field/bn254.ts';
import { permute } from '../../prover/hash/poseidon2-bn254.ts';
import { rangedWire } from '../../prover/groth16/circuit/r1cs/bits.ts';
import { addLinear, constLinear } from '../../prover/groth16/circuit/r1cs/linear.ts';
import { permuteCircuit } from '../../prover/groth16/circuit/r1cs/poseidon.ts';
import { ConstraintSystem } from '../../prover/groth16/circuit/r1cs/system.ts';
import {
  type Groth16Proof,
  type Groth16VerifyingKey,
  proofOfWords,
  wordsOfProof,
} from '../../prover/groth16/key/points.ts';
import type { Groth16Prover } from '../../prover/groth16/proving/interface.ts';
import { assertNoThreadLeft, threadCount } from '../support/abort.ts';

/** Knowledge of eight 31-bit values whose permutation starts with the first public input; the second one is their sum. */
export function circuit(seed: bigint, publicCount = 3): ConstraintSystem {
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

/** Every coordinate of a proof changed in ways that stay a number, and the proof with two of its points exchanged. */
function mutations(proof: Groth16Proof): (readonly [what: string, proof: Groth16Proof])[] {
  const words = wordsOfProof(proof);
  const changed = words.flatMap((value, at) =>
    [(value + 1n) % Q, Q - value, 0n, value + Q].map((other, kind) => {
      const copy = words.with(at, other);
      return [`coordinate ${at}, change ${kind}`, proofOfWords(copy)] as const;
    }),
  );
  return [
    ...changed,
    ['a and c exchanged', { ...proof, a: proof.c, c: proof.a }],
    ['all points at infinity', proofOfWords(words.map(() => 0n))],
  ];
}

/** Adds the tests of an implementation. */
export function testGroth16Prover(prover: Groth16Prover): void {
  describe(`Groth16 by ${prover.name}`, () => {
    let directory = '';
    let keyFile = '';
    let key: Groth16VerifyingKey;
    before(async () => {
      directory = await mkdtemp(path.join(tmpdir(), 'zkvm-groth16-'));
      keyFile = path.join(directory, 'key');
      const fractions: number[] = [];
      await prover.setup(circuit(1n), keyFile, { onProgress: (_, fraction) => fractions.push(fraction ?? 0) });
      assert.ok(fractions.length > 0 && fractions.every((fraction) => fraction >= 0 && fraction <= 1));
      key = await prover.exportKey(keyFile);
    });
    after(() => rm(directory, { recursive: true, force: true }));

    it('gives a key with one point for each public input and one more', () => {
      assert.equal(key.ic.length, 4);
      assert.notDeepEqual(key.gamma, key.delta);
    });

    it('accepts the proofs of two witnesses for their inputs, and for no other ones', async () => {
      for (const seed of [1n, 12345n]) {
        const system = circuit(seed);
        const { proof, publicInputs } = await prover.prove(system, keyFile);
        assert.deepEqual(publicInputs, system.values.slice(1, 4));
        assert.equal(await prover.verify(key, publicInputs, proof), true);
        for (const [i, value] of publicInputs.entries()) {
          for (const other of [mod(value + 1n), value + R, value - R]) {
            assert.equal(await prover.verify(key, publicInputs.with(i, other), proof), false, `input ${i}: ${other}`);
          }
        }
        assert.equal(await prover.verify(key, publicInputs.slice(0, 2), proof), false);
        assert.equal(await prover.verify(key, [...publicInputs, 0n], proof), false);
      }
    });

    it('refuses a proof with any coordinate changed, and under another key', async () => {
      const { proof, publicInputs } = await prover.prove(circuit(7n), keyFile);
      for (const [what, changed] of mutations(proof)) {
        assert.equal(await prover.verify(key, publicInputs, changed), false, what);
      }
      for (const name of ['beta', 'gamma', 'delta'] as const) {
        const other = name === 'beta' ? key.gamma : key.beta;
        assert.equal(await prover.verify({ ...key, [name]: other }, publicInputs, proof), false, name);
      }
      const alpha = { ...key, alpha: key.ic[0]! };
      assert.equal(await prover.verify(alpha, publicInputs, proof), false, 'alpha');
      for (const i of key.ic.keys()) {
        const ic = key.ic.with(i, key.alpha);
        assert.equal(await prover.verify({ ...key, ic }, publicInputs, proof), false, `ic ${i}`);
      }
    });

    it('makes another proof every time', async () => {
      const proofs = [await prover.prove(circuit(1n), keyFile), await prover.prove(circuit(1n), keyFile)];
      assert.notDeepEqual(proofs[0]?.proof, proofs[1]?.proof);
    });

    it('refuses a witness that violates a constraint, before proving', async () => {
      const system = circuit(3n);
      system.values[5] = mod(system.values[5]! + 1n);
      await assert.rejects(prover.prove(system, keyFile), { name: 'ZkError', code: 'GROTH16_WITNESS' });
    });

    it('writes the same key whatever the witness and the threads', async () => {
      const other = path.join(directory, 'other');
      await prover.setup(circuit(99n), other, { threads: 1 });
      assert.ok((await readFile(keyFile)).equals(await readFile(other)));
    });

    it('stops with the reason of the signal and leaves no thread behind', async () => {
      const reason = new Error('changed my mind');
      const threads = threadCount();
      const aborted = AbortSignal.abort(reason);
      await assert.rejects(prover.prove(circuit(1n), keyFile, { signal: aborted }), (error) => error === reason);
      const controller = new AbortController();
      const running = prover.prove(circuit(1n), keyFile, {
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      });
      await assert.rejects(running, (error) => error === reason);
      const second = new AbortController();
      const setup = prover.setup(circuit(1n), path.join(directory, 'aborted'), {
        signal: second.signal,
        onProgress: () => second.abort(reason),
      });
      await assert.rejects(setup, (error) => error === reason);
      await assertNoThreadLeft(threads);
      // The next one works.
      const { proof, publicInputs } = await prover.prove(circuit(1n), keyFile);
      assert.equal(await prover.verify(key, publicInputs, proof), true);
    });
  });
}
