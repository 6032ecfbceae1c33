/**
 * What the prover thread does: one function per kind of job, plain data in and out. A proof is two jobs, so that what does
 * not depend on the machine (a program that fails, an execution without room) is refused before keys are made.
 */
import type { GuestRun } from '../api.ts';
import { capOf, type ConstantCap } from '../groth16/circuit/constant-cap.ts';
import { DEFAULT_CYCLE_LIMIT, type Execution, executeRecorded } from '../vm/run/execute.ts';
import type { Program } from '../vm/program.ts';
import type { ExecutionRecord } from '../vm/execution-record.ts';
import { GuestError, refuseOutcome } from './errors.ts';
import { lastProgram } from '../system/modes.ts';
import { type OnStep, StarkProver } from '../system/stark-prover.ts';
import { type System, syscallsOf } from '../system/definition.ts';
import type { CoreProof, ProvedLayer } from '../system/proved-layer.ts';
import { CapacityError, chooseCore, MAX_CYCLES } from '../system/tiers.ts';

/** How far a run goes: the last layer it proves. */
export type Target = 'core' | 'lift' | 'wrap';

export type Job =
  | { readonly kind: 'cap' }
  | { readonly kind: 'digest'; readonly program: Program }
  | {
      /** Runs the program and keeps the record for the job `prove`. */
      readonly kind: 'execute';
      readonly program: Program;
      readonly input: readonly Uint8Array[];
      readonly target: Target;
      readonly cycleLimit: number | undefined;
    }
  /** Proves the execution that is kept, once. */
  | { readonly kind: 'prove'; readonly target: Target };

/** An execution that can be proved. */
export type ExecuteResult = GuestRun & {
  readonly cycles: number;
  readonly publicValues: Uint8Array;
  readonly seconds: number;
};

/** Everything a run produced. */
export type ProveResult = {
  readonly core: CoreProof;
  readonly lift: ProvedLayer | undefined;
  readonly wrap: ProvedLayer | undefined;
  /** Stage to seconds, in order. */
  readonly seconds: Readonly<Record<string, number>>;
};

/** What a job gives. */
export type JobValue = ExecuteResult | ProveResult | number[] | ConstantCap;

/** Stage begins or ends; within a stage, `step` says what it is doing. */
export type StageEvent =
  | { readonly stage: string; readonly status: 'start' }
  | { readonly stage: string; readonly status: 'tick'; readonly step: string }
  | { readonly stage: string; readonly status: 'done'; readonly seconds: number };

/** A prover made at the first job and kept for the next. */
export class JobRunner {
  readonly #system: System;
  readonly #threads: number | undefined;
  #prover: StarkProver | undefined;
  #executed: { readonly program: Program; readonly record: ExecutionRecord } | undefined;

  constructor(system: System, threads: number | undefined) {
    this.#system = system;
    this.#threads = threads;
  }

  async close(): Promise<void> {
    await this.#prover?.close();
    this.#prover = undefined;
  }

  async digest(program: Program): Promise<number[]> {
    return (await this.#get()).programDigest(program);
  }

  async cap(): Promise<ConstantCap> {
    const prover = await this.#get();
    return prover.withKey(lastProgram(this.#system), ({ tree }) => {
      const cap = capOf(tree);
      if (cap === undefined) throw new RangeError('the tree of the wrap key is too small for a cap');
      return cap;
    });
  }

  /** Refuses an execution that cannot be proved: GuestError, CapacityError. Seconds at most, and needs no keys. */
  execute(job: Extract<Job, { kind: 'execute' }>, report: (event: StageEvent) => void): ExecuteResult {
    const { program, input, target } = job;
    this.#executed = undefined;
    const stages = new Stages(report);
    const { execution, record } = stages.run('execute', () => {
      const cycleLimit = Math.min(job.cycleLimit ?? MAX_CYCLES, MAX_CYCLES);
      const limits = { cycleLimit, unconstrainedLimit: job.cycleLimit ?? DEFAULT_CYCLE_LIMIT };
      const run = executeRecorded(program, input, syscallsOf(this.#system), limits);
      refuseExecution(run.execution, cycleLimit, job);
      if (run.record === undefined) throw new Error('a halted run has a record');
      chooseCore(this.#system, program, run.record);
      return { execution: run.execution, record: run.record };
    });
    const { outcome, cycles, publicValues, stdout, stderr } = execution;
    const exitCode = outcome.kind === 'halt' ? outcome.exitCode : 0;
    if (target === 'wrap' && exitCode !== 0) throw failedGuest(execution, exitCode);
    this.#executed = { program, record };
    return { cycles, exitCode, stdout, stderr, publicValues, seconds: stages.seconds['execute'] ?? 0 };
  }

  async prove({ target }: Extract<Job, { kind: 'prove' }>, report: (event: StageEvent) => void): Promise<ProveResult> {
    const executed = this.#executed;
    this.#executed = undefined;
    if (executed === undefined) throw new Error('an execution is proved once, after the job that ran it');
    const { program, record } = executed;
    const prover = await this.#get();
    const stages = new Stages(report);
    const core = stages.run('core', (onStep) => prover.core(program, record, onStep));
    const lift = target === 'core' ? undefined : stages.run('lift', (onStep) => prover.prove('lift', [core], onStep));
    const wrap =
      target !== 'wrap' || lift === undefined
        ? undefined
        : stages.run('wrap', (onStep) => prover.prove('wrap', [lift], onStep));
    return { core, lift, wrap, seconds: stages.seconds };
  }

  async #get(): Promise<StarkProver> {
    this.#prover ??= await StarkProver.create(this.#system, this.#threads);
    return this.#prover;
  }
}

/** Runs stages, tells when they begin and end, and keeps their times. */
class Stages {
  readonly seconds: Record<string, number> = {};
  readonly #report: (event: StageEvent) => void;

  constructor(report: (event: StageEvent) => void) {
    this.#report = report;
  }

  run<T>(stage: string, work: (onStep: OnStep) => T): T {
    this.#report({ stage, status: 'start' });
    const start = performance.now();
    const result = work((step) => this.#report({ stage, status: 'tick', step }));
    const seconds = (performance.now() - start) / 1000;
    this.seconds[stage] = seconds;
    this.#report({ stage, status: 'done', seconds });
    return result;
  }
}

function refuseExecution(
  { outcome }: Execution,
  cycleLimit: number,
  job: { readonly cycleLimit: number | undefined },
): void {
  if (outcome.kind === 'limit' && (job.cycleLimit ?? Infinity) > MAX_CYCLES) {
    throw new CapacityError(
      'TOO_LARGE',
      `The program did not halt within ${MAX_CYCLES.toLocaleString('en-US')} instructions, the most that one proof has room for: shorten the execution or split the work over several proofs.`,
    );
  }
  const refusal = refuseOutcome(outcome, cycleLimit);
  if (refusal !== undefined) throw refusal;
}

/** The last line on standard error says why a program gave up. */
function failedGuest({ stderr }: Execution, exitCode: number): GuestError {
  const message = new TextDecoder().decode(stderr).trim().split('\n').at(-1) ?? '';
  return new GuestError(
    'GUEST_EXIT',
    `The program exited with code ${exitCode}${message === '' ? '' : ` ("${message}")`}: only exit code 0 can be proved to a contract.`,
  );
}
