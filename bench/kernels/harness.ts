/**
 * Times one kernel and prints one JSON line. Run a bench file with node; `THREADS` sets the number of threads,
 * `BENCH_SECONDS` how long each measurement lasts.
 */
import path from 'node:path';
import { report as print } from '../report.ts';

export const threads = Number(process.env['THREADS'] ?? 2);
const defaultSeconds = Number(process.env['BENCH_SECONDS'] ?? 1);
const file = path.basename(process.argv[1] ?? 'kernel', '.ts');

/** Runs `body` until about `seconds` have passed (at least five times) and prints nanoseconds per item. */
export function report(name: string, items: number, body: () => void, seconds = defaultSeconds): void {
  body();
  body();
  const samples: number[] = [];
  const stop = performance.now() + seconds * 1000;
  while (samples.length < 5 || performance.now() < stop) {
    const start = performance.now();
    body();
    samples.push(((performance.now() - start) * 1e6) / items);
  }
  print({ name: `kernels/${file}/${name}`, unit: 'ns/item', samples, extra: { items, threads } });
}
