/** Errors of whole runs, and how errors cross a thread boundary. */
import { VerificationError, ZkError } from '../core/errors.ts';
import type { Outcome } from '../vm/outcome.ts';
import { CapacityError } from '../system/tiers.ts';

/** The guest did not end in a way that can be proved. Codes: GUEST_TRAP, GUEST_LIMIT, GUEST_EXIT. */
export class GuestError extends ZkError {}

/** One sentence about an outcome that cannot be proved; undefined for a halt. */
export function refuseOutcome(outcome: Outcome, cycleLimit: number): GuestError | undefined {
  if (outcome.kind === 'halt') return undefined;
  if (outcome.kind === 'limit') {
    return new GuestError(
      'GUEST_LIMIT',
      `The program did not halt within ${cycleLimit} instructions: raise the cycle limit, give it less input, or look for an endless loop with "zkvm execute --trace".`,
    );
  }
  const pc = `0x${outcome.pc.toString(16).padStart(8, '0')}`;
  return new GuestError(
    'GUEST_TRAP',
    `The program trapped at pc ${pc} after ${outcome.cycle} instructions (${outcome.cause}): ${outcome.detail}. A trap has no proof.`,
  );
}

/** An error as plain data. */
export type ErrorData = {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly where?: string;
  readonly problem?: string;
};

export function describeError(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message } = error;
  if (error instanceof VerificationError) {
    const { code, where, problem } = error;
    return { name, message, code, where, problem };
  }
  return error instanceof ZkError ? { name, message, code: error.code } : { name, message };
}

/** The error that `describeError` described, of the same class where callers look at the class. */
export function reviveError({ name, message, code, where, problem = '' }: ErrorData): Error {
  if (code === undefined) return Object.assign(new Error(message), { name });
  if (where !== undefined) return Object.assign(new VerificationError(code, where, problem), { message });
  if (name === CapacityError.name) return new CapacityError(code, message);
  if (name === GuestError.name) return new GuestError(code, message);
  return new ZkError(code, message);
}
