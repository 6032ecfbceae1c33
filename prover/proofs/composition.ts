/** Proofs as inputs of other proofs: which ones can be, and the statements that programs rely on by them. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { ZkError } from '../core/errors.ts';
import { keyElements } from '../vm/packed-digest.ts';
import type { ProvedStatement } from '../vm/syscalls/chain.ts';
import type { Proof } from './proof.ts';

/**
 * Proofs that cannot be inputs, or a proof that cannot be made from them. Codes: PROOF_MODE, PROOF_OF_FAILURE, PROOF_TWICE,
 * PROOF_KEY, INPUT_PROOF_REFUSED, NO_CORE_PROOF.
 */
export class CompositionError extends ZkError {}

/**
 * The statements of proofs, in their order. It looks at what the proofs say, not whether they are good. `names` are what
 * sentences call them. CompositionError for a proof of another mode than compressed, of a program that failed, and for two
 * of one statement.
 */
export function provedStatements(
  proofs: readonly Proof[],
  names: readonly string[] = proofs.map((_, i) => `Proof ${i + 1} of ${proofs.length}`),
): ProvedStatement[] {
  const seen = new Map<string, string>();
  return proofs.map((proof, i) => {
    const name = names[i] ?? '';
    refuseUnfit(proof, name);
    const statement = statementOf(proof);
    const key = statementName(statement);
    const twin = seen.get(key);
    if (twin !== undefined) {
      throw new CompositionError(
        'PROOF_TWICE',
        twin === name
          ? `${name} is given twice: name it once.`
          : `${name} proves what ${twin} proves, the same program with the same public values: leave one of them out.`,
      );
    }
    seen.set(key, name);
    return statement;
  });
}

/** What a proof states, where its exit code is 0. */
export function statementOf({ vkey, publicValues }: Proof): ProvedStatement {
  return { vkey, publicDigest: `0x${bytesToHex(sha256(hexToBytes(publicValues.slice(2))))}` };
}

/** Names a statement: equal for equal ones. */
export function statementName({ vkey, publicDigest }: ProvedStatement): string {
  return `${vkey}/${publicDigest}`.toLowerCase();
}

function refuseUnfit({ mode, vkey, exitCode }: Proof, name: string): void {
  if (mode !== 'compressed') {
    const instead = mode === 'core' ? 'a core proof has no constant size' : 'a Groth16 proof is for contracts';
    throw new CompositionError(
      'PROOF_MODE',
      `${name} is of mode ${mode}, and only compressed proofs can be verified by a program (${instead}): prove it again with --mode compressed.`,
    );
  }
  if (exitCode !== 0) {
    throw new CompositionError(
      'PROOF_OF_FAILURE',
      `${name} proves that its program failed with exit code ${exitCode}: only proofs of programs that ended with code 0 can be verified by a program.`,
    );
  }
  if (keyElements(vkey) === undefined) {
    throw new CompositionError('PROOF_KEY', `${name} names ${vkey} as verifying key, which is none: prove again.`);
  }
}
