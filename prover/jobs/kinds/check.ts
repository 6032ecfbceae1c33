/**
 * Proves that a proof of a program verifies, as one link of the chain over the statements that another program verified. What
 * stands before it in the chain is an artifact.
 */
import { at } from '../../core/lists.ts';
import { isCanonical } from '../../field/koalabear.ts';
import { proofBytes } from '../../proofs/file.ts';
import type { Proof } from '../../proofs/proof.ts';
import { type Artifact, decoded, makeArtifact } from '../artifact.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { recursionJob } from './recursion.ts';

const CHAIN = 8;

export const check = recursionJob({
  name: 'check',
  inputs: ['claim', 'chain'],
  output: 'span',
  verifies: 1,
  notes: (_, inputs) => ({ chain: decodeChain(at(inputs, 1)) }),
});

/** The body of a compressed proof, as a job takes it. ProofFileError for one that is not base64. */
export function claimArtifact({ proof }: Proof): Artifact {
  return makeArtifact('claim', proofBytes(proof));
}

/** The chain before a statement, eight elements. */
export function chainArtifact(chain: readonly number[]): Artifact {
  return makeArtifact('chain', new ByteWriter('chain').u32(...chain).end());
}

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeChain(artifact: Artifact): number[] {
  return decoded(artifact, (bytes) => {
    const reader = new ByteReader('chain', bytes);
    const felts = Array.from({ length: CHAIN }, () => reader.u32());
    reader.end();
    if (!felts.every(isCanonical)) throw reader.refuse('it holds an element that is not canonical');
    return felts;
  });
}
