/** The proof of a run out of the artifacts that its jobs gave. */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Hex } from '../core/hex.ts';
import { encodeProof } from '../groth16/key/verifier-key.ts';
import { encodeExecution } from '../proofs/execution-body.ts';
import { proofText } from '../proofs/file.ts';
import { groth16Verifier } from '../proofs/groth16.ts';
import type { ProofMode } from '../proofs/proof.ts';
import { coreOf, type System } from '../system/definition.ts';
import { coreKeyDigest } from '../system/program-key.ts';
import { packDigest } from '../vm/packed-digest.ts';
import type { Artifact } from './artifact.ts';
import { decodeCoreArtifact } from './kinds/core.ts';
import { decodeEnding } from './kinds/ending.ts';
import type { Executed } from './kinds/execution.ts';
import { decodeGroth16Artifact } from './kinds/groth16.ts';
import type { Statement } from './statement.ts';

/** What is proved, with its proof as files have it; `proofs`: the results of the last jobs, `key`: a core proof. */
export function madeProof(
  system: System,
  mode: ProofMode,
  { publicValues, exitCode }: Executed,
  { key, proofs, ending }: { readonly key: Artifact; readonly proofs: readonly Artifact[]; readonly ending: Artifact },
): Statement {
  return {
    format: 'hardhat-zkvm-proof',
    version: 1,
    mode,
    vkey: vkeyOf(system, key),
    publicValues: `0x${bytesToHex(publicValues)}`,
    exitCode,
    proof: textOf(system, mode, proofs, ending),
  };
}

function vkeyOf(system: System, artifact: Artifact): Hex {
  const { tier, key } = decodeCoreArtifact(system, artifact);
  return packDigest(coreKeyDigest(coreOf(system, key.machine, tier), key));
}

function textOf(system: System, mode: ProofMode, proofs: readonly Artifact[], ending: Artifact): string {
  const [only, ...others] = proofs;
  if (mode === 'core') return coreText(system, proofs, ending);
  if (only === undefined || others.length > 0) throw new RangeError(`"proofs" expected one, got ${proofs.length}`);
  return mode === 'groth16' ? encodeProof(groth16Verifier(), decodeGroth16Artifact(only)) : proofText(only.bytes);
}

function coreText(system: System, proofs: readonly Artifact[], ending: Artifact): string {
  const shards = proofs.map((artifact) => decodeCoreArtifact(system, artifact));
  return proofText(encodeExecution(system, { shards, words: decodeEnding(ending) }));
}
