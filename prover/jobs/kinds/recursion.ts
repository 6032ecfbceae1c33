/** Stages that prove that proofs of earlier stages verify: one kind of job for each kind of recursion programs. */
import { decodeCore, decodeRecursion, encodeBody } from '../../proofs/body.ts';
import { CORE, type Notes } from '../../recursion/program.ts';
import { STEPS } from '../../stark/prove.ts';
import type { System } from '../../system/definition.ts';
import type { ProvedLayer, StageProof } from '../../system/proved-layer.ts';
import { type Artifact, decoded } from '../artifact.ts';
import type { JobKind } from './kind.ts';
import { layerSteps } from './stark.ts';

/** What a stage is besides what all have in common. */
export type RecursionStage = Pick<JobKind, 'name' | 'inputs' | 'output' | 'repeats'> & {
  /** How many of the inputs are proofs that it verifies, the first ones; default: all. */
  readonly verifies?: number;
  /** What its program is told besides proofs, of all inputs. ArtifactError. */
  readonly notes?: (system: System, inputs: readonly Artifact[]) => Notes;
};

/** The job that makes a proof of the kind `output` from proofs. */
export function recursionJob({ verifies, notes, ...kind }: RecursionStage): JobKind {
  return {
    ...kind,
    needs: { memoryBytes: 2 * 2 ** 30, threads: 1 },
    steps: ['record', 'key', ...STEPS],
    thread: 'stark',
    keep: true,
    prepare: (resources) => resources.stark(),
    async run(artifacts, { resources, onStep }) {
      const { system } = resources;
      const proofs = artifacts.slice(0, verifies).map((artifact) => decodeStage(system, artifact));
      const told = notes?.(system, artifacts) ?? {};
      const stark = await resources.stark();
      return encodeBody(system, stark.prove(kind.output, proofs, told, layerSteps(onStep)));
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
