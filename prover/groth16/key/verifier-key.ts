/**
 * The Groth16 verifying key as the contract `ZkVerifier` takes it, and the proof bytes it reads.
 *
 * Order of words and meaning of the hash: contracts/README.md. Order inside a G2 point: EIP-197 (imaginary part first).
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { bytes32, type Hex } from '../../core/hex.ts';
import { ZkError } from '../../core/errors.ts';
import {
  type G1Point,
  type G2Point,
  type Groth16Proof,
  type Groth16VerifyingKey,
  wordsOfG1,
  wordsOfG2,
  wordsOfProof,
} from './points.ts';

/**
 * The Groth16 verifying key as the contract `ZkVerifier` takes it: every coordinate a bytes32.
 *
 * Order inside G2 points is that of EIP-197: x imaginary, x real, y imaginary, y real. `ic` holds the constant point and
 * then the points of program key, public-values digest and control root.
 */
export type VerifierKey = {
  readonly alpha: readonly [Hex, Hex];
  readonly beta: readonly [Hex, Hex, Hex, Hex];
  readonly gamma: readonly [Hex, Hex, Hex, Hex];
  readonly delta: readonly [Hex, Hex, Hex, Hex];
  readonly ic: readonly [readonly [Hex, Hex], readonly [Hex, Hex], readonly [Hex, Hex], readonly [Hex, Hex]];
  readonly controlRoot: Hex;
  /** True when the toxic waste is known to everybody: anyone can forge proofs for this key. */
  readonly insecureSetup: boolean;
};

/** Domain string of `VERIFIER_HASH`; a new statement or proof encoding changes it. */
export const VERIFIER_DOMAIN = 'hardhat-zkvm/groth16/1';

/** Length of a proof with its selector, in bytes. */
export const PROOF_LENGTH = 260;

function pointG1(point: G1Point): [Hex, Hex] {
  const [x, y] = wordsOfG1(point);
  return [bytes32(x), bytes32(y)];
}

function pointG2(point: G2Point): [Hex, Hex, Hex, Hex] {
  const [xi, xr, yi, yr] = wordsOfG2(point);
  return [bytes32(xi), bytes32(xr), bytes32(yi), bytes32(yr)];
}

/**
 * Converts a verifying key with three public inputs (program key, public-values digest, control root).
 *
 * Errors: RangeError when the key has another number of points; ZkError BAD_KEY for one that accepts forged proofs.
 */
export function verifierKeyOf(
  key: Groth16VerifyingKey,
  fixed: { readonly controlRoot: bigint; readonly insecureSetup: boolean },
): VerifierKey {
  const [constant, programKey, publicDigest, controlRoot, ...rest] = key.ic.map(pointG1);
  if (
    constant === undefined ||
    programKey === undefined ||
    publicDigest === undefined ||
    controlRoot === undefined ||
    rest.length > 0
  ) {
    throw new RangeError(`"ic" expected 4 points, got ${key.ic.length}`);
  }
  // Soundness: with gamma = delta anybody proves anything by A = alpha, B = beta, C = -(point of the public inputs).
  if (pointG2(key.gamma).join() === pointG2(key.delta).join()) {
    throw new ZkError('BAD_KEY', 'gamma and delta are equal: the second phase of the setup has no contribution');
  }
  return {
    alpha: pointG1(key.alpha),
    beta: pointG2(key.beta),
    gamma: pointG2(key.gamma),
    delta: pointG2(key.delta),
    ic: [constant, programKey, publicDigest, controlRoot],
    controlRoot: bytes32(fixed.controlRoot),
    insecureSetup: fixed.insecureSetup,
  };
}

/**
 * sha256 of a verifying key, hex: over all coordinates as 32 bytes, big-endian, in the order alpha, beta, gamma, delta, ic
 * and within a point that of EIP-197.
 */
export function verifyingKeySha256({ alpha, beta, gamma, delta, ic }: Groth16VerifyingKey): string {
  const points = [wordsOfG1(alpha), ...[beta, gamma, delta].map(wordsOfG2), ...ic.map(wordsOfG1)];
  return bytesToHex(sha256(concatBytes(...points.flat().map((value) => hexToBytes(bytes32(value).slice(2))))));
}

/** The 24 constructor words of `ZkVerifier` (768 bytes): what is appended to its bytecode, and what its hash covers. */
export function verifierKeyBytes(key: VerifierKey): Uint8Array {
  const insecure = bytes32(key.insecureSetup ? 1n : 0n);
  const words = [...key.alpha, ...key.beta, ...key.gamma, ...key.delta, ...key.ic.flat(), key.controlRoot, insecure];
  return concatBytes(...words.map((hex) => hexToBytes(hex.slice(2))));
}

/** `VERIFIER_HASH` of the contract deployed with this key. */
export function verifierHash(key: VerifierKey): Hex {
  return `0x${bytesToHex(sha256(concatBytes(utf8ToBytes(VERIFIER_DOMAIN), verifierKeyBytes(key))))}`;
}

/** The proof bytes a contract reads: selector, A, B, C. 260 bytes. */
export function encodeProof(key: VerifierKey, proof: Groth16Proof): Hex {
  const selector = verifierHash(key).slice(2, 10);
  return `0x${selector}${wordsOfProof(proof)
    .map((value) => bytes32(value).slice(2))
    .join('')}`;
}
