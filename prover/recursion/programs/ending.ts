/** What finish and fused programs take from the opening of the last memory. */
import { SYSTEM_WORD } from '../../vm/address-map.ts';
import { OPENING_DIGESTS, openingOf, type SystemOpening } from '../../vm/system-opening.ts';

/** An opening of the right shape and nothing else. */
export function blankOpening(): SystemOpening {
  return openingOf(Array.from({ length: OPENING_DIGESTS }, () => new Array<number>(8).fill(0)));
}

/** Whether the exit code of an opening is 0. */
export function endsWithZero({ quads }: SystemOpening): boolean {
  const limbs = quads.flat().slice(2 * SYSTEM_WORD.exitCode, 2 * SYSTEM_WORD.exitCode + 2);
  return limbs.every((limb) => limb === 0);
}
