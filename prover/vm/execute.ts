/** Public entry points of the virtual machine: run, run and record, run step by step. */
import { runFast, type Observer } from './fast.ts';
import type { Host } from './host.ts';
import { interpret, type Step } from './interpreter.ts';
import { FAMILIES, familyOf, type Family } from './operations.ts';
import type { Outcome } from './outcome.ts';
import type { Program } from './program.ts';
import { RECORD_CYCLE_LIMIT, runRecorded } from './record.ts';
import type { ExecutionRecord } from './records.ts';

/** Instructions a plain execution runs at most unless told otherwise. */
export const DEFAULT_CYCLE_LIMIT = 2 ** 32;

export type ExecuteOptions = {
  /** Exact: at most this many instructions run. */
  readonly cycleLimit?: number;
};

export type ProfileOptions = ExecuteOptions & {
  /** Told about every jump. */
  readonly observer?: Observer;
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
  /** Instructions executed, HALT included, a trapping instruction not included. */
  readonly cycles: number;
};

/** An execution with profile: how often each ROM row ran, and the sum by instruction family. */
export type ProfiledExecution = Execution & {
  readonly rowCounts: Float64Array;
  readonly instructionMix: Readonly<Record<Family, number>>;
};

/**
 * Runs a program on a list of input items (see host.ts) without recording.
 *
 * Errors: RangeError for a cycle limit that is no integer >= 0. Guest faults are data in `outcome`.
 */
export function execute(
  program: Program,
  input: readonly Uint8Array[],
  options: ProfileOptions = {},
): ProfiledExecution {
  const run = runFast(program, input, checkLimit(options.cycleLimit ?? DEFAULT_CYCLE_LIMIT), options.observer);
  return {
    ...describe(run.outcome, run.cycles, run.host),
    rowCounts: run.counts,
    instructionMix: instructionMix(program, run.counts),
  };
}

/**
 * Runs a program and records it for the proof. `record` is undefined unless the program halted.
 *
 * Errors: RangeError for a cycle limit above RECORD_CYCLE_LIMIT, which is also the default.
 */
export function executeRecorded(
  program: Program,
  input: readonly Uint8Array[],
  options: ExecuteOptions = {},
): { execution: Execution; record: ExecutionRecord | undefined } {
  const run = runRecorded(program, input, checkLimit(options.cycleLimit ?? RECORD_CYCLE_LIMIT));
  return { execution: describe(run.outcome, run.cycles, run.host), record: run.record };
}

/** Runs a program on the reference interpreter and reports every executed instruction; for `--trace`. */
export function traceSteps(
  program: Program,
  input: readonly Uint8Array[],
  onStep: (step: Step) => void,
  options: ExecuteOptions = {},
): Execution {
  const run = interpret(program, input, checkLimit(options.cycleLimit ?? DEFAULT_CYCLE_LIMIT), onStep);
  return describe(run.outcome, run.cycles, run.host);
}

function describe(outcome: Outcome, cycles: number, host: Host): Execution {
  const { publicValues, stdout, stderr, truncated } = host;
  return { outcome, publicValues, stdout, stderr, outputTruncated: truncated, cycles };
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
