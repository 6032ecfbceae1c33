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
  inputs: ['program', 'input', 'execution'],
  output: 'core',
  needs: { memoryBytes: 2.2 * 2 ** 30, threads: 1 },
  steps: ['trace', 'key', ...STEPS],
  thread: 'stark',
  keep: true,
  prepare: (resources) => resources.stark(),
  async run([program, input, execution], { resources, onStep }) {
    if (program === undefined || input === undefined || execution === undefined) {
      throw new RangeError('"inputs" expected program, input and execution');
    }
    const { program: loaded, record } =
      resources.takeRecord(recordName(program, input)) ?? runAgain(resources.system, program, input, execution);
    const stark = await resources.stark();
    return encodeBody(resources.system, stark.core(loaded, record, layerSteps(onStep)));
  },
};

/** The execution once more. ArtifactError when it does not give what the artifact says. */
function runAgain(system: System, program: Artifact, input: Artifact, execution: Artifact): Recorded {
  decodeExecuted(execution);
  const loaded = loadProgram(program.bytes);
  const { executed, record } = runProgram(system, loaded, decodeInput(input.bytes), undefined);
  if (!Buffer.from(encodeExecuted(executed)).equals(execution.bytes)) {
    throw damagedArtifact('execution', 'the program does something else on this input');
  }
  return { program: loaded, record };
}

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeCoreArtifact(system: System, artifact: Artifact): CoreProof {
  return decoded(artifact, (bytes) => decodeCore(system, bytes));
}
