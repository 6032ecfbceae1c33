/** The other end of a channel: takes jobs for a worker that is here. */
import { ZkError } from '../../core/errors.ts';
import { type Artifact, type ArtifactId, checkedArtifact, idOf } from '../artifact.ts';
import { describeError, reviveError } from '../errors.ts';
import type { ReadyJob } from '../job.ts';
import type { Worker } from '../worker.ts';
import { type Channel, PROTOCOL, readRequest, type Request } from './protocol.ts';

/**
 * Serves until the other side is gone, then stops what runs and closes the worker. Rejects with a ProtocolError when what
 * comes is no message; then, too, everything has been stopped.
 */
export function serve(worker: Worker, channel: Channel): Promise<void> {
  return new Server(worker, channel).done;
}

type Running = {
  readonly run: number;
  readonly controller: AbortController;
  readonly needs: Map<ArtifactId, PromiseWithResolvers<Artifact>>;
};

class Server {
  readonly done: Promise<void>;
  readonly #worker: Worker;
  readonly #channel: Channel;
  readonly #finished = Promise.withResolvers<void>();
  #running: Running | undefined;
  #stopped = false;

  constructor(worker: Worker, channel: Channel) {
    this.#worker = worker;
    this.#channel = channel;
    this.done = this.#finished.promise;
    channel.listen(
      (header, body) => this.#take(header, body),
      (reason) => void this.#stop(reason),
    );
    channel.send({ type: 'hello', protocol: PROTOCOL, capabilities: worker.capabilities });
  }

  #take(header: unknown, body: Uint8Array): void {
    if (this.#stopped) return;
    let message: Request;
    try {
      message = readRequest(header);
    } catch (error) {
      return void this.#stop(error);
    }
    const { run } = message;
    if (message.type === 'run') return void this.#run(run, message.job);
    if (this.#running?.run !== run) return;
    const { controller, needs } = this.#running;
    if (message.type === 'cancel') return controller.abort(new ZkError('CANCELLED', 'The job was cancelled.'));
    const need = needs.get(message.id);
    needs.delete(message.id);
    if (message.type === 'missing') return need?.reject(reviveError(message.error));
    try {
      need?.resolve(checkedArtifact(message.id, body));
    } catch (error) {
      need?.reject(error);
    }
  }

  async #run(run: number, job: ReadyJob): Promise<void> {
    if (this.#running !== undefined) {
      const error = new ZkError('PROVER_BUSY', 'This worker is working on another job.');
      return this.#channel.send({ type: 'error', run, error: describeError(error) });
    }
    const controller = new AbortController();
    const { signal } = controller;
    const needs: Running['needs'] = new Map();
    this.#running = { run, controller, needs };
    signal.addEventListener('abort', () => {
      for (const need of needs.values()) need.reject(signal.reason);
    });
    const get = (id: ArtifactId): Promise<Artifact> => {
      const need = needs.get(id) ?? Promise.withResolvers<Artifact>();
      needs.set(id, need);
      this.#channel.send({ type: 'need', run, id });
      return need.promise;
    };
    try {
      const artifact = await this.#worker.run(
        job,
        { get },
        {
          signal,
          onStart: () => this.#channel.send({ type: 'start', run }),
          onStep: (step) => this.#channel.send({ type: 'step', run, step }),
          onArtifact: (given) => this.#channel.send({ type: 'given', run, id: idOf(given) }, given.bytes),
        },
      );
      this.#running = undefined;
      if (!this.#stopped) this.#channel.send({ type: 'result', run, id: idOf(artifact) }, artifact.bytes);
    } catch (error) {
      this.#running = undefined;
      if (!this.#stopped) this.#channel.send({ type: 'error', run, error: describeError(error) });
    }
  }

  async #stop(reason: unknown): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#running?.controller.abort(new ZkError('CANCELLED', 'The other side is gone.'));
    await this.#worker.close();
    await this.#channel.close();
    if (reason === undefined) this.#finished.resolve();
    else this.#finished.reject(reason);
  }
}
