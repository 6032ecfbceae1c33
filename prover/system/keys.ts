/** The verifying keys of the recursion programs: what makes "a proof of this system" mean one thing everywhere. */
import { packDigest } from './program-key.ts';
import { theSystem } from './definition.ts';
import type { Hex } from '../core/hex.ts';
import { controlTree } from '../recursion/control-root.ts';
import type { VerifyingKey } from '../stark/key.ts';
import { layerLayout } from '../stark/layout.ts';
import type { DigestValue } from '../verifier/backend.ts';
import { CIRCUIT_DIGEST, LIFT_ROOTS, WRAP_ROOT } from './generated/verifying-keys.ts';

export type SystemKeys = {
  /** One per tier, in the order of `TIERS`. */
  readonly lift: readonly VerifyingKey[];
  readonly wrap: VerifyingKey;
};

/** Recursion programs have constant heights and places: their keys are their roots. */
function recursionKey(root: DigestValue): VerifyingKey {
  return { machine: theSystem().lift.machine.name, root, logHeights: [], positions: [], felts: [] };
}

/** The committed keys of this version. `npm run generate` recomputes them from the programs. */
export function committedKeys(): SystemKeys {
  return { lift: LIFT_ROOTS.map((root) => recursionKey(root)), wrap: recursionKey(BigInt(WRAP_ROOT)) };
}

/** Digest of the outermost circuit's constraints, hex. */
export function committedCircuitDigest(): string {
  return CIRCUIT_DIGEST;
}

/** The control root of these lift keys: eight base elements, and packed as the contract has it. */
export function controlRootOf(keys: SystemKeys): { readonly felts: readonly number[]; readonly packed: Hex } {
  const { lift, liftLayer } = theSystem();
  const { root } = controlTree(layerLayout(lift.machine, liftLayer), keys.lift);
  return { felts: root, packed: packDigest(root) };
}
