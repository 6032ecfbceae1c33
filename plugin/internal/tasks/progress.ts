/**
 * Progress on stderr; stdout stays for results. On a terminal one line that moves. Elsewhere, such as in CI and pipes, whole
 * lines: one when a stage begins, one every half minute while it runs, and one when it is done.
 */
import { formatSeconds } from '../text/format.ts';
import type { ProgressEvent } from '../../types.ts';

/** Where progress goes; `process.stderr` is one. */
export type ProgressStream = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

/** Without a terminal nothing is silent for longer: some CI systems end jobs that seem to hang. */
const HEARTBEAT_MILLISECONDS = 30_000;

/** A listener that shows progress, and a `done` that ends the display: no timer runs on, and the terminal is clean. */
export type ProgressDisplay = { onProgress: (event: ProgressEvent) => void; done: () => void };

/** Makes the display for a stream. */
export function progressDisplay(stream: ProgressStream): ProgressDisplay {
  const moving = stream.isTTY === true && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb';
  return moving ? movingLine(stream) : plainLines(stream);
}

function percentOf(fraction: number | undefined): string[] {
  return fraction === undefined ? [] : [`${Math.floor(100 * fraction)} %`];
}

function doneLine({ stage, seconds, detail }: ProgressEvent): string {
  const suffix = detail === undefined ? '' : ` (${detail})`;
  return `  ${stage}${suffix}: ${seconds === undefined ? 'done' : formatSeconds(seconds)}\n`;
}

function movingLine(stream: ProgressStream): ProgressDisplay {
  let dirty = false;
  const done = (): void => {
    if (dirty) stream.write('\r\u001b[K');
    dirty = false;
  };
  return {
    onProgress(event) {
      const { stage, status, fraction, detail } = event;
      if (status === 'done') {
        done();
        stream.write(doneLine(event));
        return;
      }
      const suffix = detail === undefined ? '' : ` (${detail})`;
      const percent = percentOf(fraction).map((text) => ` ${text}`);
      stream.write(`\r\u001b[K${`  ${stage}${suffix} ...${percent.join('')}`.slice(0, (stream.columns || 80) - 1)}`);
      dirty = true;
    },
    done,
  };
}

function plainLines(stream: ProgressStream): ProgressDisplay {
  /** What runs now: its last event, when it began, and its timer. */
  let running: { event: ProgressEvent; readonly start: number; readonly timer: NodeJS.Timeout } | undefined;
  const done = (): void => {
    clearInterval(running?.timer);
    running = undefined;
  };
  const heartbeat = (): void => {
    if (running === undefined) return;
    const { stage, detail, fraction } = running.event;
    const elapsed = `${formatSeconds(Math.round((Date.now() - running.start) / 1000))} so far`;
    const parts = [elapsed, ...(detail === undefined ? [] : [detail]), ...percentOf(fraction)];
    stream.write(`  ${stage}: ${parts.join(', ')}\n`);
  };
  const begin = (event: ProgressEvent): void => {
    done();
    const timer = setInterval(heartbeat, HEARTBEAT_MILLISECONDS);
    // Progress must not keep the process alive.
    timer.unref();
    running = { event, start: Date.now(), timer };
    stream.write(`  ${event.stage}${event.detail === undefined ? '' : ` (${event.detail})`}: started\n`);
  };
  return {
    onProgress(event) {
      if (event.status === 'done') {
        done();
        stream.write(doneLine(event));
      } else if (running?.event.stage === event.stage) {
        running.event = event;
      } else {
        begin(event);
      }
    },
    done,
  };
}
