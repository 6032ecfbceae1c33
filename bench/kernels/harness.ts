/** Times one kernel and prints one JSON line. Run a bench file with node; `THREADS` sets the number of threads. */
import { cpus } from 'node:os';

export const threads = Number(process.env['THREADS'] ?? 2);

/** Runs `body` until about `seconds` have passed (at least five times) and prints nanoseconds per item. */
export function report(name: string, items: number, body: () => void, seconds = 1): void {
  body();
  body();
  const times: number[] = [];
  const stop = performance.now() + seconds * 1000;
  while (times.length < 5 || performance.now() < stop) {
    const start = performance.now();
    body();
    times.push(((performance.now() - start) * 1e6) / items);
  }
  times.sort((a, b) => a - b);
  const round = (value: number | undefined): number => Number((value ?? Number.NaN).toPrecision(4));
  const line = {
    name,
    value: round(times[times.length >> 1]),
    unit: 'ns/item',
    median: round(times[times.length >> 1]),
    min: round(times[0]),
    max: round(times[times.length - 1]),
    n: times.length,
    items,
    threads,
    cores: cpus().length,
    machine: cpus()[0]?.model,
    node: process.version,
  };
  console.log(JSON.stringify(line));
}
