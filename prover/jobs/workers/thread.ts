/**
 * Edge file: a worker in a thread of its own, so that the caller's event loop keeps running: progress is shown, and an abort
 * stops everything at once by ending the thread and with it its own workers.
 */
import { availableParallelism } from 'node:os';
import { Worker as NodeThread } from 'node:worker_threads';
import type { Artifact } from '../artifact.ts';
import type { ReadyJob } from '../job.ts';
import { KINDS } from '../kinds/list.ts';
import type { ResourceOptions } from '../kinds/resources.ts';
import type { ArtifactSource } from '../store.ts';
import { busy, type Capabilities, type RunOptions, type Worker, WorkerLostError } from '../worker.ts';
import type { Channel } from './protocol.ts';
import { RemoteWorker } from './remote.ts';
import type { ThreadMessage } from './thread-entry.ts';

/** Sources run as .ts, the package as .js. */
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export class ThreadWorker implements Worker {
  readonly name = 'thread';
  readonly capabilities: Capabilities;
  readonly #options: ResourceOptions;
  #thread: NodeThread | undefined;
  #remote: Promise<RemoteWorker> | undefined;
  #isBusy = false;

  /** Starts nothing yet: the thread begins with the first job, and after an abort with the next one. */
  constructor(options: ResourceOptions) {
    this.#options = options;
    this.capabilities = { kinds: KINDS.map(({ name }) => name), threads: options.threads ?? availableParallelism() };
  }

  async run(job: ReadyJob, store: ArtifactSource, options: RunOptions = {}): Promise<Artifact> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (this.#isBusy) throw busy();
    this.#isBusy = true;
    try {
      this.#remote ??= this.#start();
      // An idle thread must not keep the process alive, a working one must.
      this.#thread?.ref();
      const remote = await this.#remote;
      return await remote.run(job, store, options);
    } catch (error) {
      // After an abort the thread is gone, and with it its own workers: the caller may rely on it.
      if (signal?.aborted === true || error instanceof WorkerLostError) await this.close();
      throw error;
    } finally {
      this.#thread?.unref();
      this.#isBusy = false;
    }
  }

  async close(): Promise<void> {
    const remote = this.#remote;
    const thread = this.#thread;
    this.#remote = undefined;
    this.#thread = undefined;
    await thread?.terminate();
    await remote?.then(
      (worker) => worker.close(),
      () => undefined,
    );
  }

  #start(): Promise<RemoteWorker> {
    const url = new URL(`./thread-entry.${EXTENSION}`, import.meta.url);
    const thread = new NodeThread(url, { workerData: this.#options, execArgv: [] });
    this.#thread = thread;
    const channel: Channel = {
      send: (header, body = new Uint8Array()) => thread.postMessage({ header, body } satisfies ThreadMessage),
      listen(onMessage, onEnd) {
        thread.on('message', ({ header, body }: ThreadMessage) => onMessage(header, body));
        thread.on('error', (error) => onEnd(error instanceof Error ? error : new Error(String(error))));
        thread.on('exit', () => onEnd());
      },
      async close() {
        await thread.terminate();
      },
    };
    return RemoteWorker.connect(channel, { name: this.name, cancelMs: 0, lost: stopped });
  }
}

function stopped(reason: Error | undefined): WorkerLostError {
  const why = reason === undefined ? '' : `: ${reason.message.replace(/[.]$/, '')}`;
  return new WorkerLostError('PROVER_STOPPED', `The prover thread ended before its job was done${why}.`, {
    cause: reason,
  });
}
