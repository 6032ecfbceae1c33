/** The artifact that opens the system words in the last memory of an execution. */
import { isCanonical } from '../../field/koalabear.ts';
import { digestsOfOpening, OPENING_DIGESTS, openingOf, type SystemOpening } from '../../vm/system-opening.ts';
import { type Artifact, decoded, makeArtifact } from '../artifact.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';

const DIGEST = 8;

/** An opening as an artifact. */
export function endingArtifact(opening: SystemOpening): Artifact {
  return makeArtifact('ending', new ByteWriter('ending').u32(...digestsOfOpening(opening).flat()).end());
}

/** ArtifactError ARTIFACT_DAMAGED. Whether it opens the memory of an execution, whoever takes it finds out. */
export function decodeEnding(artifact: Artifact): SystemOpening {
  return decoded(artifact, (bytes) => {
    const reader = new ByteReader('ending', bytes);
    const felts = Array.from({ length: OPENING_DIGESTS * DIGEST }, () => reader.u32());
    reader.end();
    if (!felts.every(isCanonical)) throw reader.refuse('it holds an element that is not canonical');
    return openingOf(Array.from({ length: OPENING_DIGESTS }, (_, i) => felts.slice(DIGEST * i, DIGEST * (i + 1))));
  });
}
