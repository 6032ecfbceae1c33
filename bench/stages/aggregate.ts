/**
 * One proof of many, as `zkvm aggregate` makes it, in a process of its own: seconds for each proof and over all, times of stages,
 * the highest resident memory, cycles and shards of the program that verifies them. The proofs that are aggregated are compressed
 * ones of `fibonacci`, each of another number; the time that they take is not counted.
 *
 *   node bench/stages/aggregate.ts 16                      ends with a Groth16 proof
 *   node bench/stages/aggregate.ts 16 --mode=compressed    without its last two stages; needs no key
 *   node bench/stages/aggregate.ts 16 --inputs=folder      keeps the proofs that are aggregated there, and takes those that it has
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { aggregate } from '../../plugin/internal/aggregate.ts';
import { createProver, parseProof, type Proof, type Prover } from '../../prover/index.ts';
import { FileCache } from '../../prover/jobs/file-cache.ts';
import { committedEntry, missingKey } from '../../prover/jobs/proving-key.ts';
import { guest, inputOf } from '../programs/guest.ts';
import { fail, report } from '../report.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mode: { type: 'string', default: 'groth16' },
    inputs: { type: 'string' },
    threads: { type: 'string' },
    // Of the process that this one starts.
    run: { type: 'boolean', default: false },
  },
});
const count = Number(positionals[0] ?? '16');
const label = `stages/aggregate/${count}`;
const threads = flags.threads === undefined ? {} : { threads: Number(flags.threads) };

/** What comes after the compressed proof, whatever the number of proofs. */
const LAST_STAGES = ['wrap', 'groth16'];

/** What one process found out. */
type Figures = {
  readonly seconds: number;
  readonly cycles: number;
  readonly shards: number;
  readonly stages: Readonly<Record<string, { readonly seconds: number; readonly runs: number }>>;
  readonly peakBytes: number;
};

function fileOf(folder: string, n: number): string {
  return path.join(folder, `fibonacci-${n}.json`);
}

async function readProof(folder: string, n: number): Promise<Proof> {
  return parseProof(await readFile(fileOf(folder, n)));
}

/** Whether the proof is there and one of this version. */
async function isThere(prover: Prover, folder: string, n: number, vkey: Proof['vkey']): Promise<boolean> {
  const proof = await readProof(folder, n).catch(() => undefined);
  if (proof === undefined) return false;
  return prover.verify(proof, vkey).then(
    () => true,
    () => false,
  );
}

/** Makes the proofs that are not there. */
async function makeInputs(folder: string): Promise<void> {
  const prover = await createProver(threads);
  try {
    const program = guest('fibonacci');
    const { vkey } = await prover.programKey(program);
    for (let n = 1; n <= count; n++) {
      if (await isThere(prover, folder, n, vkey)) continue;
      console.error(`${label}: making proof ${n} of ${count}`);
      const proof = await prover.prove(program, inputOf(String(n)), { mode: 'compressed' });
      const temporary = `${fileOf(folder, n)}.tmp`;
      await writeFile(temporary, JSON.stringify(proof));
      await rename(temporary, fileOf(folder, n));
    }
  } finally {
    await prover.close();
  }
}

function modeOf(): 'compressed' | 'groth16' {
  const { mode } = flags;
  if (mode === 'compressed' || mode === 'groth16') return mode;
  throw new RangeError(`"--mode" expected groth16 or compressed, got ${mode}`);
}

/** Aggregates, and prints figures. */
async function run(folder: string): Promise<void> {
  const proofs = await Promise.all(Array.from({ length: count }, (_, i) => readProof(folder, i + 1)));
  const start = performance.now();
  let shards = 1;
  const runs: Record<string, number> = {};
  const prover = await createProver({
    ...threads,
    onProgress: (event) => {
      const { stage, status, part } = event;
      if (part?.what === 'shard') shards = part.count;
      if (status === 'done') runs[stage] = (runs[stage] ?? 0) + 1;
      if (status !== 'tick') console.error(`${label}: ${JSON.stringify(event)}`);
    },
  });
  const { proof } = await aggregate(prover, proofs, { mode: modeOf() });
  await prover.close();
  const { cycles, seconds } = proof.stats;
  const figures: Figures = {
    seconds: (performance.now() - start) / 1000,
    cycles,
    shards,
    stages: Object.fromEntries(
      Object.entries(seconds).map(([stage, sum]) => [stage, { seconds: sum, runs: runs[stage] ?? 1 }]),
    ),
    peakBytes: 1024 * process.resourceUsage().maxRSS,
  };
  console.log(JSON.stringify(figures));
}

/** Figures of a process that aggregates. */
async function inProcess(folder: string): Promise<Figures> {
  const options = Object.entries(threads).map(([name, value]) => `--${name}=${value}`);
  const args = [String(count), '--run', `--inputs=${folder}`, `--mode=${modeOf()}`, ...options];
  const child = spawn(process.execPath, [import.meta.filename, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw new Error(`the process that aggregates ended with ${signal ?? code}`);
  return JSON.parse(text) as Figures;
}

async function bench(): Promise<void> {
  const mode = modeOf();
  if (mode === 'groth16' && !(await new FileCache().has(committedEntry()))) throw missingKey();
  const folder = flags.inputs ?? (await mkdtemp(path.join(tmpdir(), 'zkvm-aggregate-bench-')));
  try {
    await mkdir(folder, { recursive: true });
    await makeInputs(folder);
    const { seconds, cycles, shards, stages, peakBytes } = await inProcess(folder);
    const extra = { proofs: count, mode, cycles, shards };
    const one = (name: string, unit: string, value: number, more: Record<string, number> = {}): void =>
      report({ name: `${label}/${name}`, unit, samples: [value], extra: { ...extra, ...more } });
    one('per proof', 's', seconds / count);
    one('total', 's', seconds);
    const last = LAST_STAGES.reduce((sum, stage) => sum + (stages[stage]?.seconds ?? 0), 0);
    if (last > 0) one('per proof but for the last stages', 's', (seconds - last) / count);
    for (const [stage, { seconds: time, runs }] of Object.entries(stages)) one(stage, 's', time, { runs });
    one('peak memory', 'bytes', peakBytes);
  } finally {
    if (flags.inputs === undefined) await rm(folder, { recursive: true, force: true });
  }
}

try {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`expected a number of proofs, got ${positionals[0]}`);
  await (flags.run ? run(flags.inputs ?? '') : bench());
} catch (error) {
  fail(label, error);
}
