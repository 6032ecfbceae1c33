/** Whether an execution has room in one proof, without filling its trace. */
import { zeroInitRows } from '../machines/rv32im/chips/zero-init/trace.ts';
import { logHeightFor } from '../machines/rv32im/shared/fill.ts';
import { preprocessedTraces } from '../machines/rv32im/machine.ts';
import { DEFAULT_CYCLE_LIMIT, executeRecorded } from '../vm/run/execute.ts';
import { FAMILIES, SYSCALLS } from '../vm/isa/operations.ts';
import type { Program } from '../vm/program.ts';
import { FIELD, type ExecutionRecord } from '../vm/execution-record.ts';
import { CapacityError, chooseTier, MAX_CYCLES, theSystem } from '../system/definition.ts';

/** Room in one proof: the tier that is taken, or a sentence that names the limit that is exceeded. */
export type ProofRoom =
  { readonly fits: true; readonly tier: string } | { readonly fits: false; readonly reason: string };

/** Log heights of all chips and their numbers of columns, in the order of the machine. */
export type TraceShape = readonly { readonly logHeight: number; readonly columns: { readonly length: number } }[];

/**
 * Says if an execution of `cycles` instructions that halts fits in one proof. Unless it is too long anyway, it runs again
 * and is recorded, which takes about a second. Undefined when the run traps: there is no proof of it, whatever its length.
 */
export function proofRoom(program: Program, input: readonly Uint8Array[], cycles: number): ProofRoom | undefined {
  if (cycles > MAX_CYCLES) {
    return {
      fits: false,
      reason: `one proof has room for ${MAX_CYCLES.toLocaleString('en-US')} cycles, this takes ${cycles.toLocaleString('en-US')}`,
    };
  }
  const limits = { cycleLimit: MAX_CYCLES, unconstrainedLimit: DEFAULT_CYCLE_LIMIT };
  const { record } = executeRecorded(program, input, limits);
  if (record === undefined) return undefined;
  try {
    return { fits: true, tier: chooseTier(preprocessedTraces(program), traceShape(program, record)).id };
  } catch (error) {
    // The reason stands within a sentence.
    const reason = (text: string): string => text.replace(/^The /, 'the ');
    if (error instanceof CapacityError) return { fits: false, reason: reason(error.message) };
    throw error;
  }
}

/** The shape that the trace of an execution has when it is filled. */
export function traceShape(program: Program, record: ExecutionRecord): TraceShape {
  const rows: Readonly<Record<string, number>> = {
    ...Object.fromEntries(FAMILIES.map((family) => [family, record.families[family].rows])),
    HintWrite: record.hints.rows + hintReads(record),
    Rom: program.rom.rows,
    Image: program.image.rows,
    ZeroInit: zeroInitRows(record.zeroFinal, program.image),
  };
  return theSystem().core.chips.map(({ name, columns, logHeight }) => ({
    logHeight: typeof logHeight === 'number' ? logHeight : logHeightFor(rows[name] ?? 0),
    columns,
  }));
}

/** Every HINT_READ has a row besides those of its words. */
function hintReads({ families: { Ecall } }: ExecutionRecord): number {
  let count = 0;
  for (let at = 0; at < Ecall.words.length; at += Ecall.width) {
    if (Ecall.words[at + FIELD.rs1] === SYSCALLS.HINT_READ) count++;
  }
  return count;
}
