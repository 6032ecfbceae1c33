/** Edge file: entry point of a prover thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { defaultSystem } from '../../system/default.ts';
import type { ResourceOptions } from '../kinds/resources.ts';
import type { Channel } from './protocol.ts';
import { JobRunner } from './runner.ts';
import { serve } from './serve.ts';

/** A message between threads: copied, not encoded. */
export type ThreadMessage = { readonly header: unknown; readonly body: Uint8Array };

const port = parentPort;
if (port === null) throw new Error('thread-entry.ts is the entry of a worker thread');
const channel: Channel = {
  send: (header, body = new Uint8Array()) => port.postMessage({ header, body } satisfies ThreadMessage),
  listen(onMessage) {
    port.on('message', ({ header, body }: ThreadMessage) => onMessage(header, body));
  },
  close: () => Promise.resolve(port.close()),
};
// Our own ThreadWorker is the only creator of this thread.
await serve(new JobRunner(defaultSystem(), workerData as ResourceOptions), channel);
