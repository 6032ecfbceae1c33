/**
 * The graph of jobs of one proof. Its size follows from the execution: so there is a job that executes, and when it is done the
 * plan of all that follows, which is plain data.
 */
import type { ProofMode } from '../proofs/proof.ts';
import type { System } from '../system/definition.ts';
import type { ArtifactId } from './artifact.ts';
import type { Job, JobId } from './job.ts';
import { type JoinTree, joinTree } from './join-tree.ts';
import { cap } from './kinds/cap.ts';
import { check } from './kinds/check.ts';
import { core } from './kinds/core.ts';
import { execute as executeKind } from './kinds/execute.ts';
import type { Executed } from './kinds/execution.ts';
import { finishChecked } from './kinds/finish-checked.ts';
import { finish } from './kinds/finish.ts';
import { fused } from './kinds/fused.ts';
import { groth16 } from './kinds/groth16.ts';
import { join } from './kinds/join.ts';
import { jobOf } from './kinds/kind.ts';
import { lift } from './kinds/lift.ts';
import { wrap } from './kinds/wrap.ts';

/** What a run begins with. */
export type RunInputs = {
  readonly program: ArtifactId;
  readonly input: ArtifactId;
  /** Exact limit on executed instructions. */
  readonly cycleLimit?: number | undefined;
};

/** The job that executes. */
export function executeJob(system: System, { program, input, cycleLimit }: RunInputs): Job {
  return jobOf(system, executeKind, [program, input], { cycleLimit: cycleLimit ?? null });
}

/** What an execution gives to be proved: its shards, in order, and where it ended. */
export type Provable = Pick<Executed, 'shards' | 'ending'>;

/** A statement that the program verified: its proof, and the chain before it. */
export type Check = { readonly claim: ArtifactId; readonly chain: ArtifactId };

export type PlanOptions = {
  /** Of all statements that the program verified, in order; default: none. */
  readonly checks?: readonly Check[];
  /** The nodes of wrap's key where they are known; mode groth16 computes them otherwise. */
  readonly cap?: ArtifactId | undefined;
  /** Numbers of spans that a join takes; default: those of the system. */
  readonly joins?: readonly number[];
};

export type Plan = {
  /** In an order in which they can run, and in which few results are waiting: a shard is lifted and joined as soon as it can be. */
  readonly jobs: readonly Job[];
  /** Whose results are the proof: one, or in mode core one for each shard. */
  readonly proofs: readonly Job[];
  /** The core proof whose result tells the program's key. */
  readonly key: Job;
  /** Instructions of each job that proves a shard. */
  readonly cyclesOf: ReadonlyMap<JobId, number>;
  /** What the execution gives besides its result. */
  readonly givenBy: ReadonlyMap<ArtifactId, JobId>;
};

/** The numbers of spans that programs of a system join. */
export function joinSizes({ programs }: System): number[] {
  const joins = programs.filter(({ accepts }) => accepts.every(({ kind }) => kind === join.output));
  return joins.filter(({ kind }) => kind.name === join.output).map(({ accepts }) => accepts.length);
}

/** The jobs of a proof: core for each shard, and the stages over them as far as the mode goes. */
export function plan(
  system: System,
  mode: ProofMode,
  inputs: RunInputs,
  { shards, ending }: Provable,
  options: PlanOptions = {},
): Plan {
  const { program } = inputs;
  const [only, ...others] = shards;
  if (only === undefined) throw new RangeError('"shards" expected one at least');
  const execute = executeJob(system, inputs);
  const jobs: Job[] = [execute];
  const add = (job: Job): Job => {
    jobs.push(job);
    return job;
  };
  const cyclesOf = new Map<JobId, number>();
  const prove = ({ id, cycles }: Provable['shards'][number]): Job => {
    const job = add(jobOf(system, core, [program, id]));
    cyclesOf.set(job.id, cycles);
    return job;
  };
  /** The joins over `count` spans, the one with a number made by `leaf`. */
  const span = (count: number, leaf: (index: number) => Job): Job => {
    const joined = (tree: JoinTree): Job => {
      if (typeof tree === 'number') return add(leaf(tree));
      const children = tree.map((child) => joined(child).id);
      return add(jobOf(system, join, children));
    };
    return joined(joinTree(count, options.joins ?? joinSizes(system)));
  };
  const executed = (): Job => span(shards.length, (i) => jobOf(system, lift, [prove(shards[i]!).id]));
  const given = [...shards.map(({ id }) => id), ending].map((id) => [id, execute.id] as const);
  const rest = { jobs, cyclesOf, givenBy: new Map(given) };
  const { checks = [] } = options;
  if (mode === 'core') {
    if (checks.length > 0)
      throw new RangeError('"checks" expected none in mode core, whose proofs hold no other proofs');
    const proofs = shards.map(prove);
    return { ...rest, proofs, key: proofs[0]! };
  }
  const key = jobOf(system, core, [program, only.id]);
  const claimOf = (): Job => {
    if (checks.length > 0) {
      const execution = executed();
      const checked = span(checks.length, (i) => jobOf(system, check, [checks[i]!.claim, checks[i]!.chain]));
      return jobOf(system, finishChecked, [execution.id, checked.id, key.id, ending]);
    }
    if (others.length > 0) return jobOf(system, finish, [executed().id, key.id, ending]);
    return jobOf(system, fused, [prove(only).id, ending]);
  };
  const claim = add(claimOf());
  if (mode === 'compressed') return { ...rest, proofs: [claim], key };
  const wrapped = add(jobOf(system, wrap, [claim.id]));
  const nodes = options.cap ?? add(jobOf(system, cap, [])).id;
  return { ...rest, proofs: [add(jobOf(system, groth16, [wrapped.id, nodes]))], key };
}
