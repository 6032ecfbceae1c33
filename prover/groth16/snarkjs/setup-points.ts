/** Generator multiples by worker threads, in order, with a bounded number of batches under way. An edge (worker_threads). */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import curve from 'wasmcurves/build/bn128_wasm.js';
import { ZkError } from '../../core/errors.ts';
import { MAX_BATCH, type SetupRequest, type SetupResponse, type SetupWorkerData } from './setup-worker.ts';

export type PointsOptions = { readonly threads?: number; readonly signal?: AbortSignal | undefined };

const SCALAR_BYTES = 32;
const SCALAR_BITS = 254;
const MAX_WINDOW_BITS = 16;

/** Window size with the fewest additions for `count` scalars on each of `threads` tables. */
export function windowBits(count: number, threads: number): number {
  let best = 1;
  const cost = (bits: number): number => Math.ceil(SCALAR_BITS / bits) * (count / threads + 2 ** bits);
  for (let bits = 2; bits <= MAX_WINDOW_BITS; bits++) if (cost(bits) < cost(best)) best = bits;
  return best;
}

export class GeneratorMultiples {
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  readonly #pending = new Map<number, { resolve: (points: Uint8Array) => void; reject: (error: Error) => void }>();
  readonly #signal: AbortSignal | undefined;
  #failure: Error | undefined;
  #nextId = 0;

  /** `counts`: about how many scalars of each group will come; sizes the tables. */
  constructor(counts: { readonly g1: number; readonly g2: number }, options: PointsOptions = {}) {
    const threads = Math.max(1, options.threads ?? availableParallelism());
    this.#signal = options.signal;
    const data: SetupWorkerData = {
      code: Uint8Array.from(Buffer.from(curve.code, 'base64')),
      generators: { g1: curve.pG1gen, g2: curve.pG2gen },
      windowBits: { g1: windowBits(counts.g1, threads), g2: windowBits(counts.g2, threads) },
    };
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const url = new URL(`./setup-worker.${extension}`, import.meta.url);
    this.#workers = Array.from({ length: threads }, () => new Worker(url, { workerData: data }));
    this.#idle = [...this.#workers];
    for (const worker of this.#workers) {
      worker.on('message', (response: SetupResponse) => this.#answer(worker, response));
      worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    }
  }

  /** Points of `scalars` (32 bytes each) handed to `write` in order. */
  async each(
    group: 'g1' | 'g2',
    scalars: Uint8Array,
    write: (points: Uint8Array, done: number) => Promise<void>,
  ): Promise<void> {
    const batch = MAX_BATCH * SCALAR_BYTES;
    const ahead = 2 * this.#workers.length;
    const queue: Promise<Uint8Array>[] = [];
    let at = 0;
    let done = 0;
    while (at < scalars.byteLength || queue.length > 0) {
      this.#signal?.throwIfAborted();
      while (queue.length < ahead && at < scalars.byteLength) {
        const promise = this.#multiply(group, scalars.slice(at, at + batch));
        // A failure is seen by whoever awaits in order; the others must not count as unhandled.
        promise.catch(() => undefined);
        queue.push(promise);
        at += batch;
      }
      const points = await queue.shift()!;
      done += points.byteLength / (group === 'g1' ? 64 : 128);
      await write(points, done);
    }
  }

  async all(group: 'g1' | 'g2', scalars: Uint8Array): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    await this.each(group, scalars, async (points) => {
      parts.push(points);
    });
    return Uint8Array.from(Buffer.concat(parts));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#fail(new ZkError('SETUP_CLOSED', 'the setup workers were closed'));
  }

  async #multiply(group: 'g1' | 'g2', scalars: Uint8Array): Promise<Uint8Array> {
    const worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    if (this.#failure !== undefined) throw this.#failure;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      worker.postMessage({ id, group, scalars } satisfies SetupRequest);
    });
  }

  #answer(worker: Worker, response: SetupResponse): void {
    const pending = this.#pending.get(response.id);
    this.#pending.delete(response.id);
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(worker);
    else next(worker);
    if ('error' in response) pending?.reject(new ZkError('SETUP_WORKER', response.error));
    else pending?.resolve(response.points);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    // Whoever waits for a worker sees the failure when it gets one.
    for (const resolve of this.#waiting.splice(0)) resolve(this.#workers[0]!);
  }
}
