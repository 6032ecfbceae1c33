/**
 * Speed of the executor on the fibonacci guest: fast path, recorder, and the reference interpreter they are compared with.
 *
 *   node bench/programs/executor.ts [n]
 */
import { execute, executeRecorded, traceSteps } from '../../prover/machines/execute.ts';
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
measure('interpret', () => traceSteps(program, [u32(20_000)], () => {}).cycles);
