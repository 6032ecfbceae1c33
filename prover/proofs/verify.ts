/** Verification of stored proofs without a prover: plain TypeScript, no kernels. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { VerificationError } from '../core/errors.ts';
import { nativeBackend } from '../verifier/native-backend.ts';
import { suiteKoalaBear } from '../verifier/suite-koalabear.ts';
import { suiteOf } from '../verifier/suites.ts';
import { CORE, outputOf } from '../recursion/program.ts';
import { exitSlot } from '../recursion/statement/slot.ts';
import type { LayerParameters } from '../stark/parameters.ts';
import { securityBits } from '../stark/security/soundness.ts';
import { verifyNative } from '../stark/verify.ts';
import { kindOf, type System } from '../system/definition.ts';
import { controlRootOf, programOfKey } from '../system/keys.ts';
import { KIND_OF_MODE } from '../system/modes.ts';
import type { ProvedLayer } from '../system/proved-layer.ts';
import { keyElements, packDigest } from '../vm/packed-digest.ts';
import { digestLimbs } from '../vm/syscalls/chain.ts';
import { executionStatement, verifyShards } from './execution.ts';
import { decodeExecution, decodeProofOf } from './execution-body.ts';
import { proofBytes } from './file.ts';
import type { Proof } from './proof.ts';

/** Limbs of the sha256 of public values as the guest commits them: word i little-endian, low limb first. */
export function publicLimbs(publicValues: Uint8Array): number[] {
  return digestLimbs(`0x${bytesToHex(sha256(publicValues))}`);
}

/** What a proof states. */
type Statement = Omit<Proof, 'stats'>;

/** Refuses a proof that proves something else than its file says. */
function refuse(problem: string): never {
  const sentence = `The file does not say what its proof proves: ${problem}`;
  throw new VerificationError('statement', 'statement', problem, sentence);
}

function expectPublicValues(proof: Statement, limbs: readonly number[]): void {
  const expected = publicLimbs(hexToBytes(proof.publicValues.slice(2)));
  if (limbs.length !== 16 || expected.some((limb, i) => limb !== limbs[i])) {
    refuse('the proof is for other public values');
  }
}

/** Verifies a core proof against the statement in its file. VerificationError with the failing step. */
export function verifyCore(system: System, proof: Statement): void {
  const execution = decodeExecution(system, proofBytes(proof.proof));
  const { keyDigest, exitCode, publicDigest } = executionStatement(system, execution);
  const vkey = packDigest(keyDigest);
  if (vkey !== proof.vkey) refuse(`the proof is for program ${vkey}, not ${proof.vkey}`);
  const code = (exitCode[0] ?? 0) + 65536 * (exitCode[1] ?? 0);
  if (code !== proof.exitCode) refuse(`the proof is for exit code ${code}, not ${proof.exitCode}`);
  expectPublicValues(proof, publicDigest);
  verifyShards(system, execution);
}

/** Verifies a compressed proof against the statement in its file. */
export function verifyCompressed(system: System, proof: Statement): void {
  const kind = kindOf(system, KIND_OF_MODE.compressed);
  const verified = decodeProofOf(system, kind.name, proofBytes(proof.proof));
  const part = (name: string): number[] => outputOf(kind, verified.publicValues, name);
  expectOfSystem(system, verified);
  expectSlot(proof, part('slot'));
  expectPublicValues(proof, part('publicDigest'));
  verifyRecursion(system, verified);
}

/** Soundness: for code 0 the slot is the key's digest and nothing else, for any other code a hash of both. */
function expectSlot({ vkey, exitCode }: Statement, slot: readonly number[]): void {
  const limbs = [exitCode % 65536, Math.floor(exitCode / 65536)];
  const keyDigest = keyElements(vkey);
  const expected = exitCode === 0 ? keyDigest : keyDigest && exitSlot(nativeBackend(suiteKoalaBear), keyDigest, limbs);
  if (expected !== undefined && String(expected) === String(slot)) return;
  // The slot of another code tells nothing else; where it is a key, this says which.
  if (exitCode === 0)
    refuse(`the proof is for program ${packDigest(slot)} or for another exit code, not ${vkey} and 0`);
  refuse(`the proof is not for program ${vkey} and exit code ${exitCode}`);
}

/**
 * Verifies a proof of any recursion program natively: its key is one of its kind, it rests on programs of this system, and it
 * verifies under the key. VerificationError; ZkError BAD_KIND.
 */
export function verifyRecursion(system: System, proved: ProvedLayer): void {
  const { target, layer } = kindOf(system, proved.kind);
  expectOfSystem(system, proved);
  verifyNative(suiteOf(layer), target.machine, layer, proved.key, proved.publicValues, proved.proof);
}

/**
 * Soundness: a key of another kind, or of no program of this system, makes proofs of other statements; and under another control
 * root the programs below may be anybody's.
 */
function expectOfSystem(system: System, { kind, key, publicValues }: ProvedLayer): void {
  const sentence = (what: string): string =>
    `The proof was made by another version of hardhat-zkvm or is damaged: its ${what} is not one of this version`;
  if (programOfKey(system, kind, key) === undefined) {
    const problem = 'the proof is under a recursion key that this version does not list';
    throw new VerificationError('recursion-key', kind, problem, sentence('recursion key'));
  }
  const known = kindOf(system, kind);
  if (!Object.hasOwn(known.outputs, 'controlRoot')) return;
  if (String(outputOf(known, publicValues, 'controlRoot')) !== String(controlRootOf(system).felts)) {
    const problem = 'the proof rests on recursion keys that this version does not list';
    throw new VerificationError('control-root', kind, problem, sentence('control root'));
  }
}

/** Proven soundness of a mode: the weakest layer it rests on, for a core proof of the given tier or of any. */
export function modeSecurityBits(system: System, mode: Proof['mode'], tier?: string): number {
  const layers = layersBelow(system, KIND_OF_MODE[mode]).filter(
    (layer) => tier === undefined || layer.id === tier || !system.tiers.includes(layer),
  );
  // Rounded down to a hundredth of a bit.
  return Math.floor(100 * Math.min(...layers.map((layer) => securityBits(layer).bits))) / 100;
}

/** The layers that a proof of a kind can rest on: its own, and those of all proofs that went into it. */
function layersBelow(system: System, kind: string): LayerParameters[] {
  const layers = new Set<LayerParameters>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    if (name === CORE) for (const tier of system.tiers) layers.add(tier);
    for (const { kind: made, accepts } of system.programs) {
      if (made.name !== name) continue;
      layers.add(made.layer);
      accepts.forEach((accepted) => visit(accepted.kind));
    }
  };
  visit(kind);
  return [...layers];
}
