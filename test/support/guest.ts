/** Pieces of assembly that every test program needs: ending properly, writing public values. */
import { sha256 } from '@noble/hashes/sha2.js';

/**
 * Commits the digest of `publicValues` (known when the test is written) and halts with an exit code: a number, or the
 * register (not t0, a0, a1) that holds it.
 */
export function haltSequence(exitCode: number | string, publicValues: Uint8Array = new Uint8Array()): string {
  const digest = new DataView(sha256(publicValues).buffer);
  const lines: string[] = [];
  for (let i = 0; i < 8; i++) {
    lines.push(`li t0, 0x10`, `li a0, ${i}`, `li a1, ${digest.getInt32(4 * i, true)}`, `ecall`);
  }
  const move = typeof exitCode === 'number' ? `li a0, ${exitCode}` : `mv a0, ${exitCode}`;
  lines.push(`li t0, 0`, move, `ecall`);
  return lines.join('\n');
}

/** WRITE of `length` bytes at `label` to `descriptor`. */
export function writeSequence(descriptor: number, label: string, length: number): string {
  return [`li t0, 2`, `li a0, ${descriptor}`, `la a1, ${label}`, `li a2, ${length}`, `ecall`].join('\n');
}
