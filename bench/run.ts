/**
 * Runs the benchmarks one after another, each in a process of its own: one JSON line a result on stdout, everything else on
 * stderr. Exit code 1 when a benchmark could not produce all its results.
 *
 *   npm run bench                        everything, ten minutes and more
 *   npm run bench -- --quick             without proofs, below a minute
 *   npm run bench -- --only stages       benchmarks whose name begins so (may be repeated)
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

type Benchmark = {
  readonly name: string;
  /** File under bench/ and its arguments. */
  readonly command: readonly [file: string, ...args: string[]];
  /** Arguments of the quick run; absent for what is too heavy for it. */
  readonly quick?: readonly string[];
};

const BENCHMARKS: readonly Benchmark[] = [
  { name: 'executor', command: ['programs/executor.ts'], quick: ['70000'] },
  { name: 'programs', command: ['programs/cycles.ts'], quick: [] },
  { name: 'boundary', command: ['programs/boundary.ts'] },
  { name: 'costs', command: ['programs/costs.ts'] },
  ...['field', 'ext', 'ntt', 'merkle', 'merkle-bn'].map((kernel) => ({
    name: `kernels/${kernel}`,
    command: [`kernels/${kernel}.ts`] as const,
    quick: [],
  })),
  { name: 'gas', command: ['contracts/gas.ts'], quick: [] },
  { name: 'circuit', command: ['stages/circuit.ts'] },
  { name: 'stages/add', command: ['stages/prover.ts', 'add'] },
  { name: 'stages/fibonacci', command: ['stages/prover.ts', 'fibonacci', '100000'] },
  { name: 'stages/long', command: ['stages/long.ts', '22', '--kill=0.8'] },
  { name: 'stages/aggregate', command: ['stages/aggregate.ts', '16'] },
  { name: 'stages/programs', command: ['stages/programs.ts'] },
  { name: 'end-to-end', command: ['stages/end-to-end.ts', 'fibonacci', '20'] },
];

/** Seconds of each kernel measurement in the quick run. */
const QUICK_KERNEL_SECONDS = '0.05';

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
});

/** Exit code of one benchmark; 1 where a signal ended it. */
function run({ command: [file, ...args], quick }: Benchmark): Promise<number> {
  const given = flags.quick ? (quick ?? []) : args;
  const child = spawn(process.execPath, [path.join(import.meta.dirname, file), ...given], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: flags.quick ? { ...process.env, BENCH_SECONDS: QUICK_KERNEL_SECONDS } : process.env,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

const { only } = flags;
const chosen = BENCHMARKS.filter(({ name }) => only?.some((start) => name.startsWith(start)) ?? true).filter(
  ({ quick }) => !flags.quick || quick !== undefined,
);
if (chosen.length === 0) {
  const offered = BENCHMARKS.filter(({ quick }) => !flags.quick || quick !== undefined);
  const kind = flags.quick ? 'quick benchmark' : 'benchmark';
  console.error(`No such ${kind}; there are ${offered.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 1;
}
const failed: string[] = [];
for (const benchmark of chosen) {
  console.error(`${benchmark.name} ...`);
  if ((await run(benchmark)) !== 0) failed.push(benchmark.name);
}
if (failed.length > 0) {
  console.error(`These benchmarks did not give all their results: ${failed.join(', ')}.`);
  process.exitCode = 1;
}
