/** Jobs and workers of tests: what a job gives is what its worker was told to make of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Artifact, makeArtifact } from '../../prover/jobs/artifact.ts';
import { type Job, makeJob, type Params, type ReadyJob } from '../../prover/jobs/job.ts';
import type { ArtifactSource } from '../../prover/jobs/store.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import type { RunOptions, Worker } from '../../prover/jobs/worker.ts';

const NEEDS = { memoryBytes: 1000, threads: 1 };

/** A job of a kind that no product knows. */
export function fakeJob(kind: string, inputs: readonly string[] = [], params: Params = {}): Job {
  return makeJob(defaultSystem(), { kind, inputs, params, needs: NEEDS, keep: true });
}

/** The result of every fake job: its kind and parameters over those of its inputs. */
export async function resultOf(job: ReadyJob, store: ArtifactSource): Promise<Artifact> {
  const inputs = await Promise.all(job.inputs.map((id) => store.get(id)));
  const texts = inputs.map(({ bytes }) => new TextDecoder().decode(bytes));
  return makeArtifact(job.kind, new TextEncoder().encode(`${job.kind}${JSON.stringify(job.params)}(${texts.join()})`));
}

/** What happens in a worker, in order. */
export type Log = string[];

/** A worker whose jobs take `ms` milliseconds, after `before` has run. Notes what it runs, ends and closes. */
export class FakeWorker implements Worker {
  readonly name: string;
  readonly capabilities: Worker['capabilities'];
  readonly #log: Log;
  readonly #ms: number;
  readonly #before: ((job: ReadyJob, options: RunOptions) => Promise<void> | void) | undefined;

  constructor(
    name: string,
    kinds: readonly string[],
    log: Log,
    {
      ms = 5,
      before,
      memoryBytes,
      threads = 1,
    }: {
      readonly ms?: number;
      readonly before?: (job: ReadyJob, options: RunOptions) => Promise<void> | void;
      readonly memoryBytes?: number;
      readonly threads?: number;
    } = {},
  ) {
    this.name = name;
    this.capabilities = { kinds, threads, ...(memoryBytes === undefined ? {} : { memoryBytes }) };
    this.#log = log;
    this.#ms = ms;
    this.#before = before;
  }

  async run(job: ReadyJob, store: ArtifactSource, options: RunOptions = {}): Promise<Artifact> {
    const { signal } = options;
    this.#log.push(`${this.name} begins ${job.kind}`);
    try {
      options.onStart?.();
      await this.#before?.(job, options);
      options.onStep?.({ step: 'working', fraction: 0.5 });
      await sleep(this.#ms, undefined, { signal });
      const artifact = await resultOf(job, store);
      this.#log.push(`${this.name} ends ${job.kind}`);
      return artifact;
    } catch (error) {
      this.#log.push(`${this.name} stops ${job.kind}`);
      throw signal?.aborted === true ? signal.reason : error;
    }
  }

  close(): Promise<void> {
    this.#log.push(`${this.name} closes`);
    return Promise.resolve();
  }
}
