/**
 * The Groth16 verifying key as the contract `ZkVerifier` takes it, and the proof bytes it reads.
 *
 * Order of words and meaning of the hash: contracts/README.md. Order inside a G2 point: EIP-197 (imaginary part first),
 * which is the reverse of the order in snarkjs's JSON.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Hex } from '../../core/hex.ts';
import { ZkError } from '../../core/errors.ts';

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

type Points = readonly string[];

/** The part of snarkjs's verification key JSON that matters here: decimal strings, affine points with a third 1. */
export type SnarkjsVerifyingKey = {
  readonly vk_alpha_1: Points;
  readonly vk_beta_2: readonly Points[];
  readonly vk_gamma_2: readonly Points[];
  readonly vk_delta_2: readonly Points[];
  readonly IC: readonly Points[];
};

/** snarkjs's proof JSON: decimal strings. */
export type SnarkjsProof = { readonly pi_a: Points; readonly pi_b: readonly Points[]; readonly pi_c: Points };

/** Writes a non-negative integer below 2^256 as bytes32. */
export function word(value: bigint): Hex {
  if (value < 0n || value >> 256n !== 0n) throw new RangeError(`"word" expected 0 <= value < 2^256, got ${value}`);
  return `0x${value.toString(16).padStart(64, '0')}`;
}

function at<T>(list: readonly T[] | undefined, index: number): T {
  const value = list?.[index];
  if (value === undefined) throw new RangeError(`"point" expected a coordinate at index ${index}`);
  return value;
}

function pointG1(point: Points): [Hex, Hex] {
  return [word(BigInt(at(point, 0))), word(BigInt(at(point, 1)))];
}

function pointG2(point: readonly Points[]): [Hex, Hex, Hex, Hex] {
  const [x, y] = [at(point, 0), at(point, 1)];
  return [word(BigInt(at(x, 1))), word(BigInt(at(x, 0))), word(BigInt(at(y, 1))), word(BigInt(at(y, 0)))];
}

/**
 * Converts a snarkjs verification key with three public inputs (program key, public-values digest, control root).
 *
 * Errors: RangeError when the key has another number of points; ZkError BAD_KEY for one that accepts forged proofs.
 */
export function verifierKeyFromSnarkjs(
  key: SnarkjsVerifyingKey,
  fixed: { readonly controlRoot: bigint; readonly insecureSetup: boolean },
): VerifierKey {
  if (key.IC.length !== 4) throw new RangeError(`"IC" expected 4 points, got ${key.IC.length}`);
  // Soundness: with gamma = delta anybody proves anything by A = alpha, B = beta, C = -(point of the public inputs).
  if (pointG2(key.vk_gamma_2).join() === pointG2(key.vk_delta_2).join()) {
    throw new ZkError('BAD_KEY', 'gamma and delta are equal: the second phase of the setup has no contribution');
  }
  return {
    alpha: pointG1(key.vk_alpha_1),
    beta: pointG2(key.vk_beta_2),
    gamma: pointG2(key.vk_gamma_2),
    delta: pointG2(key.vk_delta_2),
    ic: [pointG1(at(key.IC, 0)), pointG1(at(key.IC, 1)), pointG1(at(key.IC, 2)), pointG1(at(key.IC, 3))],
    controlRoot: word(fixed.controlRoot),
    insecureSetup: fixed.insecureSetup,
  };
}

/** The 24 constructor words of `ZkVerifier` (768 bytes): what is appended to its bytecode, and what its hash covers. */
export function verifierKeyBytes(key: VerifierKey): Uint8Array {
  const insecure = word(key.insecureSetup ? 1n : 0n);
  const words = [...key.alpha, ...key.beta, ...key.gamma, ...key.delta, ...key.ic.flat(), key.controlRoot, insecure];
  return concatBytes(...words.map((hex) => hexToBytes(hex.slice(2))));
}

/** `VERIFIER_HASH` of the contract deployed with this key. */
export function verifierHash(key: VerifierKey): Hex {
  return `0x${bytesToHex(sha256(concatBytes(utf8ToBytes(VERIFIER_DOMAIN), verifierKeyBytes(key))))}`;
}

/** The proof bytes a contract reads: selector, A, B, C. 260 bytes. */
export function encodeProof(key: VerifierKey, proof: SnarkjsProof): Hex {
  const selector = verifierHash(key).slice(0, 10);
  const words = [...pointG1(proof.pi_a), ...pointG2(proof.pi_b), ...pointG1(proof.pi_c)];
  return `${selector as Hex}${words.map((hex) => hex.slice(2)).join('')}`;
}
