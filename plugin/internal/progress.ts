/** Progress on stderr: one line that moves on a terminal, one line a stage elsewhere. stdout stays for results. */
import type { ProgressEvent } from '../types.ts';

/** Where progress goes; `process.stderr` is one. */
export type ProgressStream = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

/** Seconds as people read them. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Bytes as people read them. */
export function formatBytes(bytes: number): string {
  if (bytes < 10_000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB'];
  let [value, unit] = [bytes / 1000, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** Makes a listener that shows progress, and a `done` that leaves the terminal clean. */
export function progressDisplay(stream: ProgressStream): {
  onProgress: (event: ProgressEvent) => void;
  done: () => void;
} {
  const moving = stream.isTTY === true && process.env['CI'] === undefined;
  let dirty = false;
  const clear = (): void => {
    if (dirty) stream.write('\r\u001b[K');
    dirty = false;
  };
  return {
    onProgress({ stage, status, fraction, seconds, detail }) {
      const suffix = detail === undefined ? '' : ` (${detail})`;
      if (status === 'done') {
        clear();
        stream.write(`  ${stage}${suffix}${seconds === undefined ? '' : `: ${formatSeconds(seconds)}`}\n`);
      } else if (moving) {
        const percent = fraction === undefined ? '' : ` ${Math.floor(100 * fraction)} %`;
        stream.write(`\r\u001b[K${`  ${stage}${suffix} ...${percent}`.slice(0, (stream.columns ?? 80) - 1)}`);
        dirty = true;
      }
    },
    done: clear,
  };
}
