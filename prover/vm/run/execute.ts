/**
 * Entry points of the virtual machine: run, run and record, run step by step. Each is given the system calls of the
 * machine it runs on; `machines/execute.ts` has the same functions for the standard machine.
 */
import { runFast, type Observer } from './fast.ts';
import type { ProvedStatement } from '../syscalls/chain.ts';
import type { Proved } from '../syscalls/statements.ts';
import type { Syscalls } from '../syscalls/syscalls.ts';
import type { SyscallTable } from '../syscalls/table.ts';
import { interpret, type Step } from './interpreter.ts';
import { FAMILIES, familyOf, type Family } from '../isa/operations.ts';
import type { Outcome } from '../outcome.ts';
import type { Program } from '../program.ts';
import type { ShardLimits } from './limits.ts';
import {
  countShards as countShardsOf,
  RECORD_CYCLE_LIMIT,
  recordShards,
  runRecorded,
  type RecordedShard,
  type RecordingOptions,
} from './record.ts';
import type { ExecutionRecord } from '../execution-record.ts';
import type { Span } from '../syscalls/spans.ts';

/** Instructions a plain execution runs at most unless told otherwise. */
export const DEFAULT_CYCLE_LIMIT = 2 ** 32;

export type ExecuteOptions = {
  /** Exact: at most this many instructions run, and as many in blocks outside the proof. */
  readonly cycleLimit?: number;
  /** Statements of which there are proofs, for programs that verify some, or 'any' of those. Default: none. */
  readonly proved?: Proved;
};

export type ProfileOptions = ExecuteOptions & {
  /** Told about every jump. */
  readonly observer?: Observer;
};

export type RecordOptions = ExecuteOptions & {
  /** Most instructions in blocks outside the proof; the cycle limit if there is one, else DEFAULT_CYCLE_LIMIT. */
  readonly unconstrainedLimit?: number;
};

export type ShardOptions = RecordOptions & {
  /** What a shard has room for. */
  readonly limits: ShardLimits;
  /** Most instructions of a shard, by its index; RECORD_CYCLE_LIMIT where it is left out. */
  readonly shardCycles?: (index: number) => number;
};

/** What an execution gave. Output is complete up to the point where it stopped, whatever the outcome. */
export type Execution = {
  readonly outcome: Outcome;
  /** Bytes written to descriptor 13. */
  readonly publicValues: Uint8Array;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** True when stdout or stderr exceeded its limit and the rest was dropped. */
  readonly outputTruncated: boolean;
  /** Instructions executed, HALT included, a trapping instruction and blocks outside the proof not included. */
  readonly cycles: number;
  /** Instructions executed in blocks outside the proof. */
  readonly unconstrainedCycles: number;
  /** Named cycle counts in the order of their first start. */
  readonly spans: readonly Span[];
  /** Executed system calls by name (WRITE by its descriptor too), those of blocks outside the proof not included. */
  readonly syscalls: Readonly<Record<string, number>>;
  /** Bytes of all 64 KiB pages that hold a word of the image or were written to, blocks outside the proof not included. */
  readonly memoryTouched: number;
  /** Statements that the guest verified, in order, with repetitions: its proof rests on proofs of all of them. */
  readonly verified: readonly ProvedStatement[];
  /** What the guest did wrong without harm to the run: a sentence each, with names quoted as in JSON. */
  readonly warnings: readonly string[];
  /** Instruction family to number of executions; absent where the executor did not count. */
  readonly instructionMix?: Readonly<Record<string, number>>;
};

/** An execution with profile: how often each ROM row ran, and the sum by instruction family. */
export type ProfiledExecution = Execution & {
  readonly rowCounts: Float64Array;
  readonly instructionMix: Readonly<Record<Family, number>>;
};

/**
 * Runs a program on a list of input items (see input-queue.ts) without recording.
 *
 * Errors: RangeError for a cycle limit that is no integer >= 0. Guest faults are data in `outcome`.
 */
export function execute(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  options: ProfileOptions = {},
): ProfiledExecution {
  const run = runFast(
    program,
    input,
    table,
    checkLimit(options.cycleLimit ?? DEFAULT_CYCLE_LIMIT),
    options.observer,
    options.proved,
  );
  return {
    ...describe(run),
    rowCounts: run.counts,
    instructionMix: instructionMix(program, run.counts),
  };
}

/**
 * Runs a program and records it as one shard. `record` is undefined unless the program halted.
 *
 * Errors: RangeError for a cycle limit above RECORD_CYCLE_LIMIT, which is also the default.
 */
export function executeRecorded(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  options: RecordOptions = {},
): { execution: Execution; record: ExecutionRecord | undefined } {
  const limit = checkLimit(options.cycleLimit ?? RECORD_CYCLE_LIMIT);
  const unconstrainedLimit = checkLimit(options.unconstrainedLimit ?? options.cycleLimit ?? DEFAULT_CYCLE_LIMIT);
  const run = runRecorded(program, input, table, limit, unconstrainedLimit, options.proved);
  return { execution: describe(run), record: run.record };
}

/**
 * Runs a program and gives its shards one after another, then the result. What has been given is of no use unless the
 * execution ends with HALT. See `recordShards`.
 *
 * Errors: RangeError for limits that leave no room for one instruction.
 */
export function* executeInShards(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  options: ShardOptions,
): Generator<RecordedShard, Execution> {
  return describe(yield* recordShards(program, input, table, recordingOptions(options)));
}

/** Runs a program and counts the shards that `executeInShards` gives, an unfinished last one included. */
export function countShards(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  options: ShardOptions,
): { readonly execution: Execution; readonly shards: number } {
  const run = countShardsOf(program, input, table, recordingOptions(options));
  return { execution: describe(run), shards: run.shards };
}

function recordingOptions(options: ShardOptions): RecordingOptions {
  const cycleLimit = checkLimit(options.cycleLimit ?? DEFAULT_CYCLE_LIMIT);
  return { ...options, cycleLimit, unconstrainedLimit: checkLimit(options.unconstrainedLimit ?? cycleLimit) };
}

/** Runs a program on the reference interpreter and reports every executed instruction; for `--trace`. */
export function traceSteps(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  onStep: (step: Step) => void,
  options: ExecuteOptions = {},
): Execution {
  const run = interpret(
    program,
    input,
    table,
    checkLimit(options.cycleLimit ?? DEFAULT_CYCLE_LIMIT),
    onStep,
    options.proved,
  );
  return describe(run);
}

function describe(run: {
  readonly outcome: Outcome;
  readonly cycles: number;
  readonly syscalls: Syscalls;
  readonly touchedBytes: number;
}): Execution {
  const { outcome, cycles, syscalls } = run;
  return {
    outcome,
    publicValues: syscalls.publicValues,
    stdout: syscalls.stdout,
    stderr: syscalls.stderr,
    outputTruncated: syscalls.truncated,
    cycles,
    unconstrainedCycles: syscalls.unconstrainedCycles,
    spans: syscalls.spans(cycles),
    syscalls: syscalls.counts,
    memoryTouched: run.touchedBytes,
    verified: syscalls.verified,
    warnings: syscalls.warnings,
  };
}

function checkLimit(cycleLimit: number): number {
  if (!Number.isSafeInteger(cycleLimit) || cycleLimit < 0) {
    throw new RangeError(`"cycleLimit" expected an integer of at least 0, got ${cycleLimit}`);
  }
  return cycleLimit;
}

function instructionMix(program: Program, counts: Float64Array): Record<Family, number> {
  const familyByCode = Array.from({ length: 256 }, (_, code) => familyOf(code));
  const mix = Object.fromEntries(FAMILIES.map((family) => [family, 0])) as Record<Family, number>;
  for (const [row, code] of program.rom.operation.entries()) {
    const family = familyByCode[code];
    if (family !== undefined) mix[family] += counts[row] ?? 0;
  }
  return mix;
}
