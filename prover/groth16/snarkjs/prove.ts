/** Groth16 proving and verification through snarkjs (GPL-3.0, behind this module). Curve workers never outlive a call. */
import { groth16, zKey } from 'snarkjs';
import { ZkError } from '../../core/errors.ts';
import { R } from '../../field/bn254.ts';
import type { ConstraintSystem } from '../circuit/r1cs/system.ts';
import { withCurve } from './curve.ts';
import { scalarBytes } from './setup-scalars.ts';
import type { SnarkjsProof, SnarkjsVerifyingKey } from '../key/verifier-key.ts';

export type Groth16Proof = { readonly proof: SnarkjsProof; readonly publicInputs: readonly bigint[] };

export type ProveOptions = { readonly signal?: AbortSignal; readonly onProgress?: (step: string) => void };

/** A witness in the .wtns format. */
export function witnessBytes(system: ConstraintSystem): Uint8Array {
  const values = scalarBytes(system.values);
  const bytes = new Uint8Array(12 + 12 + 40 + 12 + values.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('wtns'), 0);
  view.setUint32(4, 2, true); // version
  view.setUint32(8, 2, true); // sections
  view.setUint32(12, 1, true);
  view.setBigUint64(16, 40n, true);
  view.setUint32(24, 32, true);
  bytes.set(scalarBytes([R]), 28);
  view.setUint32(60, system.wireCount, true);
  view.setUint32(64, 2, true);
  view.setBigUint64(68, BigInt(values.byteLength), true);
  bytes.set(values, 76);
  return bytes;
}

/**
 * Proves that the system's witness satisfies its constraints, with the key at `keyPath`.
 *
 * The random scalars of the proof come from snarkjs. Errors: ZkError GROTH16_WITNESS when the witness violates a constraint
 * and so no valid proof exists; the signal's reason when aborted.
 */
export async function proveGroth16(
  system: ConstraintSystem,
  keyPath: string,
  options: ProveOptions = {},
): Promise<Groth16Proof> {
  const violations = system.check(system.values, 1);
  if (violations.length > 0) {
    const { constraint, section } = violations[0]!;
    throw new ZkError('GROTH16_WITNESS', `the witness violates constraint ${constraint} (${section})`);
  }
  const report = (message: string): void => options.onProgress?.(message);
  const logger = { debug: report, info: report, warn: report, error: report };
  const { proof, publicSignals } = await withCurve(options.signal, () =>
    groth16.prove(keyPath, { type: 'mem', data: witnessBytes(system) }, logger),
  );
  return { proof, publicInputs: publicSignals.map(BigInt) };
}

/** Whether the proof is good for these inputs. Malformed proofs are not good. */
export async function verifyGroth16(
  key: SnarkjsVerifyingKey,
  publicInputs: readonly bigint[],
  proof: SnarkjsProof,
): Promise<boolean> {
  // Soundness: an input and its alias input + r are the same to the pairing.
  if (publicInputs.length !== key.IC.length - 1 || publicInputs.some((x) => x < 0n || x >= R)) return false;
  const full = { ...key, protocol: 'groth16', curve: 'bn128', nPublic: publicInputs.length };
  return withCurve(undefined, () =>
    groth16.verify(full, publicInputs.map(String), { ...proof, protocol: 'groth16', curve: 'bn128' }),
  );
}

/** The verifying key inside a proving key. */
export async function exportVerifyingKey(keyPath: string): Promise<SnarkjsVerifyingKey> {
  return withCurve(undefined, () => zKey.exportVerificationKey(keyPath));
}
