/** Proofs as files hold them, for what looks at files alone. */
import type { Proof } from '../../prover/index.ts';
import { proofText } from '../../prover/proofs/file.ts';
import { packDigest } from '../../prover/vm/packed-digest.ts';

/** A file that is well formed, with a proof in it that no verifier accepts. */
export function proofOf(n: number, fields: Partial<Proof> = {}): Proof {
  return {
    format: 'hardhat-zkvm-proof',
    version: 1,
    mode: 'compressed',
    vkey: packDigest([n, 2, 3, 4, 5, 6, 7, 8]),
    publicValues: `0x${n.toString(16).padStart(2, '0')}`,
    exitCode: 0,
    proof: proofText(new Uint8Array(40).fill(n)),
    stats: { cycles: 1, seconds: {}, peakMemoryBytes: 1, securityBits: 100 },
    ...fields,
  };
}
