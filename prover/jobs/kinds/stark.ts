/** The STARK layers as jobs see them; loaded at the first use, in the thread that runs them. */
import type { OnStep, StarkProver } from '../../system/stark-prover.ts';
import type { System } from '../../system/definition.ts';
import type { Step } from '../worker.ts';

export type Stark = StarkProver;

/** Starts the thread pool of the layers. */
export async function startStark(system: System, threads: number | undefined): Promise<Stark> {
  const module = await import('../../system/stark-prover.ts');
  return module.StarkProver.create(system, threads);
}

/** Steps of a layer as steps of a job. */
export function layerSteps(onStep: (step: Step) => void): OnStep {
  return (step) => onStep({ step });
}
