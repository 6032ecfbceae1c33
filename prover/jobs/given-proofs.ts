/** Proofs that a run is given: which of them its program relied on, and what jobs take of those. */
import type { ZkError } from '../core/errors.ts';
import { CompositionError, statementName, statementOf } from '../proofs/composition.ts';
import type { Proof } from '../proofs/proof.ts';
import { chainAfter, EMPTY_CHAIN, type ProvedStatement } from '../vm/syscalls/chain.ts';
import { chainArtifact, claimArtifact } from './kinds/check.ts';
import type { Check } from './plan.ts';
import type { ArtifactStore } from './store.ts';

/**
 * The proof of each statement that a program verified, in order; `note` is told of those it did not rely on. The executor has
 * let no statement pass that has no proof.
 */
export function reliedOn(
  verified: readonly ProvedStatement[],
  proofs: readonly Proof[],
  note: (sentence: string) => void,
): Proof[] {
  const byStatement = new Map(proofs.map((proof) => [statementName(statementOf(proof)), proof]));
  const relied = verified.map((statement) => {
    const proof = byStatement.get(statementName(statement));
    if (proof === undefined) throw new Error('an execution relied on a statement that has no proof');
    return proof;
  });
  const used = new Set(relied);
  for (const [i, proof] of proofs.entries()) {
    if (used.has(proof)) continue;
    note(
      `Proof ${i + 1} of ${proofs.length}, of program ${proof.vkey}, was given and not used: the program did not verify it.`,
    );
  }
  return relied;
}

/** What the jobs that check statements take: the proof of each, and the chain before it. */
export async function checksIn(
  store: ArtifactStore,
  verified: readonly ProvedStatement[],
  relied: readonly Proof[],
): Promise<Check[]> {
  let chain = EMPTY_CHAIN;
  const checks: Check[] = [];
  for (const [i, statement] of verified.entries()) {
    checks.push({ claim: await store.put(claimArtifact(relied[i]!)), chain: await store.put(chainArtifact(chain)) });
    chain = chainAfter(chain, statement);
  }
  return checks;
}

export function notInCore(): CompositionError {
  return new CompositionError(
    'NO_CORE_PROOF',
    'The program verifies other proofs, and a proof of mode core holds nothing of them: prove it with --mode compressed or groth16.',
  );
}

/** The refusal of one of the given proofs: what a verifier, or the reader of its body, says of it. */
export function refusedInput(proof: Proof, proofs: readonly Proof[], error: ZkError): CompositionError {
  const { vkey, publicValues } = proof;
  // Of many proofs of one program the beginnings of their public values may be the same.
  const which = `Proof ${proofs.indexOf(proof) + 1} of ${proofs.length}`;
  const values = publicValues.length <= 66 ? publicValues : `${publicValues.slice(0, 63)}...`;
  return new CompositionError(
    'INPUT_PROOF_REFUSED',
    `${which}, on which the program relies, is refused, that of program ${vkey} with public values ${values}: ${error.message}`,
    { cause: error },
  );
}
