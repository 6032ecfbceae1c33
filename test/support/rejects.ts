/** States that a verifier rejects. */
import assert from 'node:assert/strict';
import { VerificationError } from '../../prover/core/errors.ts';

/** Asserts that `run` throws a VerificationError, with one of `codes` where given, and no other exception. */
export function rejects(run: () => void, ...codes: string[]): void {
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof VerificationError, String(error));
    assert.ok(codes.length === 0 || codes.includes(error.code), `${error.code}: ${error.message}`);
    return true;
  });
}
