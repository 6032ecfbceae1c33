/** The prover library: load, execute, prove, verify. No Hardhat, no chain, no console. */
export type * from './api-types.ts';
export { CacheError, defaultCacheDirectory } from './cache/file-cache.ts';
export { VerificationError, ZkError } from './core/errors.ts';
export { GuestError, ProofFileError } from './pipeline/errors.ts';
export { groth16Verifier } from './pipeline/groth16-verifier.ts';
export { largestProofFile, parseProof } from './pipeline/proof-file.ts';
export { proofRoom } from './pipeline/proof-room.ts';
export { createProver } from './pipeline/prover.ts';
export { CapacityError } from './pipeline/system.ts';
export { executeProfiled } from './profile/profile.ts';
export { speedscopeFile } from './profile/speedscope.ts';
export { largestPaths } from './profile/summary.ts';
export { ElfError, loadProgram } from './vm/elf.ts';
export { execute, traceSteps } from './vm/execute.ts';
export { formatSymbols, parseSymbols, SymbolsError, symbolsOfElf } from './vm/symbols.ts';
