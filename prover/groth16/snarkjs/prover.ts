/** Groth16 through snarkjs (GPL-3.0, behind this folder). Curve workers never outlive a call. */
import { scalarBytes } from '../circuit/r1cs/scalar-bytes.ts';
import { R } from '../../field/bn254.ts';
import type { ConstraintSystem } from '../circuit/r1cs/system.ts';
import { areInputsOf, assertWitness, isCanonicalProof } from '../proving/checks.ts';
import type { Groth16Prover } from '../proving/interface.ts';
import { withCurve } from './curve.ts';
import { keyFromJson, keyToJson, proofFromJson, proofToJson } from './json.ts';
import { snarkjs } from './load.ts';
import { type SetupProgress, writeInsecureKey } from './setup.ts';

const SETUP_STAGES: readonly SetupProgress['stage'][] = ['scalars', 'ic', 'coefficients', 'a', 'b1', 'b2', 'c', 'h'];

/** A witness in the .wtns format. */
export function witnessBytes(system: ConstraintSystem): Uint8Array {
  const values = scalarBytes(system.values);
  const bytes = new Uint8Array(12 + 12 + 40 + 12 + values.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('wtns'), 0);
  view.setUint32(4, 2, true); // version
  view.setUint32(8, 2, true); // sections
  view.setUint32(12, 1, true);
  view.setBigUint64(16, 40n, true);
  view.setUint32(24, 32, true);
  bytes.set(scalarBytes([R]), 28);
  view.setUint32(60, system.wireCount, true);
  view.setUint32(64, 2, true);
  view.setBigUint64(68, BigInt(values.byteLength), true);
  bytes.set(values, 76);
  return bytes;
}

/** See `Groth16Prover`. The random scalars of proofs come from snarkjs; threads of proofs are as many as there are cores. */
const prover: Groth16Prover = {
  name: 'snarkjs',

  setup(shape, file, { threads, signal, onProgress } = {}) {
    return writeInsecureKey(shape, file, {
      ...(threads === undefined ? {} : { threads }),
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ stage, done, total }) => {
        const before = SETUP_STAGES.indexOf(stage);
        onProgress?.(`development key, part ${stage}`, (before + done / total) / SETUP_STAGES.length);
      },
    });
  },

  async prove(system, keyFile, { signal, onProgress } = {}) {
    assertWitness(system);
    const report = (message: string): void => onProgress?.(message);
    const logger = { debug: report, info: report, warn: report, error: report };
    const { groth16 } = await snarkjs();
    const { proof, publicSignals } = await withCurve(signal, () =>
      groth16.prove(keyFile, { type: 'mem', data: witnessBytes(system) }, logger),
    );
    return { proof: proofFromJson(proof), publicInputs: publicSignals.map(BigInt) };
  },

  async verify(key, publicInputs, proof) {
    if (!areInputsOf(key, publicInputs) || !isCanonicalProof(proof)) return false;
    const { groth16 } = await snarkjs();
    const kind = { protocol: 'groth16', curve: 'bn128' };
    const full = { ...keyToJson(key), ...kind, nPublic: publicInputs.length };
    return withCurve(undefined, () =>
      groth16.verify(full, publicInputs.map(String), { ...proofToJson(proof), ...kind }),
    );
  },

  async exportKey(keyFile) {
    const { zKey } = await snarkjs();
    return keyFromJson(await withCurve(undefined, () => zKey.exportVerificationKey(keyFile)));
  },
};

export default prover;
