/** The executors with the system calls of the standard machine. */
import type { Program } from '../vm/program.ts';
import {
  countShards as countShardsOn,
  execute as executeOn,
  executeInShards as executeInShardsOn,
  executeRecorded as executeRecordedOn,
  traceSteps as traceStepsOn,
  type ExecuteOptions,
  type Execution,
  type ProfiledExecution,
  type ProfileOptions,
  type RecordOptions,
  type ShardOptions,
} from '../vm/run/execute.ts';
import type { ExecutionRecord } from '../vm/execution-record.ts';
import type { Step } from '../vm/run/interpreter.ts';
import type { RecordedShard } from '../vm/run/record.ts';
import { executeShard as executeShardOn } from '../vm/run/replay.ts';
import type { ShardJob } from '../vm/shard-job.ts';
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

/** See `executeInShards` in vm/run/execute.ts. */
export function executeInShards(
  program: Program,
  input: readonly Uint8Array[],
  options: ShardOptions,
): Generator<RecordedShard, Execution> {
  return executeInShardsOn(program, input, STANDARD_SYSCALLS, options);
}

/** See `countShards` in vm/run/execute.ts. */
export function countShards(
  program: Program,
  input: readonly Uint8Array[],
  options: ShardOptions,
): { readonly execution: Execution; readonly shards: number } {
  return countShardsOn(program, input, STANDARD_SYSCALLS, options);
}

/** See `executeShard` in vm/run/replay.ts. */
export function executeShard(program: Program, job: ShardJob): ExecutionRecord {
  return executeShardOn(program, STANDARD_SYSCALLS, job);
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
