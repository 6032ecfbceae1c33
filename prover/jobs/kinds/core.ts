/** Proves an execution. The one that the thread has just run is proved as it is; elsewhere the program runs again. */
import { loadProgram } from '../../elf/load.ts';
import { decodeCore, encodeBody } from '../../proofs/body.ts';
import type { System } from '../../system/definition.ts';
import { STEPS } from '../../stark/prove.ts';
import type { CoreProof } from '../../system/proved-layer.ts';
import { type Artifact, damagedArtifact, decoded } from '../artifact.ts';
import { decodeExecuted, encodeExecuted, recordName, runProgram } from './execute.ts';
import { decodeInput } from './input.ts';
import type { JobKind } from './kind.ts';
import type { Recorded } from './resources.ts';
import { layerSteps } from './stark.ts';

export const core: JobKind = {
  name: 'core',
  inputs: ['program', 'shard'],
  output: 'core',
  needs: { memoryBytes: 2.2 * 2 ** 30, threads: 1 },
  steps: ['trace', 'key', ...STEPS],
  thread: 'stark',
  keep: true,
  prepare: (resources) => resources.stark(),
  async run([program, shard], { resources, onStep }) {
    if (program === undefined || shard === undefined) throw new RangeError('"inputs" expected a program and a shard');
    throw new Error('PENDING');
  },
};

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeCoreArtifact(system: System, artifact: Artifact): CoreProof {
  return decoded(artifact, (bytes) => decodeCore(system, bytes));
}
