/** A worker at the other end of a channel, as the scheduler sees it. */
import { printable } from '../../core/printable.ts';
import { type Artifact, type ArtifactId, checkedArtifact } from '../artifact.ts';
import { describeError, reviveError } from '../errors.ts';
import type { ReadyJob } from '../job.ts';
import type { ArtifactSource } from '../store.ts';
import { busy, type Capabilities, type RunOptions, type Worker, WorkerLostError } from '../worker.ts';
import { type Channel, PROTOCOL, ProtocolError, readResponse, type Response } from './protocol.ts';

export type RemoteOptions = {
  /** For messages: "The worker <name> ended before its job was done." */
  readonly name: string;
  /** How long a worker may take to begin, in milliseconds. */
  readonly helloMs?: number;
  /** How long a worker may take to stop a job when it is asked to; then it is ended. 0: it is ended at once. */
  readonly cancelMs?: number;
  /** The error of a worker that came to an end by itself. */
  readonly lost?: (reason: Error | undefined) => WorkerLostError;
};

const HELLO_MS = 60_000;
const CANCEL_MS = 10_000;

/** The job that is running. */
type Running = {
  readonly run: number;
  readonly store: ArtifactSource;
  readonly options: RunOptions;
  readonly resolve: (artifact: Artifact) => void;
  readonly reject: (error: unknown) => void;
};

export class RemoteWorker implements Worker {
  readonly name: string;
  #capabilities: Capabilities = { kinds: [], threads: 0 };
  readonly #channel: Channel;
  readonly #options: RemoteOptions;
  readonly #hello = Promise.withResolvers<void>();
  #running: Running | undefined;
  #runs = 0;
  #end: WorkerLostError | undefined;

  private constructor(channel: Channel, options: RemoteOptions) {
    this.name = options.name;
    this.#channel = channel;
    this.#options = options;
    this.#hello.promise.catch(() => undefined);
    channel.listen(
      (header, body) => this.#take(header, body),
      (reason) => this.#ended(reason),
    );
  }

  /** Waits for the worker to say what it can do. WorkerLostError when it says nothing, or something else. */
  static async connect(channel: Channel, options: RemoteOptions): Promise<RemoteWorker> {
    const worker = new RemoteWorker(channel, options);
    const timer = setTimeout(
      () => worker.#fail('said nothing within the time that it has for that'),
      options.helloMs ?? HELLO_MS,
    );
    try {
      await worker.#hello.promise;
    } finally {
      clearTimeout(timer);
    }
    return worker;
  }

  get capabilities(): Capabilities {
    return this.#capabilities;
  }

  /** Whether it can run nothing any more. */
  get isClosed(): boolean {
    return this.#end !== undefined;
  }

  async run(job: ReadyJob, store: ArtifactSource, options: RunOptions = {}): Promise<Artifact> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (this.#end !== undefined) throw this.#end;
    if (this.#running !== undefined) throw busy();
    const run = ++this.#runs;
    const { cancelMs = CANCEL_MS } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const { promise, resolve, reject } = Promise.withResolvers<Artifact>();
    const abort = (): void => {
      if (cancelMs > 0) this.#channel.send({ type: 'cancel', run });
      timer = setTimeout(() => void this.close().finally(() => reject(signal?.reason)), cancelMs);
    };
    this.#running = { run, store, options, resolve, reject };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      this.#channel.send({ type: 'run', run, job });
      return await promise;
    } catch (error) {
      // Whatever it answered, it has stopped because of that.
      throw signal?.aborted === true ? signal.reason : error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      this.#running = undefined;
    }
  }

  async close(): Promise<void> {
    this.#end ??= this.#lost(undefined);
    await this.#channel.close();
    this.#running?.reject(this.#end);
  }

  #take(header: unknown, body: Uint8Array): void {
    if (this.#end !== undefined) return;
    let message: Response;
    try {
      message = readResponse(header);
    } catch (error) {
      return this.#fail('sent something that is no message', error);
    }
    if (message.type === 'hello') {
      if (message.protocol !== PROTOCOL) return this.#fail(`speaks "${message.protocol}", not "${PROTOCOL}"`);
      this.#capabilities = message.capabilities;
      return this.#hello.resolve();
    }
    const running = this.#running;
    if (running?.run !== message.run) return;
    const isAborted = running.options.signal?.aborted === true;
    const { onStart, onStep } = running.options;
    if (message.type === 'start') {
      if (!isAborted) onStart?.();
    } else if (message.type === 'step') {
      // Shown on terminals, and from elsewhere.
      if (!isAborted) onStep?.({ ...message.step, step: printable(message.step.step) });
    } else if (message.type === 'need') void this.#answer(running, message.id);
    else if (message.type === 'error') running.reject(reviveError(message.error));
    else if (isAborted) {
      // What is given besides the result is of no use to anybody any more.
      if (message.type === 'result') running.reject(running.options.signal?.reason);
    } else {
      try {
        const artifact = checkedArtifact(message.id, body);
        if (message.type === 'given') running.options.onArtifact?.(artifact);
        else running.resolve(artifact);
      } catch (error) {
        this.#fail('sent a result that does not have its hash', error);
      }
    }
  }

  async #answer({ run, store }: Running, id: ArtifactId): Promise<void> {
    try {
      const { bytes } = await store.get(id);
      if (this.#end === undefined) this.#channel.send({ type: 'artifact', run, id }, bytes);
    } catch (error) {
      if (this.#end === undefined) this.#channel.send({ type: 'missing', run, id, error: describeError(error) });
    }
  }

  /** Ends a worker that does not keep to the protocol. */
  #fail(problem: string, cause?: unknown): void {
    if (this.#end !== undefined) return;
    const end = new WorkerLostError('WORKER_PROTOCOL', `The worker ${this.name} ${problem}: it was disconnected.`, {
      cause,
    });
    this.#end = end;
    const stop = (): void => {
      this.#hello.reject(end);
      this.#running?.reject(end);
    };
    this.#channel.close().then(stop, stop);
  }

  #ended(reason: Error | undefined): void {
    if (reason instanceof ProtocolError) return this.#fail('sent something that is no message', reason);
    if (this.#end !== undefined) return;
    this.#end = this.#lost(reason);
    this.#hello.reject(this.#end);
    this.#running?.reject(this.#end);
  }

  #lost(reason: Error | undefined): WorkerLostError {
    if (this.#options.lost !== undefined) return this.#options.lost(reason);
    const why = reason === undefined ? '' : ` (${reason.message})`;
    return new WorkerLostError('WORKER_LOST', `The worker ${this.name} ended before its job was done${why}.`, {
      cause: reason,
    });
  }
}
