/** Plans of real programs, for tests that give their jobs to workers of their own. */
import type { Job } from '../../prover/jobs/job.ts';
import { decodeExecuted } from '../../prover/jobs/kinds/execution.ts';
import { inputArtifact, programArtifact } from '../../prover/jobs/kinds/input.ts';
import { executeJob, plan, type Plan } from '../../prover/jobs/plan.ts';
import { schedule } from '../../prover/jobs/scheduler.ts';
import { type ArtifactStore, MemoryStore } from '../../prover/jobs/store.ts';
import { JobRunner } from '../../prover/jobs/workers/runner.ts';
import type { Program, ProofMode } from '../../prover/index.ts';
import { defaultSystem } from '../../prover/system/default.ts';

/** A plan with its first and its last job. */
export type WholePlan = Plan & { readonly execute: Job; readonly proof: Job };

/** The job that executes a program; its inputs are in the store. */
export async function executionIn(store: ArtifactStore, program: Program, items: readonly Uint8Array[]): Promise<Job> {
  return executeJob(defaultSystem(), {
    program: await store.put(programArtifact(program)),
    input: await store.put(inputArtifact(items)),
  });
}

/**
 * The plan of a proof, its execution included, whose inputs are in the store. How many shards there are is found out beside it:
 * the store has none of them.
 */
export async function planIn(
  store: ArtifactStore,
  program: Program,
  items: readonly Uint8Array[],
  mode: ProofMode,
): Promise<WholePlan> {
  const execute = await executionIn(store, program, items);
  const beside = new MemoryStore();
  await executionIn(beside, program, items);
  const runner = new JobRunner(defaultSystem(), { threads: 1 });
  const results = await schedule([execute], { workers: [runner], store: beside });
  await runner.close();
  const executed = decodeExecuted(await beside.get(results.get(execute.id) ?? ''));
  const [programId = '', input = ''] = execute.inputs;
  const made = plan(defaultSystem(), mode, { program: programId, input }, executed);
  return { ...made, execute, proof: made.proofs.at(-1) ?? execute };
}
