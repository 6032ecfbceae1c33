/** The graph of jobs of one proof. */
import type { ProofMode } from '../proofs/proof.ts';
import type { System } from '../system/definition.ts';
import type { ArtifactId } from './artifact.ts';
import type { Job } from './job.ts';
import { core } from './kinds/core.ts';
import { execute } from './kinds/execute.ts';
import { groth16 } from './kinds/groth16.ts';
import { cap } from './kinds/cap.ts';
import { jobOf } from './kinds/kind.ts';
import { lift } from './kinds/lift.ts';
import { wrap } from './kinds/wrap.ts';

export type PlanOptions = {
  readonly program: ArtifactId;
  readonly input: ArtifactId;
  /** Exact limit on executed instructions. */
  readonly cycleLimit?: number | undefined;
  /** The nodes of wrap's key where they are known; mode groth16 computes them otherwise. */
  readonly cap?: ArtifactId | undefined;
};

/** Jobs in an order in which they can run, and which of them gives the proof. */
export type Plan = {
  readonly jobs: readonly Job[];
  readonly execute: Job;
  readonly core: Job;
  /** The last one. */
  readonly proof: Job;
};

/** The jobs of a proof: the stages as far as the mode goes, each over the one before. */
export function plan(system: System, mode: ProofMode, options: PlanOptions): Plan {
  const { program, input } = options;
  const executed = jobOf(system, execute, [program, input], { cycleLimit: options.cycleLimit ?? null });
  const proved = jobOf(system, core, [program, input, executed.id]);
  const lifted = jobOf(system, lift, [proved.id]);
  const wrapped = jobOf(system, wrap, [lifted.id]);
  const nodes = jobOf(system, cap, []);
  const last = jobOf(system, groth16, [wrapped.id, options.cap ?? nodes.id]);
  const stages: Readonly<Record<ProofMode, readonly Job[]>> = {
    core: [proved],
    compressed: [proved, lifted],
    groth16: [proved, lifted, wrapped, ...(options.cap === undefined ? [nodes] : []), last],
  };
  const jobs = [executed, ...stages[mode]];
  return { jobs, execute: executed, core: proved, proof: jobs.at(-1) ?? executed };
}
