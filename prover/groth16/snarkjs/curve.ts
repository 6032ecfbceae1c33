/**
 * The curve library behind snarkjs: one instance per thread, which snarkjs finds by itself. Its worker threads would keep the
 * process alive, so the last user ends it.
 */
import type { curves } from 'snarkjs';
import { snarkjs } from './load.ts';

type Curve = Awaited<ReturnType<typeof curves.getCurveFromName>>;

let users = 0;
/** Shared while it is being built, too: two builds at once would leave the workers of one of them behind. */
let shared: Promise<Curve> | undefined;

/** Runs with the curve. Rejects with the signal's reason when aborted; what runs in the curve's workers ends with them. */
export async function withCurve<T>(signal: AbortSignal | undefined, run: (curve: Curve) => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  users++;
  let abort: (() => void) | undefined;
  try {
    shared ??= snarkjs().then((library) => library.curves.getCurveFromName('bn128'));
    const work = run(await shared);
    if (signal === undefined) return await work;
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
    });
    work.catch(() => undefined);
    return await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
    users--;
    if (users === 0) {
      const last = shared;
      // Before anything is awaited: whoever comes now builds anew.
      shared = undefined;
      await (await last)?.terminate();
    }
  }
}
