/** The verifying key of a program as users see it. */
import { isCanonical } from '../../field/koalabear.ts';
import type { Hex } from '../../core/hex.ts';
import { packDigest } from '../../vm/packed-digest.ts';
import { type Artifact, decoded } from '../artifact.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import type { JobKind } from './kind.ts';

export const programKey: JobKind = {
  name: 'program-key',
  inputs: ['program'],
  output: 'program-key',
  needs: { memoryBytes: 2 ** 29, threads: 1 },
  steps: [],
  thread: 'stark',
  keep: true,
  prepare: (resources) => resources.stark(),
  async run([program], { resources }) {
    if (program === undefined) throw new RangeError('"inputs" expected a program');
    const stark = await resources.stark();
    return new ByteWriter('program-key').u32(...stark.programDigest(resources.program(program))).end();
  },
};

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeProgramKey(artifact: Artifact): Hex {
  return decoded(artifact, (bytes) => {
    const reader = new ByteReader('program-key', bytes);
    const felts = Array.from({ length: 8 }, () => reader.u32());
    reader.end();
    if (!felts.every(isCanonical)) throw reader.refuse('it holds an element that is not canonical');
    return packDigest(felts);
  });
}
