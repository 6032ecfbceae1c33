/** Runs the guests of test/toolchain/crates, which are made of large crates. */
import assert from 'node:assert/strict';
import { execute } from '../../prover/index.ts';
import type { Execution, Program } from '../../prover/index.ts';
import { buildGuest } from './build-guest.ts';
import type { BuiltGuest } from './build-guest.ts';

/** Long enough for a pairing in software. */
const CYCLE_LIMIT = 2 ** 31;

/** Builds one of the guests. */
export const buildCrate = (name: 'alloy' | 'bare' | 'reth' | 'revm' | 'sync' | 'wasmi'): Promise<BuiltGuest> =>
  buildGuest(`test/toolchain/crates/${name}`);

/** Executes a guest that must end normally. */
export function succeed(program: Program, input: readonly Uint8Array[]): Execution {
  const execution = execute(program, input, { cycleLimit: CYCLE_LIMIT });
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(execution.stderr));
  return execution;
}

/** Executes a guest that must panic with a message. */
export function panic(program: Program, input: readonly Uint8Array[], message: RegExp): void {
  const { outcome, stderr } = execute(program, input, { cycleLimit: CYCLE_LIMIT });
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
  assert.match(new TextDecoder().decode(stderr), message);
}
