/**
 * Progress on stderr; stdout stays for results. On a terminal one line that moves. Elsewhere, such as in CI and pipes, whole
 * lines: one when a stage begins, one every half minute while it runs, and one when it is done; of stages that run once for
 * each shard or join, one when one is done.
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

/** "core, shard 3 of 17", "join 2 of 16". */
function nameOf({ stage, part }: ProgressEvent): string {
  if (part === undefined) return stage;
  return `${stage === part.what ? '' : `${stage}, `}${part.what} ${part.index} of ${part.count}`;
}

/** How much of a long run is proved. */
function cyclesOf({ cycles }: ProgressEvent): string[] {
  const count = (value: number): string => value.toLocaleString('en-US');
  return cycles === undefined ? [] : [`${count(cycles.proved)} of ${count(cycles.total)} cycles`];
}

/** How long the rest of a long run may take. */
function leftOf({ secondsLeft }: ProgressEvent): string[] {
  if (secondsLeft === undefined) return [];
  const seconds = Math.round(secondsLeft);
  return [`about ${seconds < 60 ? `${seconds} s` : formatSeconds(seconds)} left`];
}

function percentOf(fraction: number | undefined): string[] {
  return fraction === undefined ? [] : [`${Math.floor(100 * fraction)} %`];
}

function doneLine(event: ProgressEvent): string {
  const { seconds, detail } = event;
  const suffix = detail === undefined ? '' : ` (${detail})`;
  const parts = [seconds === undefined ? 'done' : formatSeconds(seconds), ...cyclesOf(event), ...leftOf(event)];
  return `  ${nameOf(event)}${suffix}: ${parts.join(', ')}\n`;
}

function noteLine({ detail = '' }: ProgressEvent): string {
  return `  ${detail}\n`;
}

function movingLine(stream: ProgressStream): ProgressDisplay {
  let dirty = false;
  const done = (): void => {
    if (dirty) stream.write('\r\u001b[K');
    dirty = false;
  };
  return {
    onProgress(event) {
      const { status, fraction, detail, part } = event;
      if (status === 'note') {
        done();
        stream.write(noteLine(event));
        return;
      }
      // Of a stage that runs many times the line that moves is enough: the times of all stand in the result.
      if (status === 'done' && part === undefined) {
        done();
        stream.write(doneLine(event));
        return;
      }
      // What matters most comes first: the line is cut at the width of the terminal.
      const stand = [...leftOf(event), ...cyclesOf(event)];
      const suffix = detail === undefined ? '' : ` (${detail})`;
      const percent = percentOf(fraction).map((text) => ` ${text}`);
      const line = `  ${nameOf(event)}${stand.length === 0 ? '' : `: ${stand.join(', ')}`}${suffix} ...${percent.join('')}`;
      stream.write(`\r\u001b[K${line.slice(0, (stream.columns || 80) - 1)}`);
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
    const { detail, fraction } = running.event;
    const elapsed = `${formatSeconds(Math.round((Date.now() - running.start) / 1000))} so far`;
    const parts = [
      elapsed,
      ...(detail === undefined ? [] : [detail]),
      ...percentOf(fraction),
      ...cyclesOf(running.event),
      ...leftOf(running.event),
    ];
    stream.write(`  ${nameOf(running.event)}: ${parts.join(', ')}\n`);
  };
  const begin = (event: ProgressEvent): void => {
    done();
    const timer = setInterval(heartbeat, HEARTBEAT_MILLISECONDS);
    // Progress must not keep the process alive.
    timer.unref();
    running = { event, start: Date.now(), timer };
    // A stage that runs many times says what it did, not that it begins.
    if (event.part === undefined)
      stream.write(`  ${event.stage}${event.detail === undefined ? '' : ` (${event.detail})`}: started\n`);
  };
  return {
    onProgress(event) {
      if (event.status === 'note') stream.write(noteLine(event));
      else if (event.status === 'done') {
        done();
        stream.write(doneLine(event));
      } else if (running !== undefined && nameOf(running.event) === nameOf(event)) {
        running.event = event;
      } else {
        begin(event);
      }
    },
    done,
  };
}
