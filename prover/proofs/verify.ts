/** Verification of stored proofs without a prover: plain TypeScript, no kernels. */
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Proof } from './proof.ts';
import type { Hex } from '../core/hex.ts';
import { VerificationError } from '../core/errors.ts';
import { suiteKoalaBear } from '../verifier/suite-koalabear.ts';
import { LIFT_OUTPUT } from '../recursion/programs/lift.ts';
import { securityBits } from '../stark/security/soundness.ts';
import { verifyNative } from '../stark/verify.ts';
import { coreKeyDigest, packDigest } from '../system/program-key.ts';
import { decodeCore, decodeLift } from './body.ts';
import { proofBytes } from './file.ts';
import { theSystem, TIERS, tierIndex } from '../system/definition.ts';
import { committedKeys } from '../system/keys.ts';

/** Limbs of the sha256 of public values as the guest commits them: word i little-endian, low limb first. */
export function digestLimbs(publicValues: Uint8Array): number[] {
  const digest = sha256(publicValues);
  return Array.from({ length: 16 }, (_, l) => (digest[2 * l] ?? 0) + 256 * (digest[2 * l + 1] ?? 0));
}

/** What a proof states. */
type Statement = Omit<Proof, 'stats'>;

function expectStatement(proof: Statement, vkey: Hex, exitLimbs: readonly number[], limbs: readonly number[]): void {
  const refuse = (problem: string): never => {
    throw new VerificationError(
      'statement',
      'statement',
      problem,
      `The file does not say what its proof proves: ${problem}`,
    );
  };
  if (vkey !== proof.vkey) refuse(`the proof is for program ${vkey}, not ${proof.vkey}`);
  const exitCode = (exitLimbs[0] ?? 0) + 65536 * (exitLimbs[1] ?? 0);
  if (exitCode !== proof.exitCode) refuse(`the proof is for exit code ${exitCode}, not ${proof.exitCode}`);
  const expected = digestLimbs(hexToBytes(proof.publicValues.slice(2)));
  if (limbs.length !== 16 || expected.some((limb, i) => limb !== limbs[i])) {
    refuse('the proof is for other public values');
  }
}

/** Verifies a core proof against the statement in its file. VerificationError with the failing step. */
export function verifyCore(proof: Statement): void {
  const { tier, key, publicValues, proof: layer } = decodeCore(proofBytes(proof.proof));
  const parameters = TIERS[tierIndex(tier)]!;
  expectStatement(proof, packDigest(coreKeyDigest(parameters, key)), publicValues.slice(1, 3), publicValues.slice(3));
  // Soundness: the key is bound by its digest, which the caller compares with the program's.
  verifyNative(suiteKoalaBear, theSystem().core, parameters, key, publicValues, layer);
}

/** Verifies a compressed proof against the statement in its file. */
export function verifyCompressed(proof: Statement): void {
  const { key, publicValues, proof: layer } = decodeLift(proofBytes(proof.proof));
  if (!committedKeys().lift.some(({ root }) => String(root) === String(key.root))) {
    const problem = 'the proof is under a recursion key that this version does not list';
    const sentence =
      'The proof was made by another version of hardhat-zkvm or is damaged: its recursion key is not one of this version';
    throw new VerificationError('recursion-key', 'lift', problem, sentence);
  }
  const part = (name: keyof typeof LIFT_OUTPUT): number[] => publicValues.slice(...LIFT_OUTPUT[name]);
  expectStatement(proof, packDigest(part('keyDigest')), part('exitCode'), part('publicDigest'));
  if (part('zeros').some((felt) => felt !== 0))
    throw new VerificationError('statement', 'lift', 'unused outputs are not zero');
  const { lift, liftLayer } = theSystem();
  verifyNative(suiteKoalaBear, lift.machine, liftLayer, key, publicValues, layer);
}

/** Proven soundness of a mode: the weakest layer it rests on, for a core proof of the given tier or of any. */
export function modeSecurityBits(mode: Proof['mode'], tier?: string): number {
  const { liftLayer, wrapLayer } = theSystem();
  const cores = tier === undefined ? TIERS : TIERS.filter(({ id }) => id === tier);
  const layers = [...cores, ...(mode === 'core' ? [] : [liftLayer]), ...(mode === 'groth16' ? [wrapLayer] : [])];
  // Rounded down to a hundredth of a bit.
  return Math.floor(100 * Math.min(...layers.map((layer) => securityBits(layer).bits))) / 100;
}
