/**
 * One bit a row, most significant first: sum' = 2*sum + bit. A chain of n rows that starts at a zero cell and whose last
 * sum is compared with an existing cell (`outReads` = -1) decomposes that cell into n bits; a row whose sum nobody reads
 * is an untrusted bit.
 */
import { chip, type ChipDefinition } from '../../../air/chip.ts';
import { BIT_SPACE, RMEM, SPACE, rowIndexForm } from '../memory.ts';

export const BIT = { bit: 'bool', sum: 'felt' } as const;
export const BIT_PRE = { sumAddress: 'felt', outAddress: 'felt', outReads: 'felt', bitReads: 'felt' } as const;

export function bitChip(logHeight: number): ChipDefinition {
  return chip({
    name: 'Bit',
    columns: BIT,
    preprocessed: BIT_PRE,
    closedForms: [rowIndexForm('bitAddress', SPACE * BIT_SPACE)],
    logHeight,
    eval: (air, { bit, sum }, pre, [bitAddress]) => {
      air.receive(RMEM, 1, [pre.sumAddress, sum, 0, 0, 0, 0], 'sum so far');
      air.send(RMEM, pre.outReads, [pre.outAddress, sum.mul(2).add(bit), 0, 0, 0, 0], 'next sum');
      air.send(RMEM, pre.bitReads, [bitAddress!, bit, 0, 0, 0, 0], 'bit cell');
    },
  });
}
