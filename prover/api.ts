/**
 * The types of the public API (`prover/index.ts`). Types only: nothing runs when this file is imported.
 *
 * The plugin, the demo and the benchmarks are written against this file, never against a stage of the prover.
 */
import type { Hex } from './core/hex.ts';
import type { VerifierKey } from './groth16/key/verifier-key.ts';
import type { Proof, ProofMode, VerifyReport } from './proofs/proof.ts';
import type { ProofRoom } from './proofs/room.ts';
import type { CallTree } from './profile/call-tree.ts';
import type { Profile } from './profile/profile.ts';
import type { Program } from './vm/program.ts';
import type { FunctionSymbol } from './elf/symbols.ts';

export type { Hex } from './core/hex.ts';
export type { VerifierKey } from './groth16/key/verifier-key.ts';
export type { Proof, ProofMode, ProofStats, VerifyReport } from './proofs/proof.ts';
export type { ProofRoom } from './proofs/room.ts';
export type { CallTree } from './profile/call-tree.ts';
export type { Profile } from './profile/profile.ts';
export type { FunctionCycles } from './profile/summary.ts';
export type { Program } from './vm/program.ts';
export type { FunctionSymbol } from './elf/symbols.ts';

/** How an execution ended. Guest faults are data, never exceptions. */
export type Outcome =
  | { readonly kind: 'halt'; readonly exitCode: number }
  | {
      readonly kind: 'trap';
      readonly cause: string;
      readonly pc: number;
      readonly cycle: number;
      readonly detail?: unknown;
    }
  | { readonly kind: 'limit'; readonly cycle?: number };

/**
 * Cycles of a named part of a program: all instructions while a span of this name was open, other spans included. `depth`
 * is how many other spans were open when it first started. The name is the guest's text: escape it before showing it.
 */
export type Span = {
  readonly name: string;
  readonly calls: number;
  readonly cycles: number;
  readonly depth: number;
};

/** Result of running a program without proving it. */
export type Execution = {
  readonly outcome: Outcome;
  /** All bytes written to file descriptor 13. */
  readonly publicValues: Uint8Array;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** True when stdout or stderr exceeded its limit and the rest was dropped. */
  readonly outputTruncated?: boolean;
  readonly cycles: number;
  /** Instructions executed in blocks outside the proof; not part of `cycles`. */
  readonly unconstrainedCycles?: number;
  /** Named cycle counts in the order of their first start. */
  readonly spans?: readonly Span[];
  /** System call to number of executions. */
  readonly syscalls?: Readonly<Record<string, number>>;
  /** Bytes of all 64 KiB pages that hold a word of the program or were written to. */
  readonly memoryTouched?: number;
  /** What the guest did wrong without harm to the run, a sentence each. */
  readonly warnings?: readonly string[];
  /** Instruction family to number of executions; absent where the executor did not count. */
  readonly instructionMix?: Readonly<Record<string, number>>;
};

/** Limits of an execution. */
export type ExecuteOptions = {
  /** Exact number of instructions after which the run ends with outcome `limit`. */
  readonly cycleLimit?: number;
};

/** One executed instruction, as the step recorder prints it: `step 17: 0x00200148 lw a0, 4(sp) -> 0x0000002a`. */
export type StepText = { readonly text: string };

/** A stage of the prover started, moved, or ended. `fraction` is 0..1, `seconds` the time of a finished stage. */
export type ProgressEvent = {
  readonly stage: string;
  readonly status: 'start' | 'done' | 'tick';
  readonly fraction?: number;
  readonly seconds?: number;
  readonly detail?: string;
};

/** Settings of a prover. */
export type ProverOptions = {
  /** Number of workers; default: the number of cores. One worker gives the same proofs. */
  readonly threads?: number;
  /** Folder for keys; default: a per-user cache folder. */
  readonly cacheDir?: string;
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Aborting makes the running call reject; temporary files and workers are gone when it has rejected. */
  readonly signal?: AbortSignal;
};

/** What `setup` made or found. */
export type SetupInfo = {
  /** File of the proving key. */
  readonly keyFile: string;
  /** sha256 of that file. */
  readonly keyHash: Hex;
  readonly keyBytes: number;
  /** R1CS constraints of the outermost circuit, and log2 of its domain. */
  readonly constraints: number;
  readonly logDomain: number;
  /** True when the key was made by this call, false when it was found in the cache. */
  readonly created: boolean;
  readonly seconds: number;
  readonly verifier: VerifierKey;
};

/** What a program left behind when it had run, before it is proved. Its output is not part of the proof. */
export type GuestRun = {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
};

/** Settings of one proof. */
export type ProveOptions = {
  readonly mode: ProofMode;
  /** Called once, when the program has halted and its proof begins. */
  readonly onRun?: (run: GuestRun) => void;
  /** Exact limit on executed instructions. */
  readonly cycleLimit?: number;
};

/** A prover with its workers. Close it when done; a process with an idle prover must still be able to exit. */
export interface Prover {
  /** Makes the Groth16 proving key, or finds it in the cache; checks in both cases that it is the one of this version. */
  setup(): Promise<SetupInfo>;
  programKey(program: Program): Promise<{ readonly vkey: Hex }>;
  /**
   * Runs the program, makes the Groth16 proving key where the mode needs it and the cache has none, proves, and verifies the
   * proof. A run that traps or has no room, or for Groth16 one with an exit code other than 0, is refused in seconds. In the
   * other modes a program that failed is proved too: the caller looks at `exitCode`.
   */
  prove(program: Program, input: readonly Uint8Array[], options: ProveOptions): Promise<Proof>;
  /**
   * Needs no keys. Throws `VerificationError` when the proof is refused or does not belong to `vkey`. The proof of a program
   * that failed is accepted: the caller looks at `exitCode`.
   */
  verify(proof: Proof, vkey?: Hex): Promise<VerifyReport>;
  close(): Promise<void>;
}

/** The shape of `prover/index.ts`, for callers that import it lazily. */
export type ProverModule = {
  readonly loadProgram: (elf: Uint8Array) => Program;
  readonly symbolsOfElf: (elf: Uint8Array) => FunctionSymbol[];
  readonly formatSymbols: (symbols: readonly FunctionSymbol[]) => string;
  readonly parseSymbols: (text: string) => FunctionSymbol[];
  readonly execute: (program: Program, input: readonly Uint8Array[], options?: ExecuteOptions) => Execution;
  readonly executeProfiled: (
    program: Program,
    input: readonly Uint8Array[],
    symbols: readonly FunctionSymbol[],
    options?: ExecuteOptions,
  ) => { readonly execution: Execution; readonly profile: Profile };
  readonly speedscopeFile: (profile: Profile, name: string) => string;
  readonly largestPaths: (tree: CallTree, count: number) => CallTree;
  readonly proofRoom: (program: Program, input: readonly Uint8Array[], cycles: number) => ProofRoom | undefined;
  readonly traceSteps: (
    program: Program,
    input: readonly Uint8Array[],
    onStep: (step: StepText) => void,
    options?: ExecuteOptions,
  ) => Execution;
  readonly createProver: (options?: ProverOptions) => Promise<Prover>;
  /** The Groth16 verifier of this version: committed, so it needs no setup. */
  readonly groth16Verifier: () => VerifierKey;
  /** Reads the bytes or the text of a proof file. Throws `ProofFileError` with the reason. */
  readonly parseProof: (file: string | Uint8Array) => Proof;
  /** Bytes; what is larger is no proof. */
  readonly largestProofFile: () => number;
  readonly ProofFileError: abstract new (...args: never) => Error;
};
