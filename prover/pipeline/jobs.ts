/** What the prover thread does: one function per kind of job, plain data in and out. */
import type { GuestRun } from '../api-types.ts';
import type { ConstantCap } from '../groth16/constant-cap.ts';
import { DEFAULT_CYCLE_LIMIT, executeRecorded } from '../vm/execute.ts';
import type { Program } from '../vm/program.ts';
import { GuestError, refuseOutcome } from './errors.ts';
import { type CoreProof, type OnStep, type ProvedLayer, StarkProver } from './stark-prover.ts';
import { CapacityError, MAX_CYCLES } from './system.ts';
import { committedKeys } from './system-keys.ts';

/** How far a run goes: the last layer it proves. */
export type Target = 'core' | 'lift' | 'wrap';

export type Job =
  | { readonly kind: 'cap' }
  | { readonly kind: 'digest'; readonly program: Program }
  | {
      readonly kind: 'prove';
      readonly program: Program;
      readonly input: readonly Uint8Array[];
      readonly target: Target;
      readonly cycleLimit: number | undefined;
    };

/** Everything a run produced. */
export type ProveResult = {
  readonly cycles: number;
  readonly exitCode: number;
  readonly publicValues: Uint8Array;
  readonly core: CoreProof;
  readonly lift: ProvedLayer | undefined;
  readonly wrap: ProvedLayer | undefined;
  /** Stage to seconds, in order. */
  readonly seconds: Readonly<Record<string, number>>;
};

/** What a job gives. */
export type JobValue = ProveResult | number[] | ConstantCap;

/** Stage begins or ends; within a stage, `step` says what it is doing. `run` is not shown as progress. */
export type StageEvent =
  | { readonly stage: string; readonly status: 'start' }
  | { readonly stage: string; readonly status: 'tick'; readonly step: string }
  | { readonly stage: 'execute'; readonly status: 'run'; readonly run: GuestRun }
  | { readonly stage: string; readonly status: 'done'; readonly seconds: number };

/** A prover made at the first job and kept for the next. */
export class JobRunner {
  readonly #threads: number | undefined;
  #prover: StarkProver | undefined;

  constructor(threads: number | undefined) {
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
    return (await this.#get()).wrapCap();
  }

  async prove(job: Extract<Job, { kind: 'prove' }>, report: (event: StageEvent) => void): Promise<ProveResult> {
    const seconds: Record<string, number> = {};
    const stage = <T>(name: string, run: (onStep: OnStep) => T): T => {
      report({ stage: name, status: 'start' });
      const start = performance.now();
      const result = run((step) => report({ stage: name, status: 'tick', step }));
      seconds[name] = (performance.now() - start) / 1000;
      report({ stage: name, status: 'done', seconds: seconds[name] });
      return result;
    };
    const cycleLimit = Math.min(job.cycleLimit ?? MAX_CYCLES, MAX_CYCLES);
    const limits = { cycleLimit, unconstrainedLimit: job.cycleLimit ?? DEFAULT_CYCLE_LIMIT };
    const { execution, record } = stage('execute', () => executeRecorded(job.program, job.input, limits));
    if (execution.outcome.kind === 'limit' && (job.cycleLimit ?? Infinity) > MAX_CYCLES) {
      throw new CapacityError(
        'TOO_LARGE',
        `The program did not halt within ${MAX_CYCLES} instructions, the most that one proof has room for: shorten the execution or split the work over several proofs.`,
      );
    }
    const refusal = refuseOutcome(execution.outcome, cycleLimit);
    if (refusal !== undefined) throw refusal;
    if (record === undefined || execution.outcome.kind !== 'halt') throw new Error('a halted run has a record');
    const { exitCode } = execution.outcome;
    if (job.target === 'wrap' && exitCode !== 0) {
      const message = new TextDecoder().decode(execution.stderr).trim().split('\n').at(-1) ?? '';
      throw new GuestError(
        'GUEST_EXIT',
        `The program exited with code ${exitCode}${message === '' ? '' : ` ("${message}")`}: only exit code 0 can be proved to a contract.`,
      );
    }
    const { stdout, stderr } = execution;
    report({ stage: 'execute', status: 'run', run: { exitCode, stdout, stderr } });
    const prover = await this.#get();
    const keys = committedKeys();
    const core = stage('core', (onStep) => prover.core(job.program, record, onStep));
    const lift = job.target === 'core' ? undefined : stage('lift', (onStep) => prover.lift(core, keys, onStep));
    const wrap =
      job.target !== 'wrap' || lift === undefined
        ? undefined
        : stage('wrap', (onStep) => prover.wrap(lift, keys, onStep));
    return { cycles: execution.cycles, exitCode, publicValues: execution.publicValues, core, lift, wrap, seconds };
  }

  async #get(): Promise<StarkProver> {
    this.#prover ??= await StarkProver.create(this.#threads);
    return this.#prover;
  }
}
