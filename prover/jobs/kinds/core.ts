/** Proves a shard. The one that the thread has just recorded is proved as it is; any other is executed again from its job. */
import { ZkError } from '../../core/errors.ts';
import { decodeCore, encodeBody } from '../../proofs/body.ts';
import { type System, syscallsOf } from '../../system/definition.ts';
import { STEPS } from '../../stark/prove.ts';
import type { Program } from '../../vm/program.ts';
import type { CoreProof } from '../../system/proved-layer.ts';
import { executeShard } from '../../vm/run/replay.ts';
import { decodeShard } from '../../vm/shard-codec.ts';
import { type Artifact, damagedArtifact, decoded } from '../artifact.ts';
import { recordName } from './execute.ts';
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
    const { program: loaded, record } =
      resources.takeRecord(recordName(program, shard)) ?? runAgain(resources.system, resources.program(program), shard);
    const stark = await resources.stark();
    return encodeBody(resources.system, stark.core(loaded, record, layerSteps(onStep)));
  },
};

/** The shard once more. ArtifactError for what is none of this program. */
function runAgain(system: System, program: Program, shard: Artifact): Recorded {
  try {
    return { program, record: executeShard(program, syscallsOf(system), decodeShard(shard.bytes)) };
  } catch (error) {
    if (!(error instanceof ZkError && error.code === 'BAD_SHARD')) throw error;
    throw damagedArtifact('shard', error.message.replace(/[.]$/, ''), error);
  }
}

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeCoreArtifact(system: System, artifact: Artifact): CoreProof {
  return decoded(artifact, (bytes) => decodeCore(system, bytes));
}
