/**
 * A long run as core and compressed proof, in a process of its own: cycles per second over all and of core alone, times of
 * stages, the highest resident memory, proof bytes. With --kill=0.8 the run is made again, killed after that share of its time,
 * and gone on with: what that costs in all, as a share of the whole.
 *
 *   node bench/stages/long.ts 22                 2^22 cycles
 *   node bench/stages/long.ts 22 --kill=0.8
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createProver } from '../../prover/index.ts';
import { proofBytes } from '../../prover/proofs/file.ts';
import { guest, inputOf } from '../programs/guest.ts';
import { fail, report } from '../report.ts';

/** What `fibonacci` takes for each number, and before the first. */
const CYCLES_EACH = 5;
const CYCLES_BEFORE = 9975;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kill: { type: 'string' },
    threads: { type: 'string' },
    // Of the processes that this one starts.
    run: { type: 'boolean', default: false },
    results: { type: 'string' },
  },
});
const logCycles = Number(positionals[0] ?? '22');
const label = `stages/long/2^${logCycles}`;

/** What one process found out. */
type Figures = {
  readonly seconds: number;
  readonly cycles: number;
  readonly shards: number;
  readonly stages: Readonly<Record<string, number>>;
  readonly peakBytes: number;
  readonly proofBytes: number;
};

/** Proves, and prints figures. */
async function run(): Promise<void> {
  const start = performance.now();
  const shards = new Set<number>([1]);
  const prover = await createProver({
    ...(flags.threads === undefined ? {} : { threads: Number(flags.threads) }),
    ...(flags.results === undefined ? {} : { resultsDir: flags.results }),
    onProgress: (event) => {
      if (event.part?.what === 'shard') shards.add(event.part.count);
      if (event.status !== 'tick') console.error(`${label}: ${JSON.stringify(event)}`);
    },
  });
  const n = Math.round((2 ** logCycles - CYCLES_BEFORE) / CYCLES_EACH);
  const { stats, proof } = await prover.prove(guest('fibonacci'), inputOf(String(n)), { mode: 'compressed' });
  await prover.close();
  const figures: Figures = {
    seconds: (performance.now() - start) / 1000,
    cycles: stats.cycles,
    shards: Math.max(...shards),
    stages: stats.seconds,
    peakBytes: 1024 * process.resourceUsage().maxRSS,
    proofBytes: proofBytes(proof).length,
  };
  console.log(JSON.stringify(figures));
}

/** Figures of a process that proves; undefined where it was killed after `killAfter` seconds. */
async function inProcess(results?: string, killAfter?: number): Promise<Figures | undefined> {
  const options = [
    ...(flags.threads === undefined ? [] : [`--threads=${flags.threads}`]),
    ...(results === undefined ? [] : [`--results=${results}`]),
  ];
  const child = spawn(process.execPath, [import.meta.filename, String(logCycles), '--run', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), 1000 * killAfter);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  if (signal === 'SIGKILL' && killAfter !== undefined) return undefined;
  if (code !== 0) throw new Error(`the process that proves ended with ${signal ?? code}`);
  return JSON.parse(text) as Figures;
}

async function bench(): Promise<void> {
  const whole = await inProcess();
  if (whole === undefined) throw new Error('nobody killed it');
  const { seconds, cycles, shards, stages } = whole;
  const extra = { cycles, shards };
  const one = (name: string, unit: string, value: number): void =>
    report({ name: `${label}/${name}`, unit, samples: [value], extra });
  one('over all', 'cycles/s', cycles / seconds);
  one('core', 'cycles/s', cycles / (stages['core'] ?? NaN));
  one('total', 's', seconds);
  for (const [stage, time] of Object.entries(stages)) one(stage, 's', time);
  one('peak memory', 'bytes', whole.peakBytes);
  one('proof bytes', 'bytes', whole.proofBytes);
  if (flags.kill === undefined) return;
  const share = Number(flags.kill);
  if (!(share > 0 && share < 1)) throw new RangeError(`"--kill" expected a number between 0 and 1, got ${flags.kill}`);
  const results = await mkdtemp(path.join(tmpdir(), 'zkvm-long-bench-'));
  try {
    if ((await inProcess(results, share * seconds)) !== undefined) throw new Error('it ended before it was killed');
    const rest = await inProcess(results);
    one('rest after the kill', 's', rest?.seconds ?? NaN);
    one('cost of the kill', 'share of the whole', share + (rest?.seconds ?? NaN) / seconds - 1);
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}

try {
  await (flags.run ? run() : bench());
} catch (error) {
  fail(label, error);
}
