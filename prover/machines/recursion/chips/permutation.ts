/**
 * Poseidon2-KB-16, one permutation a row: 16 inputs, the S-box outputs of the first seven full rounds (7*16) and of the
 * partial rounds (20). The last full round is part of the output messages (degree 3), so it needs no columns.
 *
 * Two uses, told apart by `secondReads`:
 *  - sponge (-1): the second half is the capacity read from `secondAddress`; `out` is the plain rate, `capacity` the next
 *    capacity;
 *  - Merkle node (0): the second half is not read, which leaves the sibling free; the node read from `inputAddress` is the
 *    left half if the bit is 0, the right half if it is 1; `out` has the feed-forward of the left half.
 * In a sponge row the bit is read from a zero cell. Whether a bit cell is 0 or 1 is the business of its writer.
 */
import { chip, type ChipDefinition } from '../../../air/chip.ts';
import type { Expr } from '../../../air/expression.ts';
import {
  FIRST_CONSTANTS,
  INTERNAL_DIAGONAL,
  LAST_CONSTANTS,
  PARTIAL_CONSTANTS,
  WIDTH,
} from '../../../hash/poseidon2-koalabear.ts';
import { CAPACITY_SPACE, DMEM, RMEM, SPACE, rowIndexForm } from '../memory.ts';

export const PERMUTATION = {
  bit: 'felt',
  input: 'felt[16]',
  first: 'felt[64]',
  partial: 'felt[20]',
  last: 'felt[48]',
} as const;
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
    eval: (air, { bit, input, first, partial, last }, pre, [capacityAddress]) => {
      let state = externalLayer(input);
      const sbox = (x: Expr, column: Expr, label: string): Expr => {
        air.equal(x.mul(x).mul(x), column, label);
        return column;
      };
      for (const [r, constants] of FIRST_CONSTANTS.entries()) {
        state = externalLayer(
          state.map((x, i) => sbox(x.add(constants[i]!), first[WIDTH * r + i]!, `round ${r}, lane ${i}`)),
        );
      }
      for (const [r, constant] of PARTIAL_CONSTANTS.entries()) {
        state = internalLayer([sbox(state[0]!.add(constant), partial[r]!, `partial round ${r}`), ...state.slice(1)]);
      }
      const finalRound = LAST_CONSTANTS.length - 1;
      for (const [r, constants] of LAST_CONSTANTS.entries()) {
        state = externalLayer(
          state.map((x, i) => {
            const y = x.add(constants[i]!);
            if (r === finalRound) return y.mul(y).mul(y);
            return sbox(y, last[WIDTH * r + i]!, `round ${FIRST_CONSTANTS.length + r}, lane ${i}`);
          }),
        );
      }

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

/** circ(2*M4, M4, M4, M4) with M4 = circ(2, 3, 1, 1). */
function externalLayer(state: readonly Expr[]): Expr[] {
  const quarters: Expr[][] = [];
  for (let i = 0; i < WIDTH; i += 4) quarters.push(quarterLayer(state.slice(i, i + 4)));
  const [q0, q1, q2, q3] = quarters as [Expr[], Expr[], Expr[], Expr[]];
  const sums = q0.map((x, k) => x.add(q1[k]!).add(q2[k]!).add(q3[k]!));
  return quarters.flatMap((quarter) => quarter.map((x, k) => x.add(sums[k]!)));
}

/** M4 on four lanes, (2a+3b+c+d, a+2b+3c+d, a+b+2c+3d, 3a+b+c+2d), in nine additions. */
function quarterLayer([a, b, c, d]: readonly Expr[]): Expr[] {
  const ab = a!.add(b!);
  const cd = c!.add(d!);
  const sum = ab.add(cd);
  const sumB = sum.add(b!);
  const sumD = sum.add(d!);
  return [sumB.add(ab), sumB.add(c!.mul(2)), sumD.add(cd), sumD.add(a!.mul(2))];
}

/** J + diag(INTERNAL_DIAGONAL). */
function internalLayer(state: readonly Expr[]): Expr[] {
  const sum = state.reduce((total, lane) => total.add(lane));
  return state.map((lane, i) => sum.add(lane.mul(INTERNAL_DIAGONAL[i]!)));
}
