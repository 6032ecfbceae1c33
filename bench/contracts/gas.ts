/**
 * Gas of whole transactions that verify a Groth16 proof: the verifier directly, through the gateway, and the mock, which does
 * everything but the pairing. The proof is a real one, made by snarkjs with a development key of a circuit of a few
 * constraints: the contract's work does not depend on the circuit, only on the three public inputs. `end-to-end`
 * measures the same with a proof of the zkVM.
 *
 *   node bench/contracts/gas.ts
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import hre from 'hardhat';
import groth16 from '../../prover/groth16/snarkjs/prover.ts';
import { rangedWire } from '../../prover/groth16/circuit/r1cs/bits.ts';
import { addLinear, asLinear } from '../../prover/groth16/circuit/r1cs/linear.ts';
import { ConstraintSystem } from '../../prover/groth16/circuit/r1cs/system.ts';
import { bytes32 } from '../../prover/core/hex.ts';
import { encodeProof, verifierKeyOf } from '../../prover/groth16/key/verifier-key.ts';
import { fail, report } from '../report.ts';

const CONTROL_ROOT = 0x5eedn;
const ROOT = 123_456_789n;

/** Knowledge of a 64-bit square root of the program key; digest and control root are free. */
function squareRoot(digest: bigint): ConstraintSystem {
  const system = new ConstraintSystem({ publicCount: 3, mode: 'witness' });
  for (const [i, value] of [ROOT * ROOT, digest, CONTROL_ROOT].entries()) system.setPublic(i, value);
  const wire = asLinear(rangedWire(system, ROOT, 64, 'bound', 'root').int);
  system.enforce(wire, wire, system.publicInput(0), 'square');
  for (const i of [1, 2]) {
    const input = system.publicInput(i);
    system.enforceZero(addLinear(input, { ...input, coeffs: [-1n], value: -input.value }), 'free');
  }
  return system;
}

const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-bench-'));
try {
  await hre.tasks.getTask('build').run({ quiet: true });
  const publicValues = `0x${'00'.repeat(31)}07${'00'.repeat(31)}08${'00'.repeat(31)}0f` as const;
  const hash = createHash('sha256')
    .update(Buffer.from(publicValues.slice(2), 'hex'))
    .digest('hex');
  const system = squareRoot(BigInt(`0x${hash}`) & ((1n << 253n) - 1n));
  const keyFile = path.join(directory, 'key.zkey');
  await groth16.setup(system, keyFile, { threads: 1 });
  const options = { controlRoot: CONTROL_ROOT, insecureSetup: true };
  const key = verifierKeyOf(await groth16.exportKey(keyFile), options);
  const { proof } = await groth16.prove(system, keyFile);
  const bytes = encodeProof(key, proof);
  const vkey = bytes32(ROOT * ROOT);

  const { ethers, zkvm } = await hre.network.create();
  const argument = [key.alpha, key.beta, key.gamma, key.delta, key.ic.flat(), key.controlRoot, key.insecureSetup];
  const [owner] = await ethers.getSigners();
  const verifier = await ethers.deployContract('ZkVerifier', [argument]);
  const gateway = await ethers.deployContract('ZkVerifierGateway', [owner?.address]);
  await gateway.getFunction('addRoute')(await verifier.getAddress());
  const mock = await ethers.deployContract('MockZkVerifier');
  for (const [name, contract, proofBytes] of [
    ['mock', mock, zkvm.mockProof(vkey, publicValues)],
    ['direct', verifier, bytes],
    ['through the gateway', gateway, bytes],
  ] as const) {
    const sent = await contract.getFunction('verifyProof').send(vkey, publicValues, proofBytes);
    const receipt = await sent.wait();
    if (receipt?.status !== 1) throw new Error(`the ${name} transaction failed`);
    report({ name: `gas/${name}`, unit: 'gas', samples: [Number(receipt.gasUsed)] });
  }
} catch (error) {
  fail('gas', error);
} finally {
  await rm(directory, { recursive: true, force: true });
}
