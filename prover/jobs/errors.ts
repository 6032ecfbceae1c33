/** Errors of whole runs, and how errors cross from one worker to another. */
import { VerificationError, ZkError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { ElfError } from '../elf/errors.ts';
import { ProofFileError } from '../proofs/errors.ts';
import { CapacityError } from '../system/tiers.ts';
import type { Outcome } from '../vm/outcome.ts';
import { ArtifactError } from './artifact.ts';
import { CacheError } from './file-cache.ts';

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

/** Refuses a program that failed, where only exit code 0 can be proved. The last line on standard error says why it gave up. */
export function refuseExitCode(exitCode: number, stderr: Uint8Array): void {
  if (exitCode === 0) return;
  const message = new TextDecoder().decode(stderr).trim().split('\n').at(-1) ?? '';
  throw new GuestError(
    'GUEST_EXIT',
    `The program exited with code ${exitCode}${message === '' ? '' : ` ("${message}")`}: only exit code 0 can be proved to a contract.`,
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

/** Longest message that crosses: what a guest printed last is a part of some. */
const MAX_MESSAGE = 2 ** 16;

export function describeError(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error).slice(0, MAX_MESSAGE) };
  const { name } = error;
  const message = error.message.slice(0, MAX_MESSAGE);
  if (error instanceof VerificationError) {
    const { code, where, problem } = error;
    return { name, message, code, where, problem };
  }
  return error instanceof ZkError ? { name, message, code: error.code } : { name, message };
}

/** The classes that callers look at. */
const CLASSES: readonly (new (code: never, message: string) => ZkError)[] = [
  ArtifactError,
  CacheError,
  CapacityError,
  ElfError,
  GuestError,
  ProofFileError,
];
const PLAIN: readonly (new (message: string) => Error)[] = [RangeError, TypeError];

/** The error that `describeError` described, of the same class where callers look at the class. */
export function reviveError({ name, message, code, where, problem = '' }: ErrorData): Error {
  if (code === undefined) {
    const Plain = PLAIN.find((kind) => kind.name === name);
    const text = printable(message);
    return Plain === undefined ? Object.assign(new Error(text), { name }) : new Plain(text);
  }
  if (where !== undefined)
    return Object.assign(new VerificationError(code, where, problem), { message: printable(message) });
  const Known = CLASSES.find((kind) => kind.name === name);
  return Known === undefined ? new ZkError(code, message) : new Known(code as never, message);
}
