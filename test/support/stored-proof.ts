/** Attacks on stored proofs: one change in the JSON or in the binary body, and what a verifier may answer. */
import assert from 'node:assert/strict';
import {
  type Hex,
  parseProof,
  type Proof,
  ProofFileError,
  type Prover,
  VerificationError,
} from '../../prover/index.ts';
import { proofBytes, proofText } from '../../prover/proofs/file.ts';

/** Reads the proof as from a file and verifies it. */
export async function verifyStored(prover: Prover, proof: object, vkey?: Hex): Promise<void> {
  await prover.verify(parseProof(JSON.stringify(proof)), vkey);
}

/** Asserts that a stored proof is refused with VerificationError or ProofFileError; any other exception is a failure. */
export async function refuses(prover: Prover, proof: object, what: string, vkey?: Hex): Promise<void> {
  await assert.rejects(verifyStored(prover, proof, vkey), (error: unknown) => {
    const expected = error instanceof VerificationError || error instanceof ProofFileError;
    assert.ok(expected, `${what}: ${error instanceof Error ? error.stack : String(error)}`);
    return true;
  });
}

/** Every field that a proof states or consists of, changed in ways that keep the file readable. */
export function changedFields(proof: Proof, otherKey: Hex): readonly (readonly [what: string, changed: object])[] {
  const { vkey, publicValues, exitCode } = proof;
  const lastNibble = (hex: string): string =>
    `${hex.slice(0, -1)}${(Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16)}`;
  return [
    ['the key of another program', { ...proof, vkey: otherKey }],
    ['a changed key', { ...proof, vkey: lastNibble(vkey) }],
    ['a key above the modulus', { ...proof, vkey: `0x${'ff'.repeat(32)}` }],
    ['a longer public value', { ...proof, publicValues: `${publicValues}00` }],
    ['no public values', { ...proof, publicValues: publicValues === '0x' ? '0x01' : '0x' }],
    ...(publicValues === '0x'
      ? []
      : [['a changed public value', { ...proof, publicValues: lastNibble(publicValues) }]]),
    ['another exit code', { ...proof, exitCode: exitCode ^ 1 }],
    ['an exit code with a high bit', { ...proof, exitCode: (exitCode | 0x80000000) >>> 0 }],
    ['no proof', { ...proof, proof: proof.mode === 'groth16' ? '0x' : '' }],
    ...(['core', 'compressed'] as const)
      .filter((mode) => mode !== proof.mode)
      .map((mode) => [`mode ${mode}`, { ...proof, mode }] as const),
    ['another format', { ...proof, format: 'proof' }],
    ['another version', { ...proof, version: 2 }],
  ] as readonly (readonly [string, object])[];
}

/** A binary proof with the byte at `at` combined with `mask` by exclusive or. */
export function changedByte(proof: Proof, at: number, mask: number): Proof {
  const bytes = proofBytes(proof.proof).slice();
  bytes[at] = (bytes[at] ?? 0) ^ mask;
  return { ...proof, proof: proofText(bytes) };
}

/**
 * Offsets over a whole binary body: all of the first `headBytes` by words, then `count` evenly spaced words, the last byte
 * included. Changing the lowest byte of a word nearly always leaves it canonical.
 */
export function sampleOffsets(length: number, headBytes: number, count: number): number[] {
  const words = (bytes: number): number[] => Array.from({ length: Math.floor(bytes / 4) }, (_, i) => 4 * i);
  const spread = Array.from({ length: count }, (_, i) => Math.floor((i * (length - 1)) / (count - 1)));
  return [...words(headBytes), ...spread.filter((at) => at >= headBytes)];
}
