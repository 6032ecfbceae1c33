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
import { core } from './kinds/core.ts';
import { execute } from './kinds/execute.ts';
import { finish } from './kinds/finish.ts';
import { fused } from './kinds/fused.ts';
import { groth16 } from './kinds/groth16.ts';
import { join } from './kinds/join.ts';
import { jobOf } from './kinds/kind.ts';
import { lift } from './kinds/lift.ts';
import { programKey } from './kinds/program-key.ts';
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
  return jobOf(system, execute, [program, input], { cycleLimit: cycleLimit ?? null });
}

/** What is to be proved: the shards of an execution, in order. */
export type PlanOptions = {
  readonly program: ArtifactId;
  /** The job that gave the shards. */
  readonly execute: Job;
  readonly shards: readonly { readonly id: ArtifactId; readonly cycles: number }[];
  /** Where the execution ended: what is opened in the last memory. */
  readonly ending: ArtifactId;
  /** Numbers of spans that a join takes. */
  readonly joins: readonly number[];
  /** The nodes of wrap's key where they are known; mode groth16 computes them otherwise. */
  readonly cap?: ArtifactId | undefined;
};

export type Plan = {
  /** In an order in which they can run, and in which few results are waiting: a shard is lifted and joined as soon as it can be. */
  readonly jobs: readonly Job[];
  /** Whose results are the proof: one, or in mode core one for each shard. */
  readonly proofs: readonly Job[];
  /** Whose result tells the program's key: a core proof, or a job for that alone. */
  readonly key: Job;
  /** Instructions of each job that proves a shard. */
  readonly cyclesOf: ReadonlyMap<JobId, number>;
  /** What the execution gives besides its result. */
  readonly givenBy: ReadonlyMap<ArtifactId, JobId>;
};

/** The numbers of spans that programs of a system join. */
export function joinSizes({ programs }: System): number[] {
  const joins = programs.filter(({ accepts }) => accepts.every(({ kinds }) => String(kinds) === join.output));
  return joins.filter(({ kind }) => kind.name === join.output).map(({ accepts }) => accepts.length);
}

/** The jobs of a proof: core for each shard, and the stages over them as far as the mode goes. */
export function plan(system: System, mode: ProofMode, options: PlanOptions): Plan {
  const { program, shards, ending } = options;
  const [only, ...others] = shards;
  if (only === undefined) throw new RangeError('"shards" expected one at least');
  const jobs: Job[] = [options.execute];
  const add = (job: Job): Job => {
    jobs.push(job);
    return job;
  };
  const cyclesOf = new Map<JobId, number>();
  const prove = ({ id, cycles }: PlanOptions['shards'][number]): Job => {
    const job = add(jobOf(system, core, [program, id]));
    cyclesOf.set(job.id, cycles);
    return job;
  };
  const span = (tree: JoinTree): Job => {
    if (typeof tree === 'number') return add(jobOf(system, lift, [prove(shards[tree]!).id]));
    const children = tree.map(span);
    return add(
      jobOf(
        system,
        join,
        children.map(({ id }) => id),
      ),
    );
  };
  const given = [...shards.map(({ id }) => id), ending].map((id) => [id, options.execute.id] as const);
  const rest = { jobs, cyclesOf, givenBy: new Map(given) };
  if (mode === 'core') {
    const proofs = shards.map(prove);
    return { ...rest, proofs, key: proofs[0]! };
  }
  const first = others.length === 0 ? prove(only) : undefined;
  const whole = first ?? span(joinTree(shards.length, options.joins));
  const key = first ?? add(jobOf(system, programKey, [program]));
  const claim = add(jobOf(system, first === undefined ? finish : fused, [whole.id, ending]));
  if (mode === 'compressed') return { ...rest, proofs: [claim], key };
  const wrapped = add(jobOf(system, wrap, [claim.id]));
  const nodes = options.cap ?? add(jobOf(system, cap, [])).id;
  return { ...rest, proofs: [add(jobOf(system, groth16, [wrapped.id, nodes]))], key };
}
