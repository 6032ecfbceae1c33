/** Edge file: entry point of a worker thread. Sleeps on the control block, instantiates modules, takes jobs. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { COMMAND, CONTROL, ERROR_BYTES, takeJobs, waitWhile } from './protocol.ts';
import { type Kernel, wasm } from './web-assembly.ts';
import type { ModuleMessage, WorkerStart } from './threads.ts';

// Our own startThread is the only creator of this worker.
const { shared, memory, scratch, port } = workerData as WorkerStart & { readonly port: MessagePort };
const { control, error } = shared;
const kernels = new Map<number, Kernel[]>();

function load(): void {
  const received = receiveMessageOnPort(port) as { message: ModuleMessage } | undefined;
  if (received === undefined) throw new Error('load command without a module');
  const { id, module } = received.message;
  const instance = new wasm.Instance(module, { env: { memory, scratch } });
  // Kernels export functions of 32-bit words only.
  kernels.set(id, Object.values(instance.exports) as Kernel[]);
}

function run(): void {
  const kernel = kernels.get(Atomics.load(control, CONTROL.moduleId))?.[Atomics.load(control, CONTROL.exportId)];
  if (kernel === undefined) throw new Error('run command for an unknown kernel');
  takeJobs(shared, kernel);
}

/** Leaves the first failure for the main thread. */
function report(cause: unknown): void {
  if (Atomics.compareExchange(control, CONTROL.failed, 0, 1) !== 0) return;
  const text = new TextEncoder().encode(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
  const bytes = text.subarray(0, ERROR_BYTES);
  error.set(bytes);
  Atomics.store(control, CONTROL.errorLength, bytes.length);
  // Nobody needs the remaining jobs.
  Atomics.store(control, CONTROL.nextJob, Atomics.load(control, CONTROL.jobCount));
}

let generation = Atomics.load(control, CONTROL.generation);
parentPort?.postMessage('ready');
for (;;) {
  waitWhile(control, CONTROL.generation, generation);
  generation = Atomics.load(control, CONTROL.generation);
  const command = Atomics.load(control, CONTROL.command);
  if (command === COMMAND.close) break;
  try {
    if (command === COMMAND.load) load();
    else run();
  } catch (cause) {
    report(cause);
  }
  if (Atomics.sub(control, CONTROL.busy, 1) === 1) Atomics.notify(control, CONTROL.busy);
}
port.close();
