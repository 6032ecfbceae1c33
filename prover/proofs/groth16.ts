/**
 * Verification of Groth16 proofs, and the key behind it. The verifying key is committed (`groth16-key.ts`): it is 3 kB and
 * follows from the circuit, so nobody needs the proving key, which has 600 MB, to verify or to deploy. No file is read here:
 * what stands in a cache cannot change what is accepted.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { type Groth16Proof, proofOfWords } from '../groth16/key/points.ts';
import type { Hex } from '../core/hex.ts';
import { VerificationError, ZkError } from '../core/errors.ts';
import { Q } from '../field/bn254.ts';
import { PUBLIC_DIGEST_BITS } from '../groth16/circuit/statement.ts';
import {
  PROOF_LENGTH,
  type VerifierKey,
  verifierHash,
  verifierKeyOf,
  verifyingKeySha256,
} from '../groth16/key/verifier-key.ts';
import { CIRCUIT, VERIFYING_KEY } from '../system/generated/groth16-key.ts';
import { defaultSystem } from '../system/default.ts';
import { controlRootOf } from '../system/keys.ts';

let known: VerifierKey | undefined;

/** The verifier of this version, as its contract takes it: what `zkvm deploy` deploys and `zkvm verify` verifies with. ZkError KEY_MISMATCH. */
export function groth16Verifier(): VerifierKey {
  if (known !== undefined) return known;
  if (verifyingKeySha256(VERIFYING_KEY) !== CIRCUIT.verifyingKeySha256) {
    throw new ZkError('KEY_MISMATCH', 'The committed verifying key does not have its hash: install the package anew.');
  }
  const controlRoot = BigInt(controlRootOf(defaultSystem()).packed);
  known = verifierKeyOf(VERIFYING_KEY, { controlRoot, insecureSetup: true });
  return known;
}

/** The three public inputs of a statement: program key, sha256 of the public values without its top bits, control root. */
export function publicInputs(vkey: Hex, publicValues: Hex, controlRoot: Hex): bigint[] {
  const digest = BigInt(`0x${bytesToHex(sha256(hexToBytes(publicValues.slice(2))))}`);
  return [BigInt(vkey), digest & ((1n << BigInt(PUBLIC_DIGEST_BITS)) - 1n), BigInt(controlRoot)];
}

/** Checks 260 proof bytes against a statement. VerificationError with the reason. */
export async function verifyGroth16Statement(bytes: Hex, vkey: Hex, publicValues: Hex): Promise<void> {
  const key = groth16Verifier();
  const proof = decodeGroth16(bytes, key);
  // Loaded here, because callers that only deploy do not need it.
  const { default: groth16 } = await import('../groth16/default-prover.ts');
  if (!(await groth16.verify(VERIFYING_KEY, publicInputs(vkey, publicValues, key.controlRoot), proof))) {
    const sentence = 'The proof is damaged or was made for another program or other public values';
    throw new VerificationError('groth16', 'groth16', 'the pairing check fails', sentence);
  }
}

/** Reads proof bytes. VerificationError for a wrong length, selector, or a coordinate outside the field. */
export function decodeGroth16(bytes: Hex, key: VerifierKey): Groth16Proof {
  const refuse = (code: string, problem: string, sentence: string): never => {
    throw new VerificationError(code, 'groth16', problem, sentence);
  };
  const length = (bytes.length - 2) / 2;
  if (length !== PROOF_LENGTH) {
    const problem = `a proof has ${PROOF_LENGTH} bytes, got ${length}`;
    refuse(
      'proof-shape',
      problem,
      `The proof is damaged: a Groth16 proof has ${PROOF_LENGTH} bytes, this one ${length}`,
    );
  }
  const selector = verifierHash(key).slice(0, 10);
  const given = bytes.slice(0, 10).toLowerCase();
  if (given !== selector) {
    const problem = `the proof is for verifier ${given}, this version is ${selector}`;
    const sentence = `The proof was made by another version of hardhat-zkvm or with other keys, or is damaged: it is for the verifier ${given}, and this version has ${selector}`;
    refuse('selector', problem, sentence);
  }
  const words = Array.from({ length: 8 }, (_, i) => BigInt(`0x${bytes.slice(10 + 64 * i, 74 + 64 * i)}`));
  if (words.some((value) => value >= Q)) {
    const problem = 'a coordinate is not below the field modulus';
    refuse('non-canonical', problem, `The proof is damaged: ${problem}`);
  }
  return proofOfWords(words);
}
