/** Runs a program and says where its cycles went. */
import { execute, type ExecuteOptions, type ProfiledExecution } from '../machines/execute.ts';
import type { Program } from '../vm/program.ts';
import type { FunctionSymbol } from '../elf/symbols.ts';
import { CallTreeBuilder, type CallTree } from './call-tree.ts';
import { functionTable } from './functions.ts';
import { functionCycles, type FunctionCycles } from './summary.ts';

/** Cycles by call path and by function; both add up to the cycles of the execution. */
export type Profile = {
  readonly cycles: number;
  readonly tree: CallTree;
  /** Names of the functions of the tree. */
  readonly names: readonly string[];
  /** False when functions are named by their address, because there are no symbols. */
  readonly hasNames: boolean;
  /** The function that holds an address, by the same names; undefined outside the text. */
  readonly functionOf: (pc: number) => string | undefined;
  /** Most cycles of their own first. */
  readonly functions: readonly FunctionCycles[];
};

/**
 * Runs a program as `execute` does and profiles it. `symbols` may be empty; then functions are known by where calls go.
 * Blocks outside the proof are not in the profile.
 *
 * Cost: 25 against 26 million instructions/s for the guest hash-chain, 16 against 26 where every fifth instruction calls
 * or returns (2-core VM shared with other work, November 2026).
 */
export function executeProfiled(
  program: Program,
  input: readonly Uint8Array[],
  symbols: readonly FunctionSymbol[],
  options: ExecuteOptions = {},
): { readonly execution: ProfiledExecution; readonly profile: Profile } {
  const table = functionTable(program, symbols);
  const observer = new CallTreeBuilder(table, program.entry);
  const execution = execute(program, input, { ...options, observer });
  const tree = observer.finish(execution.cycles);
  const { names, hasNames } = table;
  const functions = functionCycles(tree, table);
  const functionOf = (pc: number): string | undefined => names[table.functionAt[(pc - table.base) / 4] ?? -1];
  return { execution, profile: { cycles: execution.cycles, tree, names, hasNames, functionOf, functions } };
}
