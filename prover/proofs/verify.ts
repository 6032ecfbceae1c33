/** Verification of stored proofs without a prover: plain TypeScript, no kernels. */
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Hex } from '../core/hex.ts';
import { VerificationError } from '../core/errors.ts';
import { suiteKoalaBear } from '../verifier/suite-koalabear.ts';
import { suiteOf } from '../verifier/suites.ts';
import { CORE, outputOf } from '../recursion/program.ts';
import type { LayerParameters } from '../stark/parameters.ts';
import { securityBits } from '../stark/security/soundness.ts';
import { verifyNative } from '../stark/verify.ts';
import { coreOf, kindOf, type System } from '../system/definition.ts';
import { programOfKey } from '../system/keys.ts';
import { KIND_OF_MODE } from '../system/modes.ts';
import { coreKeyDigest, packDigest } from '../system/program-key.ts';
import type { ProvedLayer } from '../system/proved-layer.ts';
import { decodeCore, decodeRecursion } from './body.ts';
import { proofBytes } from './file.ts';
import type { Proof } from './proof.ts';

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
export function verifyCore(system: System, proof: Statement): void {
  const { tier, key, publicValues, proof: layer } = decodeCore(system, proofBytes(proof.proof));
  const named = coreOf(system, key.machine, tier);
  expectStatement(proof, packDigest(coreKeyDigest(named, key)), publicValues.slice(1, 3), publicValues.slice(3));
  // Soundness: the key is bound by its digest, which the caller compares with the program's.
  verifyNative(suiteKoalaBear, named.core.machine, named.tier, key, publicValues, layer);
}

/** Verifies a compressed proof against the statement in its file. */
export function verifyCompressed(system: System, proof: Statement): void {
  const kind = kindOf(system, KIND_OF_MODE.compressed);
  const verified = decodeRecursion(system, kind.name, proofBytes(proof.proof));
  const { publicValues } = verified;
  const part = (name: string): number[] => outputOf(kind, publicValues, name);
  expectListed(system, verified);
  expectStatement(proof, packDigest(part('keyDigest')), part('exitCode'), part('publicDigest'));
  if (part('zeros').some((felt) => felt !== 0)) {
    throw new VerificationError('statement', kind.name, 'unused outputs are not zero');
  }
  verifyRecursion(system, verified);
}

/** Verifies a proof of any recursion program natively: its key is one of its kind, and it verifies under it. VerificationError; ZkError BAD_KIND. */
export function verifyRecursion(system: System, proved: ProvedLayer): void {
  const { target, layer } = kindOf(system, proved.kind);
  expectListed(system, proved);
  verifyNative(suiteOf(layer), target.machine, layer, proved.key, proved.publicValues, proved.proof);
}

/** Soundness: a key of another kind, or of no program of this system, makes proofs of other statements. */
function expectListed(system: System, { kind, key }: ProvedLayer): void {
  if (programOfKey(system, kind, key) !== undefined) return;
  const problem = 'the proof is under a recursion key that this version does not list';
  const sentence =
    'The proof was made by another version of hardhat-zkvm or is damaged: its recursion key is not one of this version';
  throw new VerificationError('recursion-key', kind, problem, sentence);
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
      for (const { kinds } of accepts) kinds.forEach(visit);
    }
  };
  visit(kind);
  return [...layers];
}
