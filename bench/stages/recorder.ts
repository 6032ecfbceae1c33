/** Collects samples by name over several rounds, and turns the prover's events into times of stages and their steps. */
import type { JobEvent } from '../../prover/jobs/scheduler.ts';
import { report } from '../report.ts';
import { watchMemory } from './memory.ts';

export class Recorder {
  readonly #prefix: string;
  readonly #samples = new Map<string, { readonly unit: string; readonly values: number[] }>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  add(name: string, unit: string, value: number): void {
    const entry = this.#samples.get(name);
    if (entry === undefined) this.#samples.set(name, { unit, values: [value] });
    else entry.values.push(value);
  }

  /** Runs and adds seconds under `name`. */
  async time<T>(name: string, run: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await run();
    this.add(name, 's', (performance.now() - start) / 1000);
    return result;
  }

  /** Prints everything collected, in the order of first appearance. */
  print(): void {
    for (const [name, { unit, values }] of this.#samples)
      report({ name: `${this.#prefix}/${name}`, unit, samples: values });
  }

  /** A listener for the events of one run. Steps that occur twice in a stage are added up. */
  listener(): (event: JobEvent) => void {
    let stopMemory = (): number => 0;
    let step: { readonly name: string; readonly start: number } | undefined;
    let steps = new Map<string, number>();
    const endStep = (): void => {
      if (step !== undefined)
        steps.set(step.name, (steps.get(step.name) ?? 0) + (performance.now() - step.start) / 1000);
      step = undefined;
    };
    return (event) => {
      if (event.status === 'start') {
        stopMemory = watchMemory();
        steps = new Map();
        return;
      }
      endStep();
      if (event.status === 'step') step = { name: event.step.step, start: performance.now() };
      if (event.status !== 'done') return;
      const { kind } = event.job;
      this.add(kind, 's', event.seconds);
      for (const [name, seconds] of steps) this.add(`${kind}/${name}`, 's', seconds);
      this.add(`${kind}/peak memory`, 'bytes', stopMemory());
    };
  }
}
