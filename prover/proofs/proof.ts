/** A proof as it is stored, and what is said of one. */
import type { Hex } from '../core/hex.ts';

/** How far a proof is carried: STARK of the execution, STARK of its verification, or Groth16 for the EVM. */
export type ProofMode = 'core' | 'compressed' | 'groth16';

/** What a proof cost. */
export type ProofStats = {
  readonly cycles: number;
  /** Stage name to seconds, in the order of the stages. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly peakMemoryBytes: number;
  /** Proven soundness of the weakest stage, in bits. */
  readonly securityBits: number;
};

/** A proof as it is stored in a file. `parseProof` is the only way from text to this type. */
export type Proof = {
  readonly format: 'hardhat-zkvm-proof';
  readonly version: 1;
  readonly mode: ProofMode;
  /** The program's verifying key, bytes32. */
  readonly vkey: Hex;
  readonly publicValues: Hex;
  /** What the program ended with. Proofs of modes core and compressed can be of a program that failed: not 0. */
  readonly exitCode: number;
  /** groth16: hex of 260 bytes, selector then A, B, C. core and compressed: base64 of the binary codec. */
  readonly proof: string;
  readonly stats: ProofStats;
};

/** What `verify` found out about an accepted proof; a refused one throws `VerificationError`. */
export type VerifyReport = {
  readonly mode: ProofMode;
  readonly vkey: Hex;
  readonly publicValues: Hex;
  /** Not 0 when what was proved is that the program failed. */
  readonly exitCode: number;
  readonly seconds: number;
  readonly securityBits: number;
};
