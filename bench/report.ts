/** The one output format of all benchmarks: a JSON line for each result on stdout. Nothing else is written to stdout. */
import { cpus } from 'node:os';

export type Result = {
  /** Path of the measurement, folders first: `stages/add/core`. */
  readonly name: string;
  /** Unit of `samples`. */
  readonly unit: string;
  readonly samples: readonly number[];
  /** More facts about this result. */
  readonly extra?: Readonly<Record<string, string | number>>;
};

function round(value: number | undefined): number {
  if (value === undefined || !Number.isFinite(value)) throw new RangeError('a result without a number');
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}

/** Prints one result; `value` is the median. RangeError when there is no sample or one is not a number. */
export function report({ name, unit, samples, extra = {} }: Result): void {
  const sorted = samples.toSorted((a, b) => a - b);
  const median = round(sorted[sorted.length >> 1]);
  const [min, max] = [round(sorted[0]), round(sorted.at(-1))];
  const machine = { cores: cpus().length, machine: cpus()[0]?.model ?? 'unknown', node: process.version };
  console.log(JSON.stringify({ name, value: median, unit, median, min, max, n: sorted.length, ...extra, ...machine }));
}

/** Ends a benchmark that cannot run: one sentence on stderr, exit code 1, no result. */
export function fail(name: string, error: unknown): void {
  console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
