/** Stages that prove that proofs of earlier stages verify: one kind of job for each kind of recursion programs. */
import { decodeCore, decodeRecursion, encodeBody } from '../../proofs/body.ts';
import { CORE } from '../../recursion/program.ts';
import { STEPS } from '../../stark/prove.ts';
import type { System } from '../../system/definition.ts';
import type { ProvedLayer, StageProof } from '../../system/proved-layer.ts';
import { type Artifact, decoded } from '../artifact.ts';
import type { JobKind } from './kind.ts';
import { layerSteps } from './stark.ts';

/**
 * The job `name` that makes a proof of the kind `output` from proofs of the kinds `inputs`, of which the last one may be repeated,
 * at least `repeats` times.
 */
export function recursionJob(name: string, inputs: readonly string[], output: string, repeats?: number): JobKind {
  return {
    name,
    inputs,
    output,
    ...(repeats === undefined ? {} : { repeats }),
    needs: { memoryBytes: 2 * 2 ** 30, threads: 1 },
    steps: ['record', 'key', ...STEPS],
    thread: 'stark',
    keep: true,
    prepare: (resources) => resources.stark(),
    async run(artifacts, { resources, onStep }) {
      const { system } = resources;
      const proofs = artifacts.map((artifact) => decodeStage(system, artifact));
      const stark = await resources.stark();
      return encodeBody(system, stark.prove(output, proofs, layerSteps(onStep)));
    },
  };
}

/** A proof of a recursion program. ArtifactError ARTIFACT_DAMAGED. */
export function decodeProved(system: System, artifact: Artifact): ProvedLayer {
  return decoded(artifact, (bytes) => decodeRecursion(system, artifact.kind, bytes));
}

function decodeStage(system: System, artifact: Artifact): StageProof {
  if (artifact.kind !== CORE) return decodeProved(system, artifact);
  return decoded(artifact, (bytes) => decodeCore(system, bytes));
}
