/**
 * Runs a program for `zkvm execute`. Each question has its own executor: the fast one counts cycles by function, the step
 * recorder prints, and the one of the prover says what the trace would be. None of them waits for anything but the program,
 * which runs once in each that is asked.
 */
import { loadProgramFile } from '../programs/load-program.ts';
import { loadProverModule } from '../prover-module.ts';
import type { ProgramFile, ProvedStatement } from '../../types.ts';
import type { Report } from './report.ts';
import { reliedOn } from './statements.ts';
import { findSymbols } from './symbols.ts';

/** What is run, and who is told about each instruction. */
export type ProfiledRun = {
  /** The program as the user named it. */
  readonly name: string;
  readonly file: ProgramFile;
  readonly input: readonly Uint8Array[];
  /** Most instructions. */
  readonly limits: { readonly cycleLimit?: number };
  /** Statements of which there are proofs. */
  readonly proved?: readonly ProvedStatement[];
  /** Run on where a statement has no proof. */
  readonly isAssumed?: boolean;
  /** Receives the text of every executed instruction before anything else is known. */
  readonly onStep?: (text: string) => void;
};

/**
 * Runs the program, profiled, and asks if one proof has room for it. Errors: a plugin error when the file is no program or
 * its `.symbols` cannot be read.
 */
export async function profiledRun(run: ProfiledRun): Promise<Report> {
  const { name, file, input, proved = [], isAssumed = false, onStep } = run;
  const prover = await loadProverModule();
  const program = await loadProgramFile(file);
  const symbols = await findSymbols(file, prover);
  const limits = { ...run.limits, proved: isAssumed ? ('any' as const) : proved };
  if (onStep !== undefined) prover.traceSteps(program, input, ({ text }) => onStep(text), limits);
  const { execution, profile } = prover.executeProfiled(program, input, symbols, limits);
  const room =
    execution.outcome.kind === 'halt' ? prover.proofRoom(program, input, execution.cycles, limits.proved) : undefined;
  return { program: name, execution, profile, room, statements: reliedOn(execution.verified, proved) };
}
