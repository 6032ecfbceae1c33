/** Errors of proof files. */
import { ZkError } from '../core/errors.ts';

/** Text of a proof file that is no proof of this version. Codes: BAD_PROOF_FILE, PROOF_VERSION. */
export class ProofFileError extends ZkError {}

/** A proof file whose contents cannot be right. */
export function damaged(problem: string): ProofFileError {
  return new ProofFileError('BAD_PROOF_FILE', `The proof is damaged: ${problem}; prove again.`);
}

/** A proof file that says it is of another version. */
export function otherVersion(problem: string): ProofFileError {
  const sentence = `The proof was made by another version of hardhat-zkvm or is damaged: ${problem}; prove again with this version.`;
  return new ProofFileError('PROOF_VERSION', sentence);
}
