/** Verification of a proof of any mode against what it says. */
import { VerificationError } from '../core/errors.ts';
import type { Hex } from '../core/hex.ts';
import { verifyGroth16Statement } from '../proofs/groth16.ts';
import type { Proof } from '../proofs/proof.ts';
import type { System } from '../system/definition.ts';
import { verifyCompressed, verifyCore } from '../proofs/verify.ts';

/** A proof without what it cost. */
export type Statement = Omit<Proof, 'stats'>;

/** Verifies a proof of any mode against the statement beside it. VerificationError, ProofFileError. */
export async function verifyStatement(system: System, proof: Statement): Promise<void> {
  if (proof.mode === 'core') verifyCore(system, proof);
  else if (proof.mode === 'compressed') verifyCompressed(system, proof);
  else {
    if (proof.exitCode !== 0) {
      const sentence = `The file states exit code ${proof.exitCode}, but a groth16 proof is always one of exit code 0`;
      throw new VerificationError('statement', 'statement', 'a groth16 proof is for exit code 0', sentence);
    }
    await verifyGroth16Statement(proof.proof as Hex, proof.vkey, proof.publicValues);
  }
}
