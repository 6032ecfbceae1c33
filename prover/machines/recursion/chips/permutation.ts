/**
 * Poseidon2-KB-16, one permutation a row; its outputs are part of the messages (degree 3).
 *
 * Two uses, told apart by `secondReads`:
 *  - sponge (-1): the second half is the capacity read from `secondAddress`; `out` is the plain rate, `capacity` the next
 *    capacity;
 *  - Merkle node (0): the second half is not read, which leaves the sibling free; the node read from `inputAddress` is the
 *    left half if the bit is 0, the right half if it is 1; `out` has the feed-forward of the left half.
 * In a sponge row the bit is read from a zero cell. Whether a bit cell is 0 or 1 is the business of its writer.
 */
import { chip, type ChipDefinition } from '../../../air/chip.ts';
import { CAPACITY_SPACE, DMEM, RMEM, SPACE, rowIndexForm } from '../memory.ts';
import { permutationRounds, ROUND_COLUMNS } from '../../shared/poseidon2-air.ts';

export const PERMUTATION = { bit: 'felt', ...ROUND_COLUMNS } as const;
export const PERMUTATION_PRE = {
  inputAddress: 'felt',
  bitAddress: 'felt',
  secondAddress: 'felt',
  secondReads: 'felt',
  outAddress: 'felt',
  outReads: 'felt',
  capacityReads: 'felt',
} as const;

export function permutationChip(logHeight: number): ChipDefinition {
  return chip({
    name: 'Permutation',
    columns: PERMUTATION,
    preprocessed: PERMUTATION_PRE,
    closedForms: [rowIndexForm('capacityAddress', SPACE * CAPACITY_SPACE)],
    logHeight,
    eval: (air, { bit, ...rounds }, pre, [capacityAddress]) => {
      const { input } = rounds;
      const state = permutationRounds(air, rounds);
      const left = input.slice(0, 8);
      const right = input.slice(8);
      const node = left.map((x, i) => x.add(bit.mul(right[i]!.sub(x))));
      const feedForward = pre.secondReads.add(1);
      const out = left.map((x, i) => state[i]!.add(feedForward.mul(x)));
      air.receive(DMEM, 1, [pre.inputAddress, ...node], 'input block');
      air.receive(RMEM, 1, [pre.bitAddress, bit, 0, 0, 0, 0], 'direction bit');
      air.send(DMEM, pre.secondReads, [pre.secondAddress, ...right], 'capacity in');
      air.send(DMEM, pre.outReads, [pre.outAddress, ...out], 'output block');
      air.send(DMEM, pre.capacityReads, [capacityAddress!, ...state.slice(8)], 'capacity out');
    },
  });
}
