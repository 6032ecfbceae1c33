/**
 * One block of DMEM and eight base cells of RMEM that hold the same elements. All multiplicities are signed: positive
 * writes, -1 reads, 0 leaves out. So a row packs existing cells into a block, unpacks a block into new cells, brings in
 * proof data (writes both), or binds two blocks (reads both).
 */
import { chip, type ChipDefinition } from '../../../air/chip.ts';
import { DMEM, RMEM } from '../memory.ts';

export const PACK = { value: 'felt[8]' } as const;
export const PACK_PRE = {
  blockAddress: 'felt',
  blockReads: 'felt',
  cellAddress: 'felt[8]',
  cellReads: 'felt[8]',
} as const;

export function packChip(logHeight: number): ChipDefinition {
  return chip({
    name: 'Pack',
    columns: PACK,
    preprocessed: PACK_PRE,
    closedForms: [],
    logHeight,
    eval: (air, { value }, pre) => {
      air.send(DMEM, pre.blockReads, [pre.blockAddress, ...value], 'block');
      for (const [i, element] of value.entries()) {
        air.send(RMEM, pre.cellReads[i]!, [pre.cellAddress[i]!, element, 0, 0, 0, 0], `cell ${i}`);
      }
    },
  });
}
