import type { ChipTrace } from '../../../../air/machine.ts';
import type { Lookups } from '../../shared/fill.ts';

/** The multiplicities of Byte. */
export function fillByte(lookups: Lookups): ChipTrace {
  return { logHeight: 16, columns: [lookups.pair, lookups.and] };
}
