/**
 * This machine as a worker: one job at a time with all its threads. STARK layers have one thread, which keeps an execution
 * for the job that proves it; Groth16 has another one for each job. Each is ended before the other begins, because each
 * needs the memory.
 */
import { pathToFileURL } from 'node:url';
import { availableParallelism } from 'node:os';
import type { Artifact } from '../artifact.ts';
import { FileCache } from '../file-cache.ts';
import type { ReadyJob } from '../job.ts';
import { groth16 } from '../kinds/groth16.ts';
import { KINDS, kindOf } from '../kinds/list.ts';
import { whileKeyUnchanged } from '../proving-key.ts';
import type { ArtifactSource } from '../store.ts';
import { busy, type Capabilities, type RunOptions, type Worker } from '../worker.ts';
import { ThreadWorker } from './thread.ts';

export type MachineOptions = {
  readonly threads?: number | undefined;
  /** Where the proving key is; default: the default cache directory. */
  readonly cache?: FileCache | undefined;
  /** File or address of the module of a Groth16 implementation (`Groth16Prover`, its default export); default: ours. */
  readonly groth16?: string | URL | undefined;
};

export class MachineWorker implements Worker {
  readonly name = 'this machine';
  readonly capabilities: Capabilities;
  readonly #cache: FileCache;
  readonly #options: { readonly threads: number | undefined; readonly groth16: string | undefined };
  readonly #stark: ThreadWorker;
  #groth16: ThreadWorker | undefined;
  #isBusy = false;

  constructor({ threads, cache = new FileCache(), groth16: module }: MachineOptions = {}) {
    this.#cache = cache;
    this.#options = { threads, groth16: module === undefined ? undefined : addressOf(module) };
    this.#stark = new ThreadWorker(this.#options);
    this.capabilities = { kinds: KINDS.map(({ name }) => name), threads: threads ?? availableParallelism() };
  }

  async run(job: ReadyJob, store: ArtifactSource, options: RunOptions = {}): Promise<Artifact> {
    options.signal?.throwIfAborted();
    if (this.#isBusy) throw busy();
    this.#isBusy = true;
    try {
      if (kindOf(job.kind)?.thread !== 'groth16') return await this.#stark.run(job, store, options);
      await this.#stark.close();
      if (job.kind !== groth16.name) return await this.#runGroth16(undefined, job, store, options);
      return await whileKeyUnchanged(this.#cache, (keyFile) => this.#runGroth16(keyFile, job, store, options));
    } catch (error) {
      // A thread that idles since an earlier job goes as well.
      if (options.signal?.aborted === true) await this.close();
      throw error;
    } finally {
      this.#isBusy = false;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#stark.close(), this.#groth16?.close()]);
  }

  async #runGroth16(
    keyFile: string | undefined,
    job: ReadyJob,
    store: ArtifactSource,
    options: RunOptions,
  ): Promise<Artifact> {
    const thread = new ThreadWorker({ ...this.#options, keyFile });
    this.#groth16 = thread;
    try {
      return await thread.run(job, store, options);
    } finally {
      await thread.close();
      this.#groth16 = undefined;
    }
  }
}

function addressOf(module: string | URL): string {
  return typeof module === 'string' && !/^\w{2,}:/.test(module) ? pathToFileURL(module).href : String(module);
}
