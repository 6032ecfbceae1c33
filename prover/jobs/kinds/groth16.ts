/** Proves over the curve of the EVM that a wrap proof verifies. The proving key must be there. */
import { type Groth16Proof, proofOfWords, wordsOfProof } from '../../groth16/key/points.ts';
import { type Artifact, decoded } from '../artifact.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { outermostStatement } from '../outermost.ts';
import { missingKey } from '../proving-key.ts';
import { decodeCap } from './cap.ts';
import type { JobKind } from './kind.ts';
import { decodeProved } from './recursion.ts';

export const groth16: JobKind = {
  name: 'groth16',
  inputs: ['wrap', 'cap'],
  output: 'groth16',
  needs: { memoryBytes: 3.4 * 2 ** 30, threads: 1 },
  steps: ['building the circuit', 'proving'],
  thread: 'groth16',
  keep: true,
  async run([wrapped, cap], { resources, signal, onStep }) {
    if (wrapped === undefined || cap === undefined) throw new RangeError('"inputs" expected a wrap proof and a cap');
    const { keyFile, threads } = resources.options;
    if (keyFile === undefined) throw missingKey();
    onStep({ step: 'building the circuit' });
    const system = outermostStatement(
      resources.system,
      decodeProved(resources.system, wrapped),
      decodeCap(resources.system, cap),
    );
    const prover = await resources.groth16();
    onStep({ step: `proving with ${prover.name}` });
    const { proof } = await prover.prove(system, keyFile, { threads, signal });
    return encodeGroth16(proof);
  },
};

/** The eight coordinates. */
export function encodeGroth16(proof: Groth16Proof): Uint8Array {
  return new ByteWriter('groth16').words(...wordsOfProof(proof)).end();
}

/** ArtifactError ARTIFACT_DAMAGED. Whether the coordinates are those of points, the verifier says. */
export function decodeGroth16Artifact(artifact: Artifact): Groth16Proof {
  return decoded(artifact, (bytes) => {
    const reader = new ByteReader('groth16', bytes);
    const words = reader.words(8);
    reader.end();
    return proofOfWords(words);
  });
}
