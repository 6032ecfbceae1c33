import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import groth16 from '../../prover/groth16/snarkjs/prover.ts';
import { rangedWire } from '../../prover/groth16/circuit/r1cs/bits.ts';
import { addLinear, asLinear, constLinear } from '../../prover/groth16/circuit/r1cs/linear.ts';
import { ConstraintSystem } from '../../prover/groth16/circuit/r1cs/system.ts';
import { bytes32 } from '../../prover/core/hex.ts';
import { encodeProof, verifierKeyOf } from '../../prover/groth16/key/verifier-key.ts';
import { digestOf, keyArgument, newChain, rejectsWith, words } from '../support/chain.ts';

const CONTROL_ROOT = 0x5eedn;

/** Knowledge of a 64-bit square root of the program key; digest and control root are free. */
function circuit(root: bigint, digest: bigint): ConstraintSystem {
  const system = new ConstraintSystem({ publicCount: 3, mode: 'witness' });
  for (const [i, value] of [root * root, digest, CONTROL_ROOT].entries()) system.setPublic(i, value);
  const wire = asLinear(rangedWire(system, root, 64, 'bound', 'root').int);
  system.enforce(wire, wire, system.publicInput(0), 'square');
  for (const i of [1, 2]) {
    const input = system.publicInput(i);
    system.enforceZero(addLinear(input, { ...input, coeffs: [-1n], value: -input.value }), 'free');
  }
  system.enforceZero(constLinear(0n), 'nothing');
  return system;
}

test('a key from the development setup and a proof from snarkjs are what the contract reads', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-contract-'));
  try {
    const publicValues = words(7, 8);
    const system = circuit(123456789n, digestOf(publicValues));
    const keyPath = path.join(directory, 'key.zkey');
    await groth16.setup(system, keyPath, { threads: 1 });
    const key = verifierKeyOf(await groth16.exportKey(keyPath), {
      controlRoot: CONTROL_ROOT,
      insecureSetup: true,
    });
    const { proof } = await groth16.prove(system, keyPath);
    const bytes = encodeProof(key, proof);
    const chain = await newChain();
    const verifier = await chain.deploy('ZkVerifier', keyArgument(key));
    const programKey = bytes32(123456789n ** 2n);
    await verifier.getFunction('verifyProof')(programKey, publicValues, bytes);
    const gas = await verifier.getFunction('verifyProof').estimateGas(programKey, publicValues, bytes);
    assert.ok(gas <= 232_000n, `${gas} gas for the whole transaction`);
    await rejectsWith(
      verifier.getFunction('verifyProof')(bytes32(123456789n ** 2n + 1n), publicValues, bytes),
      verifier,
      'InvalidProof',
    );
    await rejectsWith(verifier.getFunction('verifyProof')(programKey, words(7, 9), bytes), verifier, 'InvalidProof');
    const other = await chain.deploy('ZkVerifier', keyArgument({ ...key, controlRoot: bytes32(CONTROL_ROOT + 1n) }));
    const elsewhere = encodeProof({ ...key, controlRoot: bytes32(CONTROL_ROOT + 1n) }, proof);
    await rejectsWith(other.getFunction('verifyProof')(programKey, publicValues, elsewhere), other, 'InvalidProof');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
