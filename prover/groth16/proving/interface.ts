/**
 * What the rest of the prover needs of a Groth16 implementation. An implementation is a module whose default export is one:
 * `prover/groth16/default-prover.ts` names the one that is used unless told otherwise.
 */
import type { ConstraintSystem } from '../circuit/r1cs/system.ts';
import type { Groth16Proof, Groth16VerifyingKey } from '../key/points.ts';

/** Settings of a long call. */
export type Groth16Options = {
  /** Worker threads where the implementation can choose; default: the number of cores. Results are the same for any. */
  readonly threads?: number | undefined;
  /** The call rejects with the signal's reason, and what it started has ended when it does. */
  readonly signal?: AbortSignal | undefined;
  /** What is being done, and how much of the call is done (0..1) where that is known. */
  readonly onProgress?: ((step: string, fraction?: number) => void) | undefined;
};

/** A proof with the public inputs of the system it was made from. */
export type ProvedInputs = { readonly proof: Groth16Proof; readonly publicInputs: readonly bigint[] };

/** Proofs of knowledge of a witness of a constraint system over the scalars of BN254. */
export interface Groth16Prover {
  /** For people: progress says "proving with <name>". */
  readonly name: string;
  /**
   * Writes the proving key of the INSECURE development setup to a file that must not exist: the same circuit gives the same
   * bytes on every machine. A file that was not written to its end is removed by the caller.
   */
  setup(shape: ConstraintSystem, file: string, options?: Groth16Options): Promise<void>;
  /**
   * Proves that the system's witness satisfies its constraints, with fresh randomness: two proofs of one witness differ.
   *
   * Errors: ZkError GROTH16_WITNESS when the witness violates a constraint (`assertWitness`).
   */
  prove(system: ConstraintSystem, keyFile: string, options?: Groth16Options): Promise<ProvedInputs>;
  /** Whether the proof is good for these inputs. Malformed ones are not good (`areInputsOf`, `isCanonicalProof`). */
  verify(key: Groth16VerifyingKey, publicInputs: readonly bigint[], proof: Groth16Proof): Promise<boolean>;
  /** The verifying key inside a proving key. */
  exportKey(keyFile: string): Promise<Groth16VerifyingKey>;
}
