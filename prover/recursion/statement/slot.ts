/** The slot of a claim: whose execution it was and how it ended. */
import { PROTOCOL } from '../../core/protocol.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';

/** The slot of an execution that ended with a code other than 0. No key has such a digest, so nobody takes it for one. */
export function exitSlot<W extends Wires>(
  on: Backend<W>,
  keyDigest: readonly W['felt'][],
  exitCode: readonly W['felt'][],
): W['felt'][] {
  return on.digestFelts(on.hashFelts(`${PROTOCOL}/exit`, [...keyDigest, ...exitCode]));
}

/**
 * The slot of an execution with this key and exit code (two limbs): the key's digest for code 0, else `exitSlot`.
 * Soundness: a bit says which, and forces each limb to zero on its own: as one felt, code p would be 0. For code 0 the
 * prover may take the other form, which is worth nothing to him.
 */
export function claimSlot<W extends Wires>(
  on: Backend<W>,
  keyDigest: readonly W['felt'][],
  exitCode: readonly W['felt'][],
  isZero: boolean,
): W['felt'][] {
  const bit = on.bitAsFelt(on.hintBit(isZero ? 1 : 0));
  for (const limb of exitCode) {
    on.assertFeltEqual(on.feltMul(bit, limb), on.feltConst(0), 'a slot of exit code 0 is of exit code 0');
  }
  return exitSlot(on, keyDigest, exitCode).map((felt, i) =>
    on.feltAdd(felt, on.feltMul(bit, on.feltSub(keyDigest[i] as W['felt'], felt))),
  );
}
