/** Helpers to state that a verifier rejects, and to change one thing in a proof. */
import assert from 'node:assert/strict';
import { VerificationError } from '../../prover/core/errors.ts';
import type { OpeningProof } from '../../prover/pcs/whir/opening.ts';

/** Asserts that `run` throws a VerificationError, with one of `codes` where given, and no other exception. */
export function rejects(run: () => void, ...codes: string[]): void {
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof VerificationError, String(error));
    assert.ok(codes.length === 0 || codes.includes(error.code), `${error.code}: ${error.message}`);
    return true;
  });
}

/** A deep copy with one change. */
export function altered(proof: OpeningProof, change: (copy: MutableProof) => void): OpeningProof {
  const copy = structuredClone(proof) as MutableProof;
  change(copy);
  return copy as OpeningProof;
}

type Mutable<T> = T extends bigint | number ? T : { -readonly [K in keyof T]: Mutable<T[K]> };
export type MutableProof = Mutable<OpeningProof>;
