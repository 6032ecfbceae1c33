import type { ChipTrace } from '../../../../air/machine.ts';
import type { Lookups } from '../../shared/fill.ts';

/** The multiplicities of VarRange. */
export function fillVarRange(lookups: Lookups): ChipTrace {
  return { logHeight: 16, columns: [lookups.short, lookups.limb] };
}
