/** Proves that a core proof verifies. */
import { decodeLift, encodeLift } from '../../proofs/body.ts';
import { STEPS } from '../../stark/prove.ts';
import { committedKeys } from '../../system/keys.ts';
import type { ProvedLayer } from '../../system/proved-layer.ts';
import { type Artifact, decoded } from '../artifact.ts';
import { decodeCoreArtifact } from './core.ts';
import type { JobKind } from './kind.ts';
import { layerSteps } from './stark.ts';

export const lift: JobKind = {
  name: 'lift',
  inputs: ['core'],
  output: 'lift',
  needs: { memoryBytes: 2 * 2 ** 30, threads: 1 },
  steps: ['record', 'key', ...STEPS],
  thread: 'stark',
  keep: true,
  prepare: (resources) => resources.stark(),
  async run([core], { resources, onStep }) {
    if (core === undefined) throw new RangeError('"inputs" expected a core proof');
    const proof = decodeCoreArtifact(core);
    const stark = await resources.stark();
    return encodeLift(stark.lift(proof, committedKeys(), layerSteps(onStep)));
  },
};

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeLiftArtifact(artifact: Artifact): ProvedLayer {
  return decoded(artifact, decodeLift);
}
