/**
 * The pool: one shared memory, a pool of threads over it, and the kernels loaded into them. `run` hands jobs to all
 * threads, takes part itself and returns when every job is done; it never yields to the event loop. Kernels know
 * nothing of threads.
 */
import { ZkError } from '../core/errors.ts';
import { Arena } from './arena.ts';
import { COMMAND, CONTROL, ERROR_BYTES, type Shared, takeJobs, waitWhile } from './protocol.ts';
import { type Thread, defaultThreads, startThread } from './threads.ts';
import { type Kernel, type WasmInstance, wasm } from './web-assembly.ts';

/** Bytes of private scratch memory each thread has; kernels find it through `FunctionBuilder.scratch`. */
export const SCRATCH_BYTES = 512 * 1024;

/** Words of the shared job list; longer lists are run in several rounds. */
const JOB_WORDS = 1 << 18;

/** A kernel failed, or the pool cannot run it. Codes: POOL_CLOSED, POOL_KERNEL, POOL_FAILED. */
export class ThreadPoolError extends ZkError {}

/** A module loaded into every thread. */
export type KernelModule = {
  readonly id: number;
  /** Position of each export; the order is the same on every thread. */
  readonly exportIds: ReadonlyMap<string, number>;
  readonly instance: WasmInstance;
};

export type ThreadPoolOptions = {
  /** Threads in total, the calling one included. Default: what the machine offers. */
  readonly threads?: number;
  /** Upper bound of the memory in bytes. Default: 4 GiB less one page. */
  readonly memoryLimitBytes?: number;
};

export interface ThreadPool {
  readonly arena: Arena;
  readonly threads: number;
  /** Compiles a module and instantiates it on every thread. */
  load(bytes: Uint8Array<ArrayBuffer>): KernelModule;
  /** Loads what `build` returns the first time; afterwards returns the module already loaded under `key`. */
  cached(key: string, build: () => Uint8Array<ArrayBuffer>): KernelModule;
  /**
   * Calls `exportName` once per job with the job's words as arguments, on all threads, in no particular order. All
   * jobs have the same number of words. Blocks. Throws ThreadPoolError when a job fails; the others may not have run.
   */
  run(module: KernelModule, exportName: string, jobs: readonly (readonly number[])[]): void;
  /** Stops the workers. Idempotent. Afterwards load and run throw POOL_CLOSED. */
  close(): Promise<void>;
}

/** Starts the threads. The pool keeps no process alive; close it to free its memory and threads at once. */
export async function createThreadPool(options: ThreadPoolOptions = {}): Promise<ThreadPool> {
  const threads = options.threads ?? defaultThreads();
  if (!Number.isInteger(threads) || threads < 1 || threads > 256) {
    throw new RangeError(`"threads" expected 1..256, got ${threads}`);
  }
  const arena = new Arena(options.memoryLimitBytes);
  const scratch = arena.alloc(SCRATCH_BYTES * threads);
  const shared: Shared = {
    control: new Int32Array(new SharedArrayBuffer(4 * CONTROL.words)),
    jobs: new Int32Array(new SharedArrayBuffer(4 * JOB_WORDS)),
    error: new Uint8Array(new SharedArrayBuffer(ERROR_BYTES)),
  };
  const starts = Array.from({ length: threads - 1 }, (_, i) =>
    startThread({ shared, memory: arena.memory, scratch: scratch + SCRATCH_BYTES * (i + 1) }),
  );
  const started = await Promise.allSettled(starts);
  const workers = started.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failure = started.find((start) => start.status === 'rejected');
  if (failure !== undefined) {
    await Promise.all(workers.map((worker) => worker.terminate()));
    throw new ThreadPoolError('POOL_FAILED', `a worker thread did not start: ${String(failure.reason)}`, {
      cause: failure.reason,
    });
  }
  return new LocalThreadPool(arena, scratch, shared, workers);
}

class LocalThreadPool implements ThreadPool {
  readonly arena: Arena;
  readonly threads: number;
  readonly #scratch: number;
  readonly #shared: Shared;
  readonly #workers: readonly Thread[];
  readonly #cache = new Map<string, KernelModule>();
  #loaded = 0;
  #closed = false;

  constructor(arena: Arena, scratch: number, shared: Shared, workers: readonly Thread[]) {
    this.arena = arena;
    this.threads = workers.length + 1;
    this.#scratch = scratch;
    this.#shared = shared;
    this.#workers = workers;
  }

  load(bytes: Uint8Array<ArrayBuffer>): KernelModule {
    this.#assertOpen();
    const module = new wasm.Module(bytes);
    const id = this.#loaded++;
    const imports = { env: { memory: this.arena.memory, scratch: this.#scratch } };
    const instance = new wasm.Instance(module, imports);
    const exportIds = new Map(Object.keys(instance.exports).map((name, index) => [name, index]));
    if (this.#workers.length > 0) {
      for (const worker of this.#workers) worker.send({ id, module });
      this.#command(COMMAND.load);
      this.#join();
    }
    return { id, exportIds, instance };
  }

  cached(key: string, build: () => Uint8Array<ArrayBuffer>): KernelModule {
    const known = this.#cache.get(key);
    if (known !== undefined) {
      this.#assertOpen();
      return known;
    }
    const module = this.load(build());
    this.#cache.set(key, module);
    return module;
  }

  run(module: KernelModule, exportName: string, jobs: readonly (readonly number[])[]): void {
    this.#assertOpen();
    const kernel = module.instance.exports[exportName];
    const exportId = module.exportIds.get(exportName);
    if (typeof kernel !== 'function' || exportId === undefined) {
      throw new ThreadPoolError('POOL_KERNEL', `the module exports no kernel "${exportName}"`);
    }
    const arity = jobs[0]?.length ?? 0;
    if (kernel.length !== arity && jobs.length > 0) {
      throw new RangeError(`"jobs" expected ${kernel.length} words per job for "${exportName}", got ${arity}`);
    }
    const perRound = Math.floor(JOB_WORDS / Math.max(arity, 1));
    for (let first = 0; first < jobs.length; first += perRound) {
      const round = jobs.slice(first, first + perRound);
      this.#runRound(module.id, exportId, kernel as Kernel, arity, round);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#command(COMMAND.close);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #runRound(
    moduleId: number,
    exportId: number,
    kernel: Kernel,
    arity: number,
    jobs: readonly (readonly number[])[],
  ): void {
    const { control, jobs: words } = this.#shared;
    for (const [index, job] of jobs.entries()) {
      if (job.length !== arity) throw new RangeError(`"jobs" expected ${arity} words per job, got ${job.length}`);
      words.set(job, index * arity);
    }
    control[CONTROL.nextJob] = 0;
    control[CONTROL.jobCount] = jobs.length;
    control[CONTROL.arity] = arity;
    control[CONTROL.moduleId] = moduleId;
    control[CONTROL.exportId] = exportId;
    const shareIt = jobs.length > 1 && this.#workers.length > 0;
    if (shareIt) this.#command(COMMAND.run);
    try {
      takeJobs(this.#shared, kernel);
    } catch (cause) {
      Atomics.store(control, CONTROL.nextJob, jobs.length);
      if (shareIt) waitIdle(control);
      control[CONTROL.failed] = 0;
      throw new ThreadPoolError('POOL_FAILED', `kernel failed: ${String(cause)}`, { cause });
    }
    if (shareIt) this.#join();
  }

  /** Wakes the workers for a command; the fields it needs are already written. */
  #command(command: number): void {
    const { control } = this.#shared;
    Atomics.store(control, CONTROL.command, command);
    Atomics.store(control, CONTROL.busy, this.#workers.length);
    Atomics.add(control, CONTROL.generation, 1);
    Atomics.notify(control, CONTROL.generation);
  }

  /** Waits for the workers and turns a worker's failure into an error here. */
  #join(): void {
    const { control, error } = this.#shared;
    waitIdle(control);
    if (Atomics.load(control, CONTROL.failed) === 0) return;
    Atomics.store(control, CONTROL.failed, 0);
    const text = new TextDecoder().decode(error.slice(0, Atomics.load(control, CONTROL.errorLength)));
    throw new ThreadPoolError('POOL_FAILED', `kernel failed in a worker: ${text}`);
  }

  #assertOpen(): void {
    if (this.#closed) throw new ThreadPoolError('POOL_CLOSED', 'the pool was closed');
  }
}

/** Waits until no worker is busy. */
function waitIdle(control: Int32Array): void {
  for (;;) {
    const busy = Atomics.load(control, CONTROL.busy);
    if (busy === 0) return;
    waitWhile(control, CONTROL.busy, busy);
  }
}

/** Cuts `count` items into jobs of at least `grain` items, a few jobs per thread: [start, end) pairs. */
export function splitRange(count: number, threads: number, grain: number): (readonly [number, number])[] {
  // Also with one thread: the pool's compiler swaps in optimised code between calls only, never inside a loop.
  const pieces = Math.max(1, Math.min(8 * threads, Math.floor(count / grain)));
  // Multiples of the grain, so that pieces stay aligned to vectors.
  const size = Math.ceil(Math.ceil(count / pieces) / grain) * grain;
  const ranges: [number, number][] = [];
  for (let start = 0; start < count; start += size) ranges.push([start, Math.min(start + size, count)]);
  return ranges;
}
