/**
 * Edge file: the only place that knows how this platform makes threads (node:worker_threads). A browser build replaces
 * this file and `worker.ts`.
 */
import { MessageChannel, Worker } from 'node:worker_threads';
import { availableParallelism } from 'node:os';
import type { Shared } from './protocol.ts';
import type { WasmMemory, WasmModule } from './web-assembly.ts';

/** What a worker gets at start. */
export type WorkerStart = { readonly shared: Shared; readonly memory: WasmMemory; readonly scratch: number };

/** A compiled module on its way to a worker, which reads it synchronously at the `load` command. */
export type ModuleMessage = { readonly id: number; readonly module: WasmModule };

/** One running worker thread. */
export type Thread = { send(message: ModuleMessage): void; terminate(): Promise<void> };

/** Number of threads worth using here. */
export function defaultThreads(): number {
  return availableParallelism();
}

/** Starts a worker and waits until it listens. The thread does not keep the process alive. */
export async function startThread(start: WorkerStart): Promise<Thread> {
  // The worker has the extension of this file: .ts when run as sources, .js when compiled.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    workerData: { ...start, port: port2 },
    transferList: [port2],
    // Options of the calling process (inspectors, test runners, --eval input) are not for workers.
    execArgv: [],
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`worker ended at start with code ${code}`)));
  });
  worker.removeAllListeners();
  worker.unref();
  port1.unref();
  return {
    send: (message) => port1.postMessage(message),
    terminate: async () => {
      port1.close();
      await worker.terminate();
    },
  };
}
