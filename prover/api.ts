/**
 * The types of the public API (`prover/index.ts`): a list, each declared in the room that owns it. Types only: nothing runs
 * when this file is imported.
 *
 * The plugin, the demo and the benchmarks are written against this file, never against a stage of the prover.
 */
export type { Hex } from './core/hex.ts';
export type { FunctionSymbol } from './elf/symbols.ts';
export type { VerifierKey } from './groth16/key/verifier-key.ts';
export type { GuestRun, ProgressEvent, ProveOptions, Prover, ProverOptions, SetupInfo } from './jobs/types.ts';
export type { CleanedRuns } from './jobs/clean-runs.ts';
export type { CallTree } from './profile/call-tree.ts';
export type { Profile } from './profile/profile.ts';
export type { FunctionCycles } from './profile/summary.ts';
export type { AggregatePath, AggregateTree } from './proofs/aggregate.ts';
export type { Proof, ProofMode, ProofStats, VerifyReport } from './proofs/proof.ts';
export type { ProofRoom } from './proofs/room.ts';
export type { Outcome } from './vm/outcome.ts';
export type { Program } from './vm/program.ts';
export type { ExecuteOptions, Execution } from './vm/run/execute.ts';
export type { Step as StepText } from './vm/run/interpreter.ts';
export type { ProvedStatement } from './vm/syscalls/chain.ts';
export type { Proved } from './vm/syscalls/statements.ts';
export type { Span } from './vm/syscalls/spans.ts';
