/**
 * Speed of the executor: fast path, recorder and reference interpreter on the fibonacci guest. Prints one JSON line a
 * result; the unit is million instructions a second.
 *
 *   node bench/programs/executor.ts [n]
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { loadProgram } from '../../prover/vm/elf.ts';
import { execute, executeRecorded, traceSteps } from '../../prover/vm/execute.ts';

const ROUNDS = 5;
const n = Number(process.argv[2] ?? 700_000);
const program = loadProgram(readFileSync(new URL('../../programs/fibonacci/fibonacci.elf', import.meta.url)));

function input(count: number): Uint8Array[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, count, true);
  return [bytes];
}

function measure(name: string, run: () => number): void {
  const speeds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const cycles = run();
    return Number((cycles / (performance.now() - start) / 1000).toFixed(2));
  }).sort((a, b) => a - b);
  const [min, median, max] = [speeds[0], speeds[ROUNDS >>> 1], speeds[ROUNDS - 1]];
  const machine = `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`;
  console.log(JSON.stringify({ name, unit: 'M instr/s', median, min, max, n: ROUNDS, machine, node: process.version }));
}

measure('executor/fast', () => execute(program, input(10 * n)).cycles);
measure('executor/record', () => executeRecorded(program, input(n)).execution.cycles);
measure('executor/interpret', () => traceSteps(program, input(20_000), () => {}).cycles);
