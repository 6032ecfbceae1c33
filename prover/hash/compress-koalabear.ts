/** Two-to-one compressions of many pairs at once. */
import { DIGEST_LENGTH, compress } from './sponge-koalabear.ts';

/** The digests of pairs of digests: sixteen canonical elements a pair, eight a result. */
export function compressPairs(pairs: Uint32Array): Uint32Array {
  const count = pairs.length / (2 * DIGEST_LENGTH);
  const digests = new Uint32Array(DIGEST_LENGTH * count);
  for (let i = 0; i < count; i++) {
    const at = 2 * DIGEST_LENGTH * i;
    const left = Array.from(pairs.subarray(at, at + DIGEST_LENGTH));
    const right = Array.from(pairs.subarray(at + DIGEST_LENGTH, at + 2 * DIGEST_LENGTH));
    digests.set(compress(left, right), DIGEST_LENGTH * i);
  }
  return digests;
}
