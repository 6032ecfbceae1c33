/** Five base cells at consecutive addresses read as the limbs of one element of F, written to a cell of its own. */
import { chip, type ChipDefinition } from '../../../air/chip.ts';
import { LIMBS_SPACE, RMEM, SPACE, rowIndexForm } from '../memory.ts';

export const LIMBS = { limb: 'felt[5]' } as const;
export const LIMBS_PRE = { firstAddress: 'felt', reads: 'felt' } as const;

export function limbsChip(logHeight: number): ChipDefinition {
  return chip({
    name: 'Limbs',
    columns: LIMBS,
    preprocessed: LIMBS_PRE,
    closedForms: [rowIndexForm('address', SPACE * LIMBS_SPACE)],
    logHeight,
    eval: (air, { limb }, pre, [address]) => {
      for (const [i, element] of limb.entries()) {
        air.receive(RMEM, 1, [pre.firstAddress.add(i), element, 0, 0, 0, 0], `limb ${i}`);
      }
      air.send(RMEM, pre.reads, [address!, ...limb], 'element');
    },
  });
}
