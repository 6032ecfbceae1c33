/** The executors with the system calls of the standard machine. */
import type { Program } from '../vm/program.ts';
import {
  execute as executeOn,
  executeRecorded as executeRecordedOn,
  traceSteps as traceStepsOn,
  type ExecuteOptions,
  type Execution,
  type ProfiledExecution,
  type ProfileOptions,
  type RecordOptions,
} from '../vm/run/execute.ts';
import type { ExecutionRecord } from '../vm/execution-record.ts';
import type { Step } from '../vm/run/interpreter.ts';
import { STANDARD_SYSCALLS } from './standard.ts';

export type { ExecuteOptions, Execution, ProfiledExecution };

/** See `execute` in vm/run/execute.ts. */
export function execute(
  program: Program,
  input: readonly Uint8Array[],
  options: ProfileOptions = {},
): ProfiledExecution {
  return executeOn(program, input, STANDARD_SYSCALLS, options);
}

/** See `executeRecorded` in vm/run/execute.ts. */
export function executeRecorded(
  program: Program,
  input: readonly Uint8Array[],
  options: RecordOptions = {},
): { execution: Execution; record: ExecutionRecord | undefined } {
  return executeRecordedOn(program, input, STANDARD_SYSCALLS, options);
}

/** See `traceSteps` in vm/run/execute.ts. */
export function traceSteps(
  program: Program,
  input: readonly Uint8Array[],
  onStep: (step: Step) => void,
  options: ExecuteOptions = {},
): Execution {
  return traceStepsOn(program, input, STANDARD_SYSCALLS, onStep, options);
}
