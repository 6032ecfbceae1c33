/** The key of a guest program as finish takes it. */
import { keyShape, type KeyFields, type VerifyingKey } from '../../stark/key.ts';
import type { LayerParameters } from '../../stark/parameters.ts';

/** What a key holds, for the shape of this tier. TypeError for a root over BN254. */
export function keyFields(
  tier: LayerParameters,
  { root, logHeights, positions, felts }: VerifyingKey,
): KeyFields<number> {
  if (typeof root === 'bigint') throw new TypeError('"key" expected a KoalaBear root');
  return { shape: keyShape(tier), root, heights: logHeights, positions, felts };
}
