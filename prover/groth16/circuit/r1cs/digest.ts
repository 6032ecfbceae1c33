/** What a Groth16 key belongs to: the digest and the size of a constraint system. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { scalarBytes } from './scalar-bytes.ts';
import type { ConstraintSystem } from './system.ts';

/** log2 of the evaluation domain: rows of the system and one for each public wire and the constant. */
export function logDomain(system: ConstraintSystem): number {
  return Math.max(1, Math.ceil(Math.log2(system.constraintCount + system.publicCount + 1)));
}

/** sha256 over the matrices, coefficients and counts: what a key belongs to. Hex. */
export function circuitDigest(system: ConstraintSystem): string {
  const hash = sha256.create();
  const { a, b, c } = system.matrices;
  hash.update(new Uint8Array(Uint32Array.of(system.publicCount, system.wireCount, system.constraintCount).buffer));
  for (const { starts, wires, coeffs } of [a, b, c]) {
    for (const array of [starts, wires, coeffs]) {
      hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    }
  }
  hash.update(scalarBytes(system.coefficients));
  return bytesToHex(hash.digest());
}
