/** What a user of the plugin sees: configuration, `hre.zkvm`, `connection.zkvm`. */
import type {
  CleanedRuns,
  Execution,
  GuestRun,
  Hex,
  ProgressEvent,
  Proof,
  ProofMode,
  ProvedStatement,
  SetupInfo,
  VerifyReport,
} from '../prover/api.ts';
import type { InputEncoder, InputItem } from './input.ts';

export type {
  CleanedRuns,
  Execution,
  GuestRun,
  Hex,
  ProgressEvent,
  Proof,
  ProofMode,
  ProvedStatement,
  SetupInfo,
  VerifyReport,
} from '../prover/api.ts';
export type { InputEncoder, InputItem } from './input.ts';

/** The `zkvm` block of `hardhat.config.ts`. Everything is optional. */
export type ZkvmUserConfig = {
  /** Folder with one crate per program. Default: "programs". */
  programs?: string;
  /** Folder with one JSON file per chain, or a development node. Default: "deployments". */
  deployments?: string;
  /** Folder for keys and compiled libraries, hundreds of megabytes. Default: a per-user cache. */
  cacheDir?: string;
  /** Worker threads. Default: the number of cores. */
  threads?: number;
};

/** The same after resolution: absolute paths. */
export type ZkvmConfig = {
  programs: string;
  deployments: string;
  cacheDir?: string;
  threads?: number;
};

/** Where a program's ELF was found. */
export type ProgramFile = { readonly name: string; readonly path: string; readonly elf: Uint8Array };

/** Progress and interruption of long calls. */
export type RunOptions = {
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
};

/** What happens when the source of a program changed since its ELF was built. */
export type ProgramOptions = {
  /** False: the old ELF is used, with a warning. Default: it is built again, or refused where there is no compiler. */
  readonly build?: boolean;
};

export type ProveRequest = RunOptions &
  ProgramOptions & {
    /** One item per read: bytes, or encoded values such as `hre.zkvm.input.u32(20)`. */
    readonly input?: readonly InputItem[];
    /** Compressed proofs for a program that verifies them; those that it does not rely on are left aside, with a note. */
    readonly proofs?: readonly Proof[];
    /** Default: "groth16", the only mode a contract accepts. */
    readonly mode?: ProofMode;
    readonly cycleLimit?: number;
    /**
     * False: begin anew, and keep nothing on the disk. Default: finished proofs of a run are kept in the cache directory until
     * it is done, and a run that was interrupted goes on with them.
     */
    readonly resume?: boolean;
    /** Called once, when the program has halted and its proof begins; its output is not part of the proof. */
    readonly onRun?: (run: GuestRun) => void;
    /** Takes the proof while what is kept of its run is still there: where it is written, it is not lost if that fails. */
    readonly onProof?: (proof: Proof) => Promise<void>;
  };

export type ExecuteRequest = ProgramOptions & {
  /** One item per read: bytes, or encoded values such as `hre.zkvm.input.u32(20)`. */
  readonly input?: readonly InputItem[];
  /** Compressed proofs for a program that verifies them; what they say is believed here, and looked at when it is proved. */
  readonly proofs?: readonly Proof[];
  /** Run on where the program verifies a statement without a proof; `verified` of the result lists all that it relied on. */
  readonly assumeProofs?: boolean;
  readonly cycleLimit?: number;
  /** Called with the text of every executed instruction. */
  readonly onStep?: (text: string) => void;
};

export type AggregateRequest = Pick<ProveRequest, 'onProgress' | 'signal' | 'resume' | 'onProof'> & {
  /** Default: "groth16"; a compressed aggregate can be verified by a program, and so be part of another aggregate. */
  readonly mode?: 'compressed' | 'groth16';
};

/** A statement of an aggregate, with its way to the root: the arguments of `AggregateVerifier.isProven`. */
export type AggregatedStatement = ProvedStatement & {
  readonly publicValues: Hex;
  readonly path: { readonly sides: number; readonly siblings: readonly Hex[] };
};

/** One proof of many. */
export type Aggregate = {
  readonly proof: Proof;
  readonly root: Hex;
  /** In the order of the proofs. */
  readonly statements: readonly AggregatedStatement[];
};

/** Features and the program of a crate, as cargo knows them. All absent: as at the last build. */
export type BuildRequest = RunOptions & {
  readonly features?: readonly string[];
  readonly noDefaultFeatures?: boolean;
  readonly bin?: string;
  /** Cargo.lock must be there and must not change. Default: only where the variable CI is set. */
  readonly locked?: boolean;
  /** The program may get another verifying key. Default: yes, except where the variable CI is set. */
  readonly allowKeyChange?: boolean;
  /** Receives lines on compilers, and on what a changed key breaks. Default: they go to stderr. */
  readonly onLine?: (line: string) => void;
};

/** A verifying key that a build changed, and the files of the project that are about the old one, relative to it. */
export type KeyChange = {
  readonly old: Hex;
  readonly new: Hex;
  readonly proofs: readonly string[];
  readonly deployments: readonly string[];
  readonly others: readonly string[];
};

/** A program after `zkvm build`. */
export type BuiltProgram = {
  readonly name: string;
  /** The ELF file. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly compiler: string;
  readonly linker: string;
  readonly seconds: number;
  /** False when sources, options and tools are those of the last build, so nothing was compiled. */
  readonly compiled: boolean;
  readonly keyChange?: KeyChange;
};

/** `hre.zkvm`: everything that needs no chain. `program` is a name under `programs/`, a crate folder or an ELF file. */
export interface Zkvm {
  /** Finds a program's ELF. */
  program(program: string, options?: ProgramOptions & RunOptions): Promise<ProgramFile>;
  /** Compiles a program's source, unless nothing changed. */
  build(program: string, request?: BuildRequest): Promise<BuiltProgram>;
  /** Encodes input items as `zkvm::io::read` expects them; the same as `input` of `hardhat-zkvm/input`. */
  readonly input: InputEncoder;
  execute(program: string, request?: ExecuteRequest): Promise<Execution>;
  /**
   * Proves a run, also one of a program that failed, except in mode groth16: look at `exitCode`, which is 0 when the
   * program ended well.
   */
  prove(program: string, request?: ProveRequest): Promise<Proof>;
  /**
   * Makes one proof of many: of the program `programs/aggregate`, which verifies them and commits the root of a tree over what
   * they state, for the contract `AggregateVerifier`. Compressed proofs of programs that ended with exit code 0, one at least.
   */
  aggregate(proofs: readonly Proof[], request?: AggregateRequest): Promise<Aggregate>;
  /** Throws when the proof is refused. An accepted one may say that the program failed: look at `exitCode`. */
  verify(proof: Proof, options?: RunOptions & { readonly vkey?: Hex }): Promise<VerifyReport>;
  vkey(program: string, options?: RunOptions & ProgramOptions): Promise<Hex>;
  /** Makes the Groth16 keys, or finds them in the cache. */
  setup(options?: RunOptions): Promise<SetupInfo>;
  /** Removes the finished proofs that interrupted runs have left; those of runs that are going on stay. */
  clean(): Promise<CleanedRuns>;
  /** Reads and checks a proof file. */
  readProof(file: string): Promise<Proof>;
}

/**
 * A contract that was deployed, or found where an earlier deployment recorded it; addresses have checksums. On a simulated
 * chain with the id of a public one the mock is put in place without a transaction and used no gas.
 */
export type DeployedContract = { readonly address: Hex; readonly gasUsed: bigint; readonly reused: boolean };

export type Deployment = {
  readonly chainId: number;
  readonly gateway: DeployedContract;
  readonly verifier: DeployedContract;
  /** The four bytes with which proofs for this verifier begin. */
  readonly selector: Hex;
  readonly insecureSetup: boolean;
  /** Who may add verifiers to the gateway and freeze them, and who was offered that and has not accepted yet. */
  readonly owner: Hex;
  readonly pendingOwner?: Hex;
  /** What else was done, a sentence each: records set aside, an ownership offered. */
  readonly notes: readonly string[];
  /** File in which the addresses were recorded; absent on in-process chains, whose contracts end with them. */
  readonly record?: string;
};

export type DeployRequest = RunOptions & {
  /**
   * Owner of a new gateway. Default: the sender. Another one is offered the ownership and must accept it. Refused when the
   * gateway exists and belongs to somebody else.
   */
  readonly owner?: Hex;
  /** Deploy the mock instead of the real verifier: chain ids 31337 and 1337, and simulated networks of any id. */
  readonly mock?: boolean;
  /** Deploy a verifier with the development key on a public chain. Anyone can forge proofs for it. */
  readonly allowInsecureSetup?: boolean;
};

export type SubmitRequest = RunOptions & {
  /** A contract with `submitProof(bytes,bytes)`, a gateway or a verifier. Default: the recorded gateway. */
  readonly to?: Hex;
  /** Name of the consumer's function that takes (bytes publicValues, bytes proofBytes). Default: "submitProof". */
  readonly function?: string;
};

export type Submission = {
  readonly transaction: Hex;
  readonly to: Hex;
  readonly gasUsed: bigint;
  /** "consumer" when the target learned something, "verifier" when the transaction only checked the proof. */
  readonly target: 'consumer' | 'verifier';
};

/** `connection.zkvm`: everything that needs a chain. */
export interface ZkvmConnection {
  /** Deploys verifier and gateway and adds the route; what is recorded for this chain is used again. */
  deploy(request?: DeployRequest): Promise<Deployment>;
  /** Deploys one of the package's contracts or any creation code; `args` are ABI-encoded words. */
  deployBytecode(bytecode: Hex, args?: Hex): Promise<DeployedContract>;
  /** Sends a Groth16 proof in a transaction. Throws with the contract's error when it is refused. */
  submit(proof: Proof, request?: SubmitRequest): Promise<Submission>;
  /** The bytes that the mock verifier accepts for a key and public values. */
  mockProof(vkey: Hex, publicValues: Hex): Hex;
}
