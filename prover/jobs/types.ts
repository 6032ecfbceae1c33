/** What users of a prover see. Types only. */
import type { Hex } from '../core/hex.ts';
import type { VerifierKey } from '../groth16/key/verifier-key.ts';
import type { Proof, ProofMode, VerifyReport } from '../proofs/proof.ts';
import type { Program } from '../vm/program.ts';

/**
 * A stage of the prover started, moved, or ended. `fraction` is 0..1, `seconds` the time of a finished stage. `note`: something
 * that is to be known of the run, a sentence in `detail`.
 */
export type ProgressEvent = {
  readonly stage: string;
  readonly status: 'start' | 'done' | 'tick' | 'note';
  readonly fraction?: number;
  readonly seconds?: number;
  readonly detail?: string;
  /** Of a stage that runs several times: which time this is, from 1, and of how many. Such stages may overlap. */
  readonly part?: { readonly what: 'shard' | 'statement' | 'join'; readonly index: number; readonly count: number };
  /** Of a run of several shards: instructions whose core proof is there, and all. */
  readonly cycles?: { readonly proved: number; readonly total: number };
  /** Of a run of several shards: an estimate of the rest of it, from the proofs that this process has made. */
  readonly secondsLeft?: number;
};

/** Settings of a prover. */
export type ProverOptions = {
  /** Number of workers; default: the number of cores. One worker gives the same proofs. */
  readonly threads?: number;
  /** Folder for keys; default: a per-user cache folder. */
  readonly cacheDir?: string;
  /**
   * Folder in which each run keeps its finished proofs, in a folder of its own, until its proof is made: an interrupted run
   * goes on where it was. They tell what the input was: whoever can read them knows it, so they are for their owner alone.
   * Default: none, results stay in memory. `cleanRuns` removes what runs that were given up have left.
   */
  readonly resultsDir?: string;
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
  /**
   * Compressed proofs of programs that ended with exit code 0, for a program that verifies them. Those that it does not rely on
   * are left aside, with a note. CompositionError for those that cannot be verified, or are refused.
   */
  readonly proofs?: readonly Proof[];
  /** Exact limit on executed instructions. */
  readonly cycleLimit?: number;
  /**
   * Takes the proof while what is kept of its run is still there: where it is written, a proof of hours is not lost to a full
   * disk or in the moment between. Its error ends the call, and the next one goes on with a run that is nearly done.
   */
  readonly onProof?: (proof: Proof) => Promise<void>;
};

/** A prover with its workers. Close it when done; a process with an idle prover must still be able to exit. */
export interface Prover {
  /** Makes the Groth16 proving key, or finds it in the cache; checks in both cases that it is the one of this version. */
  setup(): Promise<SetupInfo>;
  programKey(program: Program): Promise<{ readonly vkey: Hex }>;
  /**
   * Runs the program, makes the Groth16 proving key where the mode needs it and the cache has none, proves, and verifies the
   * proof. A run that traps or has no room, or for Groth16 one with an exit code other than 0, is refused in seconds. In the
   * other modes a program that failed is proved too: the caller looks at `exitCode`. RangeError for a mode that there is not.
   */
  prove(program: Program, input: readonly Uint8Array[], options: ProveOptions): Promise<Proof>;
  /**
   * Needs no keys. Throws `VerificationError` when the proof is refused or does not belong to `vkey`. The proof of a program
   * that failed is accepted: the caller looks at `exitCode`.
   */
  verify(proof: Proof, vkey?: Hex): Promise<VerifyReport>;
  close(): Promise<void>;
}
