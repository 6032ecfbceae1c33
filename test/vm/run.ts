/** Runs a program on all three execution paths. */
import assert from 'node:assert/strict';
import { loadProgram } from '../../prover/elf/load.ts';
import { execute, executeRecorded, traceSteps, type Execution } from '../../prover/machines/execute.ts';
import type { ExecutionRecord } from '../../prover/vm/execution-record.ts';
import type { Assembled } from '../support/asm.ts';

/** Asserts that the paths agree in everything an execution shows, and gives the result and the record. */
export function runRecording(
  program: Assembled,
  input: readonly Uint8Array[] = [],
  cycleLimit = 1_000_000,
): { execution: Execution; record: ExecutionRecord | undefined } {
  const loaded = loadProgram(program.elf);
  const { rowCounts, instructionMix, ...fast } = execute(loaded, input, { cycleLimit });
  const reference = traceSteps(loaded, input, () => {}, { cycleLimit });
  assert.deepEqual(fast, reference, 'fast path and interpreter');
  const recorded = executeRecorded(loaded, input, { cycleLimit });
  assert.deepEqual(recorded.execution, reference, 'recorder and interpreter');
  const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
  assert.equal(sum(rowCounts), fast.cycles, 'row counts');
  assert.equal(sum(Object.values(instructionMix)), fast.cycles, 'instruction mix');
  assert.equal(sum(Object.values(fast.syscalls)), instructionMix.Ecall, 'system calls');
  return recorded;
}

/** As `runRecording`, for the result alone. */
export function run(program: Assembled, input: readonly Uint8Array[] = [], cycleLimit = 1_000_000): Execution {
  return runRecording(program, input, cycleLimit).execution;
}
