/**
 * Writes the INSECURE development key of the outermost circuit to a file of the machine that runs the job, from where the
 * cache takes it. What it gives is the digest of the circuit; the key is the file.
 */
import { circuitDigest } from '../../groth16/circuit/r1cs/digest.ts';
import { CIRCUIT_DIGEST } from '../../system/generated/verifying-keys.ts';
import { notOfThisVersion, outermostShape } from '../outermost.ts';
import { decodeCap } from './cap.ts';
import type { JobKind } from './kind.ts';

export const setup: JobKind = {
  name: 'setup',
  inputs: ['cap'],
  output: 'circuit',
  needs: { memoryBytes: 3.4 * 2 ** 30, threads: 1 },
  steps: ['recording the circuit', 'development key'],
  thread: 'groth16',
  keep: false,
  async run([cap], { params: { file }, resources, signal, onStep }) {
    if (cap === undefined || typeof file !== 'string') throw new RangeError('"inputs" expected a cap and a file');
    onStep({ step: 'recording the circuit', fraction: 0 });
    const shape = outermostShape(resources.system, decodeCap(resources.system, cap));
    const digest = circuitDigest(shape);
    if (digest !== CIRCUIT_DIGEST) throw notOfThisVersion('outermost circuit', 'digest');
    const prover = await resources.groth16();
    const onProgress = (step: string, fraction?: number): void =>
      onStep(fraction === undefined ? { step } : { step, fraction });
    await prover.setup(shape, file, { threads: resources.options.threads, signal, onProgress });
    return new TextEncoder().encode(digest);
  },
};
