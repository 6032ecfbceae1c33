/** Artifacts: what jobs take and give. Bytes of a kind, named by what they are, so that they can come from anywhere. */
import { createHash } from 'node:crypto';
import { ZkError } from '../core/errors.ts';

/** Names an artifact by kind and contents: `core-<sha256>`. */
export type ArtifactId = string;

export type Artifact = {
  readonly kind: string;
  readonly bytes: Uint8Array;
  /** Of the bytes, hex. */
  readonly sha256: string;
};

/** An artifact that is not there or not what its name says. Codes: ARTIFACT_MISSING, ARTIFACT_DAMAGED. */
export class ArtifactError extends ZkError {}

const ID = /^([a-z][a-z0-9]*(?:-[a-z0-9]+)*)-([0-9a-f]{64})$/;

/** An artifact of these bytes. */
export function makeArtifact(kind: string, bytes: Uint8Array): Artifact {
  return { kind, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The name of an artifact. */
export function idOf({ kind, sha256 }: Artifact): ArtifactId {
  return `${kind}-${sha256}`;
}

/** Kind and hash out of a name. RangeError for what is not the name of an artifact. */
export function partsOf(id: ArtifactId): { readonly kind: string; readonly sha256: string } {
  const [, kind, sha256] = ID.exec(id) ?? [];
  if (kind === undefined || sha256 === undefined) throw new RangeError(`"id" expected kind-sha256, got "${id}"`);
  return { kind, sha256 };
}

/** The artifact of this name made of bytes from elsewhere. ArtifactError ARTIFACT_DAMAGED when they are other bytes. */
export function checkedArtifact(id: ArtifactId, bytes: Uint8Array): Artifact {
  const artifact = makeArtifact(partsOf(id).kind, bytes);
  if (idOf(artifact) !== id) throw damagedArtifact(artifact.kind, 'its bytes do not have its hash');
  return artifact;
}

/** An artifact whose bytes cannot be right. */
export function damagedArtifact(kind: string, problem: string, cause?: unknown): ArtifactError {
  const sentence = `The stored ${kind} result is damaged or of another version: ${problem}; delete it and run the same command again.`;
  return new ArtifactError('ARTIFACT_DAMAGED', sentence, cause === undefined ? {} : { cause });
}

/** Decodes; what a decoder of ours refuses is a damaged artifact. */
export function decoded<T>({ kind, bytes }: Artifact, decode: (bytes: Uint8Array) => T): T {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof ArtifactError || !(error instanceof ZkError)) throw error;
    // The reason alone: what is to be done stands in our sentence.
    const reason = error.message
      .replace(/^The proof (?:is|was) [^:]*: /, '')
      .replace(/(?:; prove again[^;]*)?[.]$/, '');
    throw damagedArtifact(kind, reason, error);
  }
}
