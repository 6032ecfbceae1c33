/**
 * Workers over two streams of bytes: stdin and stdout of a process, a socket, a pipe to another machine. Whoever holds the
 * streams must trust the other side with inputs; results are checked like any others. An edge (node:stream).
 */
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Worker } from '../worker.ts';
import { FrameReader, frameOf } from './frames.ts';
import { type Channel, ProtocolError } from './protocol.ts';
import { type RemoteOptions, RemoteWorker } from './remote.ts';
import { serve } from './serve.ts';

export type Streams = {
  readonly readable: Readable;
  readonly writable: Writable;
  /** Ends what is behind the streams, where ending them is not enough: kills a process. */
  readonly end?: () => void | Promise<void>;
};

/** A worker behind streams whose other side calls `serveWorker`. WorkerLostError when there is none. */
export function connectWorker(streams: Streams, options: RemoteOptions): Promise<Worker> {
  return RemoteWorker.connect(channelOf(streams), options);
}

/**
 * Lets the other side run jobs on this worker until the streams end; then the worker is closed. Nothing else may write to
 * the stream. Rejects with a ProtocolError when what comes is no message.
 */
export function serveWorker(worker: Worker, streams: Streams): Promise<void> {
  return serve(worker, channelOf(streams));
}

function channelOf({ readable, writable, end }: Streams): Channel {
  let isOpen = true;
  // What is written to a side that has gone is lost, as that side is: the reader says so.
  writable.on('error', () => undefined);
  return {
    send(header, body) {
      if (isOpen) writable.write(frameOf(header, body));
    },
    listen(onMessage, onEnd) {
      const reader = new FrameReader(onMessage);
      const stop = (reason?: Error): void => {
        if (isOpen) onEnd(reason);
      };
      readable.on('data', (chunk: Buffer) => {
        if (!isOpen) return;
        try {
          reader.push(chunk);
        } catch (error) {
          stop(error instanceof Error ? error : new ProtocolError(String(error)));
        }
      });
      readable.once('error', stop);
      readable.once('close', () => stop());
      readable.once('end', () => stop(reader.isInside ? new ProtocolError('it ends in the middle') : undefined));
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      readable.destroy();
      writable.end();
      await end?.();
      await finished(writable, { readable: false }).catch(() => undefined);
    },
  };
}
