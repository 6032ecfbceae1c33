/**
 * Speed of the executor on the fibonacci guest: fast path, recorder, shards counted, shards executed again from their jobs,
 * and the reference interpreter they are compared with. Shards have 2^20 instructions.
 *
 *   node bench/programs/executor.ts [n]
 */
import {
  countShards,
  execute,
  executeInShards,
  executeRecorded,
  executeShard,
  traceSteps,
} from '../../prover/machines/execute.ts';
import { NO_LIMITS } from '../../prover/vm/run/limits.ts';
import type { ShardJob } from '../../prover/vm/shard-job.ts';
import { report } from '../report.ts';
import { guest, u32 } from './guest.ts';

const ROUNDS = 5;
const n = Number(process.argv[2] ?? 700_000);
const program = guest('fibonacci');

function measure(name: string, run: () => number): void {
  const samples = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const cycles = run();
    return Number((cycles / (performance.now() - start) / 1000).toFixed(2));
  });
  report({ name: `executor/${name}`, unit: 'M instr/s', samples });
}

measure('fast', () => execute(program, [u32(10 * n)]).cycles);
measure('record', () => executeRecorded(program, [u32(n)]).execution.cycles);
const options = { limits: NO_LIMITS, shardCycles: () => 2 ** 20 };
measure('count shards', () => countShards(program, [u32(n)], options).execution.cycles);
const jobs: ShardJob[] = [];
measure('shards', () => {
  jobs.length = 0;
  const run = executeInShards(program, [u32(n)], options);
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value.cycles;
    jobs.push(next.value.job);
  }
});
measure('shards again', () => jobs.reduce((sum, job) => sum + executeShard(program, job).cycles, 0));
measure('interpret', () => traceSteps(program, [u32(20_000)], () => {}).cycles);
