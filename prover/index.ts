/** The prover library: load, execute, prove, verify. No Hardhat, no chain, no console. */
import type * as self from './index.ts';
export type * from './api.ts';
export { CacheError, defaultCacheDirectory } from './jobs/file-cache.ts';
export { VerificationError, ZkError } from './core/errors.ts';
export { GuestError } from './jobs/errors.ts';
export { ProofFileError } from './proofs/errors.ts';
export { aggregateInput, aggregateTree } from './proofs/aggregate.ts';
export { CompositionError, provedStatements } from './proofs/composition.ts';
export { groth16Verifier } from './proofs/groth16.ts';
export { largestProofFile, parseProof, shardsOfProof } from './proofs/file.ts';
export { proofRoom } from './proofs/room.ts';
export { cleanRuns } from './jobs/clean-runs.ts';
export { runsDirectory } from './jobs/run-folder.ts';
export { createProver } from './jobs/prover.ts';
export { keyElements } from './vm/packed-digest.ts';
export { CapacityError } from './system/tiers.ts';
export { executeProfiled } from './profile/profile.ts';
export { speedscopeFile } from './profile/speedscope.ts';
export { largestPaths } from './profile/summary.ts';
export { ElfError, SymbolsError } from './elf/errors.ts';
export { readExecutable } from './elf/executable.ts';
export { loadProgram } from './elf/load.ts';
export { stripElf } from './elf/strip.ts';
export { readSymbolTable } from './elf/symbol-table.ts';
export { execute, traceSteps } from './machines/execute.ts';
export { formatSymbols, parseSymbols, symbolsOfElf } from './elf/symbols.ts';
export { verifierHash, verifierKeyBytes } from './groth16/key/verifier-key.ts';

/** The shape of this module, for callers that import it lazily. */
export type ProverModule = typeof self;
